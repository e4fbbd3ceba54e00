import type { App } from 'electron';
import type { DesktopText } from '../../shared/text/desktop-text.ts';
import { linkAmong } from '../deep-link/deep-link.ts';
import { startedBy } from '../login-item/login-item.ts';
import { RefusedStart, type Shell } from './shell.ts';

/** Links, and the arguments of later starts, that came before anybody could follow them. */
export interface Inbox {
  readonly links: string[];
  readonly starts: (readonly string[])[];
}

/** The app's own start: the agent, then whatever link it was started for. Ends the app where the agent refuses. */
export async function firstStart(options: {
  readonly inbox: Inbox;
  readonly argv: readonly string[];
  readonly display: boolean;
  /** Whether an icon of ours can be seen. */
  readonly trayShown: () => Promise<boolean>;
  readonly shell: Pick<Shell, 'start' | 'follow'>;
  readonly tell: (title: string, text: string) => void;
  readonly exit: (code: number) => void;
  readonly text: Pick<DesktopText, 't' | 'retell'>;
}): Promise<void> {
  const { inbox, argv, display, shell } = options;
  try {
    await shell.start({ by: display ? startedBy(argv) : 'program', trayShown: await options.trayShown() });
  } catch (error) {
    if (!(error instanceof RefusedStart)) throw error;
    const { message, help = '' } = error.refusal;
    options.tell(options.text.t('start.failed'), options.text.retell(`${message} ${help}`.trim()));
    options.exit(1);
    return;
  }
  const given = linkAmong(argv.slice(1));
  for (const link of [...inbox.links.splice(0), ...(given === null ? [] : [given])]) shell.follow(link);
}

const EVENTS = ['second-instance', 'open-url', 'activate'] as const;

/** Later starts of the app, and links, come to this one; the returned function ends that. */
export function followStarts(options: {
  readonly inbox: Inbox;
  readonly app: Pick<App, 'on' | 'removeAllListeners'>;
  readonly shell: Pick<Shell, 'follow'>;
  readonly showWindow: () => void;
}): () => void {
  const { inbox, app, shell, showWindow } = options;
  const startedAgain = (argv: readonly string[]): void => {
    const link = linkAmong(argv.slice(1));
    if (link !== null) shell.follow(link);
    else if (startedBy(argv) === 'person') showWindow();
  };
  // Until now they went into the inbox.
  for (const name of EVENTS) app.removeAllListeners(name);
  for (const argv of inbox.starts.splice(0)) startedAgain(argv);
  app.on('second-instance', (_, argv) => startedAgain(argv));
  app.on('open-url', (event, url) => {
    event.preventDefault();
    shell.follow(url);
  });
  app.on('activate', () => showWindow());
  return () => {
    for (const name of EVENTS) app.removeAllListeners(name);
  };
}
