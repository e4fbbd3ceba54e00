import { createTransport } from 'nodemailer';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import type { Mailer } from './mailer.ts';

/**
 * Mail by SMTP. `url` is `smtp://` (upgraded by STARTTLS where offered) or `smtps://`, with user and password where
 * needed; `from` is the sender. Throws a refusal for an address that is none.
 */
export function smtpMailer(options: {
  readonly url: string;
  readonly from: string;
  readonly onError: (reason: string) => void;
}): Mailer {
  if (!/^smtps?:\/\//.test(options.url) || !URL.canParse(options.url)) {
    throw new RefusalError({
      code: 'bad_request',
      message: 'The mail server is not an SMTP address.',
      help: 'It has the form smtp://user:password@mail.example.com:587 or smtps://….',
    });
  }
  const transport = createTransport({
    url: options.url,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 20_000,
    // A letter holds text of ours only: nothing in it may make the server read files or addresses.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    sends: true,
    send: async ({ to, subject, text }) => {
      try {
        await transport.sendMail({ from: options.from, to: { name: '', address: to }, subject, text });
        return true;
      } catch (error) {
        options.onError(error instanceof Error ? error.message : String(error));
        return false;
      }
    },
    stop: () => transport.close(),
  };
}
