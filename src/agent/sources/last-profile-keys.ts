import { z } from 'zod';
import type { StateFiles } from '../state-file.ts';
import type { ProfileKeys } from './profile-source.ts';

/**
 * The profile's keys when it could last be read. Its settings have their own memory with the enforcement; hub,
 * pinned keys and organizations are kept here, so that a profile that breaks does not unbind the device
 * (docs/policy.md section 3: a broken source is never read as "no policy").
 */
export interface LastProfileKeys {
  /** `null`: never read, or there was no profile when it was last looked for. */
  current(): ProfileKeys | null;
  /** Reads what an earlier run left. */
  load(): Promise<void>;
  /** Remembers the keys of a readable profile, or that there is none. */
  remember(keys: ProfileKeys | null): Promise<void>;
}

const keysSchema = z.object({
  allowedOrgs: z.json().optional(),
  hubUrl: z.string().nullable(),
  hubKeys: z.array(z.union([z.string(), z.record(z.string(), z.json())])).nullable(),
  layout: z.enum(['mooring', 'docker']).nullable(),
});

/** Keeps them in one file. A file that is lost or ruined is as if none had ever been read. */
export function createLastProfileKeys(file: string, files: StateFiles): LastProfileKeys {
  let keys: ProfileKeys | null = null;
  let written: string | null = null;
  return {
    current: () => keys,
    load: async () => {
      try {
        written = await files.read(file);
        const parsed = keysSchema.parse(JSON.parse(written ?? 'null'));
        keys = { ...parsed, allowedOrgs: parsed.allowedOrgs };
      } catch {
        keys = null;
      }
    },
    remember: async (now) => {
      keys = now;
      const text = now === null ? null : `${JSON.stringify(now)}\n`;
      if (text === written) return;
      try {
        await (text === null ? files.remove(file) : files.write(file, text));
        written = text;
      } catch {
        // A full disk costs the memory across a restart, not the keys in force.
      }
    },
  };
}
