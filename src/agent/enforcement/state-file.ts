import { basename } from 'node:path';
import type { Problem } from '../../shared/policy/model.ts';
import { LARGEST_STORE } from '../../shared/store/parse-store.ts';
import type { DurableWriting } from '../files/durable-file.ts';
import { keepRuined, moveOccupant, replaceOwnFile } from '../files/keep-aside.ts';
import { readText } from '../files/read-text.ts';
import type { Stored } from '../files/storage-failure.ts';
import { emptyState, type PolicyState, readPolicyState } from './policy-state.ts';

/** The state of earlier runs. `notice`: it could not be read, and begins anew. */
interface LoadedState {
  readonly state: PolicyState;
  readonly notice: Problem | null;
}

/** Whatever somebody made of it: the state holds what others decided and the user chose. */
const PRIVATE = 0o600;

/** `policy-state.json` (docs/policy.md section 5). */
export interface StateFile {
  readonly load: () => Promise<LoadedState>;
  /** Writes only what differs from what is on disk. */
  readonly save: (state: PolicyState) => Promise<Stored>;
}

/** The file at `path`; `now` is the wall clock. */
export function stateFile(on: DurableWriting & { readonly now: () => number }, path: string): StateFile {
  let last: string | null = null;
  const load = async (): Promise<LoadedState> => {
    // It holds what the store holds, and what that came of.
    const reading = await readText(on.disk, path, { largest: LARGEST_STORE });
    if (reading.kind === 'absent') return { state: emptyState(), notice: null };
    const state = reading.kind === 'text' ? readPolicyState(reading.text) : null;
    if (state !== null && reading.kind === 'text') {
      last = reading.text;
      return { state, notice: null };
    }
    const keep = reading.kind === 'occupied' ? moveOccupant : keepRuined;
    const kept = await keep(on, path, on.now());
    const where = kept.ok ? `What was found is kept as ${kept.aside}` : kept.failure.message;
    const message = `${basename(path)} could not be read and begins anew; your choices are not affected. ${where}.`;
    return {
      state: emptyState(),
      notice: { severity: 'warning', source: 'store', path: '', code: 'malformed', message },
    };
  };
  const save = async (state: PolicyState): Promise<Stored> => {
    const text = `${JSON.stringify(state)}\n`;
    if (text === last) return { ok: true };
    const stored = await replaceOwnFile(on, path, text, on.now(), PRIVATE);
    if (stored.ok) last = text;
    return stored;
  };
  return { load, save };
}
