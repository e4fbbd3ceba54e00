import type { HubServer } from './server.ts';

/** Work that is kept in the database and that any process of the hub may take: one piece at a time. */
export interface BackgroundWork<Piece> {
  /** Takes the oldest piece that nobody works on; `null`: there is none. */
  readonly claim: () => Promise<Piece | null>;
  /**
   * Does a piece, or the part of it until `stopped` answers true, and then hands it back. Rejected: another takes it
   * when its lease is over.
   */
  readonly work: (piece: Piece, stopped: () => boolean) => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/** Does what was kept, one piece after the other. */
export interface BackgroundRunner {
  /** Looks for work; resolves when there is none left for this process. */
  run(): Promise<void>;
  /** Finishes what it is at, and leaves the rest to whoever comes next. */
  stop(): Promise<void>;
}

/** How long a process keeps a piece to itself without a sign of life, in milliseconds. */
export const LEASE_MS = 30_000;

/** A process' part of some background work. Who asks again while it works is looked after in the same turn. */
export function createBackgroundRunner<Piece>({
  claim,
  work,
  onError,
}: BackgroundWork<Piece>): BackgroundRunner {
  let running: Promise<void> | undefined;
  let again = false;
  let stopped = false;
  // Nothing is claimed that would be kept from others for a lease and not begun.
  const next = async () => (stopped ? null : claim());
  const everything = async (): Promise<void> => {
    do {
      again = false;
      for (let piece = await next(); piece !== null; piece = await next()) await work(piece, () => stopped);
    } while (again && !stopped);
  };
  return {
    run() {
      again = true;
      running ??= everything()
        .catch(onError)
        .finally(() => {
          running = undefined;
        });
      return running;
    },
    async stop() {
      stopped = true;
      await running;
    },
  };
}

/** How often work is looked for that another process left, in milliseconds. */
const LOOK_MS = 30_000;

/** Lets a runner look for work while the hub runs; answers what makes it look at once. */
export function lookForWork(app: Pick<HubServer, 'addHook'>, runner: BackgroundRunner): () => void {
  const look = () => void runner.run();
  app.addHook('onListen', async () => look());
  const timer = setInterval(look, LOOK_MS);
  timer.unref();
  app.addHook('onClose', async () => {
    clearInterval(timer);
    await runner.stop();
  });
  return look;
}
