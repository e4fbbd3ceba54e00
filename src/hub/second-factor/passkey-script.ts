import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { HubServer } from '../server.ts';
import { browserLibraryFile } from './passkeys.ts';

/*
 * Browsers make and use passkeys by script only. This one does nothing else: it asks the browser, puts the answer into
 * the form, and sends the form as it would have been sent.
 */
const OURS = `
for (const form of document.querySelectorAll('form[data-passkey]')) {
  const problem = form.querySelector('[role=alert]');
  const answer = form.elements.namedItem('passkey');
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    problem.hidden = true;
    const button = form.querySelector('button');
    button.disabled = true;
    try {
      const optionsJSON = JSON.parse(form.dataset.options);
      const library = SimpleWebAuthnBrowser;
      const made = form.dataset.passkey === 'register'
        ? await library.startRegistration({ optionsJSON })
        : await library.startAuthentication({ optionsJSON });
      answer.value = JSON.stringify(made);
      form.submit();
    } catch (error) {
      button.disabled = false;
      problem.textContent = error.name === 'InvalidStateError' ? form.dataset.known : form.dataset.failed;
      problem.hidden = false;
      button.focus();
    }
  });
  // Until here a press would have sent the form without an answer.
  form.querySelector('button').disabled = false;
}
`;

/** The script of the pages with passkeys, and its address, which changes with its content. */
export interface PasskeyScript {
  readonly path: string;
  readonly register: (app: HubServer) => void;
}

/** Reads the library's file; throws where it is not installed. */
export function loadPasskeyScript(): PasskeyScript {
  const text = `${readFileSync(browserLibraryFile(), 'utf8')}\n${OURS}`;
  const path = `/sign-in/passkey-${createHash('sha256').update(text).digest('hex').slice(0, 16)}.js`;
  return {
    path,
    register: (app) => {
      app.get(path, { config: { requires: 'nothing' }, schema: { hide: true } }, (_request, reply) =>
        reply
          .headers({
            'content-type': 'text/javascript; charset=utf-8',
            'cache-control': 'public, max-age=31536000, immutable',
            'x-content-type-options': 'nosniff',
          })
          .send(text),
      );
    },
  };
}
