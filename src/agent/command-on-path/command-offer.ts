import { existsSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DesktopText } from '../../shared/text/desktop-text.ts';
import type { CommandRunner } from '../agent-options.ts';
import { type CommandPlace, isSearched } from './command-place.ts';
import { commandFile, putCommand, refreshCopy } from './put-command.ts';

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
  /** Where it belongs by the settings that are in force now; `null`: there is nothing to put anywhere. */
  readonly place: () => CommandPlace | null;
  readonly version: string;
  readonly run: CommandRunner;
  /** The PATH of this session. */
  readonly searched: string;
  readonly text: Pick<DesktopText, 't'>;
  readonly log: (message: string, facts: Readonly<Record<string, unknown>>) => void;
}

export function createCommandOffer({ text, log, ...options }: CommandOfferOptions): CommandOffer {
  const { t } = text;
  const refused = (body: string): CommandMessage => ({ ok: false, title: t('command.refused'), body });
  return {
    offered: () => {
      const place = options.place();
      return place !== null && !isThere(place) && existsSync(place.source);
    },
    put: async () => {
      const place = options.place();
      if (place === null) return null;
      const outcome = await putCommand(place, options.version, options.run);
      const folder = dirname(place.link);
      switch (outcome.kind) {
        case 'done':
          return {
            ...{ ok: true, title: t('command.done') },
            body: isSearched(folder, options.searched)
              ? t('command.doneText')
              : t('command.notSearched', { folder }),
          };
        case 'gave-up':
          return null;
        case 'move-first':
          return refused(t('command.moveFirst'));
        case 'taken':
          return refused(t('command.taken', { path: place.link }));
        case 'denied':
          return refused(t('command.denied', { path: place.link }));
        case 'failed':
          return refused(t('command.failed', { path: place.link, reason: outcome.reason }));
      }
    },
    refresh: async () => {
      const place = options.place();
      if (place === null || !isThere(place)) return;
      await refreshCopy(place, options.version).catch((error: unknown) =>
        log('the command on the PATH could not be brought up to date', { reason: String(error) }),
      );
    },
  };
}

function isThere(place: CommandPlace): boolean {
  return leadsTo(place.link, commandFile(place));
}

function leadsTo(link: string, target: string): boolean {
  try {
    return realpathSync(link) === realpathSync(target);
  } catch {
    return false;
  }
}
