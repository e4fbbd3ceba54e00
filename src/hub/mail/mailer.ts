/** A letter in plain text. */
export interface Letter {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** Sends mail where the hub was given a server for it. */
export interface Mailer {
  /** Whether there is a mail server at all. */
  readonly sends: boolean;
  /** True when the server took the letter. Never throws: whoever sends shows a link to copy as well. */
  send(letter: Letter): Promise<boolean>;
  stop(): void;
}

/** Without a mail server: every letter stays unsent. */
export const noMail: Mailer = { sends: false, send: async () => false, stop: () => undefined };
