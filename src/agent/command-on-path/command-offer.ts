import { existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import type { DesktopText } from '../../shared/text/desktop-text.ts';
import type { CommandRunner } from '../agent-options.ts';
import type { CommandPlace } from './command-place.ts';
import { putCommand, refreshCopy } from './put-command.ts';

/** What a person is told at the end. */
export interface CommandMessage {
  readonly ok: boolean;
  readonly title: string;
  readonly body: string;
}

/** Offers to put the command `mooring` on the PATH, where nothing else did. */
export interface CommandOffer {
  /** Whether the menu offers it. */
  offered(): boolean;
  /** `null`: there is nothing to say. */
  put(): Promise<CommandMessage | null>;
  /** Called at each start: keeps a copy that was put there at the version of the app. */
  refresh(): Promise<void>;
}

export interface CommandOfferOptions {
  /** `null`: there is nothing to put anywhere. */
  readonly place: CommandPlace | null;
  readonly version: string;
  readonly run: CommandRunner;
  /** The PATH of this session. */
  readonly searched: string;
  readonly text: Pick<DesktopText, 't'>;
  readonly log: (message: string, facts: Readonly<Record<string, unknown>>) => void;
}

export function createCommandOffer({ place, text, log, ...options }: CommandOfferOptions): CommandOffer {
  if (place === null) return { offered: () => false, put: async () => null, refresh: async () => {} };
  const { t } = text;
  const isThere = (): boolean =>
    leadsTo(place.link, place.copy === null ? place.source : join(place.copy.folder, 'mooring'));
  const refused = (body: string): CommandMessage => ({ ok: false, title: t('command.refused'), body });
  return {
    offered: () => !isThere() && existsSync(place.source),
    put: async () => {
      const outcome = await putCommand(place, options.version, options.run);
      const folder = dirname(place.link);
      switch (outcome.kind) {
        case 'done':
          return {
            ...{ ok: true, title: t('command.done') },
            // What mac gives apps as their PATH says nothing about a terminal's.
            body:
              place.copy === null || options.searched.split(delimiter).includes(folder)
                ? t('command.doneText')
                : t('command.notSearched', { folder }),
          };
        case 'gave-up':
          return null;
        case 'move-first':
          return refused(t('command.moveFirst'));
        case 'taken':
          return refused(t('command.taken', { path: place.link }));
        case 'failed':
          return refused(t('command.failed', { path: place.link, reason: outcome.reason }));
      }
    },
    refresh: async () => {
      if (!isThere()) return;
      await refreshCopy(place, options.version).catch((error: unknown) =>
        log('the command on the PATH could not be brought up to date', { reason: String(error) }),
      );
    },
  };
}

function leadsTo(link: string, target: string): boolean {
  try {
    return realpathSync(link) === realpathSync(target);
  } catch {
    return false;
  }
}
