import { expect, test } from 'vitest';
import { renderFinishedPage } from './finished-page.ts';
import { openLoopbackListener } from './loopback-listener.ts';

const DONE = { status: 200, title: 'finished.done.title', text: 'finished.done.text' } as const;
const failed = (words: string) => ({ status: 400, title: 'finished.failed.title', text: { words } }) as const;

test.each([
  [undefined, 'en', 'You are signed in'],
  ['de-AT,de;q=0.9,en;q=0.8', 'de-AT', 'Sie sind angemeldet'],
  ['fr-FR,fr;q=0.9,de;q=0.5,en;q=0.3', 'de', 'Sie sind angemeldet'],
  ['en-GB,de;q=0.9', 'en-GB', 'You are signed in'],
  ['de;q=0,en;q=0.1', 'en', 'You are signed in'],
  ['de;q=0.2,en;q=0.8', 'en', 'You are signed in'],
  ['*', 'en', 'You are signed in'],
  ['"><script>alert(1)</script>', 'en', 'You are signed in'],
  [`de,${'x-'.repeat(1000)}`, 'en', 'You are signed in'],
])('a browser that wants %s reads %s', (accepted, locale, title) => {
  const page = renderFinishedPage(DONE, accepted);
  expect(page).toContain(`<html lang="${locale}">`);
  expect(page).toContain(`<h1>${title}</h1>`);
  expect(page).not.toContain('<script');
});

test('why it did not work is said in that language; what the hub wrote is escaped, and marked as English', () => {
  const words =
    'The sign-in was refused or called off. <b>Ask & "see"</b>. Start it again, or ask an administrator.';
  expect(renderFinishedPage(failed(words), 'de')).toContain(
    '<p>Die Anmeldung wurde abgelehnt oder abgebrochen. <span lang="en">&#60;b&#62;Ask &#38; &#34;see&#34;&#60;/b&#62;. </span>Beginnen Sie sie noch einmal, oder fragen Sie die Administration.</p>',
  );
  expect(renderFinishedPage(failed(words), 'en')).toContain(
    '<p>The sign-in was refused or called off. &#60;b&#62;Ask',
  );
});

test('the listener answers each browser in its own language', async () => {
  const listener = await openLoopbackListener();
  try {
    const ask = async (language: string) => {
      const response = await fetch(listener.redirectUri, { headers: { 'accept-language': language } });
      return response.text();
    };
    expect(await ask('de')).toContain('Das ist nicht die Antwort, auf die Mooring wartet');
    expect(await ask('en')).toContain('This is not the answer that Mooring waits for');
  } finally {
    await listener.close();
  }
});
