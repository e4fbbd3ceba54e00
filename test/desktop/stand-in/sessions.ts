import { EventEmitter } from 'node:events';
import { changed, seen } from './state.ts';

type Serve = (request: Request) => Promise<Response>;
type Judge = (
  details: { readonly url: string },
  answer: (verdict: { readonly cancel: boolean }) => void,
) => void;
type AskPermission = (
  contents: null,
  permission: string,
  answer: (granted: boolean) => void,
  details: { readonly requestingUrl: string },
) => void;
type CheckPermission = (contents: null, permission: string, origin: string) => boolean;

/** A session: its protocol, its permissions and its requests, asked as Chromium would ask them. */
export class StandInSession extends EventEmitter {
  serve: Serve | null = null;
  // What Electron does where nobody says otherwise.
  judge: Judge = (_, answer) => answer({ cancel: false });
  askPermission: AskPermission = (_, __, answer) => answer(true);
  checkPermission: CheckPermission = () => true;
  readonly protocol = {
    handle: (_: string, serve: Serve): void => {
      this.serve = serve;
    },
  };
  readonly webRequest = {
    onBeforeRequest: (judge: Judge): void => {
      this.judge = judge;
    },
  };
  setPermissionRequestHandler(handler: AskPermission): void {
    this.askPermission = handler;
  }
  setPermissionCheckHandler(handler: CheckPermission): void {
    this.checkPermission = handler;
  }
  setDevicePermissionHandler(): void {}
  async setProxy(proxy: Record<string, unknown>): Promise<void> {
    seen.proxies.push(proxy);
    changed();
  }
  async closeAllConnections(): Promise<void> {}
}

const sessions = new Map<string, StandInSession>();

/** The session of that name; what is asked of pages concerns the one of the window. */
export function sessionOf(partition = 'dashboard'): StandInSession {
  const session = sessions.get(partition) ?? new StandInSession();
  sessions.set(partition, session);
  return session;
}
