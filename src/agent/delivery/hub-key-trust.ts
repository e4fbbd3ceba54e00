import { z } from 'zod';
import { AGENT_ROUTES, type AgentKey, agentKeySchema } from '../../shared/contracts/agent-api.ts';
import { createSerial } from '../serial.ts';
import { diskFiles, type StateFiles } from '../state-file.ts';
import type { HubFailure, HubHttp } from './hub-http.ts';
import { fingerprint, followChain } from './hub-keys.ts';
import { hubRoute } from './hub-url.ts';

/**
 * A signing key named by the configuration profile (`hubKeys`): a public JWK, or the fingerprint that the hub
 * shows, `SHA256:<43 characters>` (RFC 7638 thumbprint; the prefix may be left out).
 */
export type ProfileKey = string | Readonly<Record<string, unknown>>;

/** What became of looking at the hub's keys at a sign-in. */
export type PinOutcome =
  | { readonly outcome: 'trusted' }
  | { readonly outcome: 'failed'; readonly failure: HubFailure }
  /** No chain leads from a pinned key: both sides' fingerprints, for a person to compare. */
  | { readonly outcome: 'changed'; readonly pinned: readonly string[]; readonly offered: readonly string[] };

/** Which signing keys of which hub this device trusts (docs/delivery.md section 3). */
export interface HubKeyTrust {
  /**
   * The trusted key of that id, from what is pinned; the network is not asked. For a `fetched` bundle a key that the
   * hub withdrew counts no more; a `kept` one may have been signed before.
   */
  key(issuer: string, kid: string, bundle: 'fetched' | 'kept'): Promise<AgentKey | null>;
  /** Reads the hub's keys and follows the chain from the pinned ones; newly reached ones are pinned. */
  update(issuer: string, hubUrl: string): Promise<PinOutcome>;
  /** As `update`, but pins a hub met for the first time, and pins anew the key whose fingerprint a person gave. */
  pinAtSignIn(issuer: string, hubUrl: string, accepted?: string): Promise<PinOutcome>;
}

/** What `createHubKeyTrust` stands on. */
export interface HubKeyTrustOptions {
  /** Beside `AgentPaths.account`: `hub-keys.json`. */
  readonly keysFile: string;
  /** Default: the disk. */
  readonly files?: StateFiles;
  readonly http: HubHttp;
  /** `hubKeys` of the configuration profile; where given, only they are pinned. */
  readonly profileKeys: () => readonly ProfileKey[] | null;
}

const MOST_BYTES = 256 * 1024;

/** What is kept of one hub: every key that was pinned or reached, and which of them the hub withdrew. */
const hubKeysSchema = z.object({
  keys: z.array(z.object({ key: agentKeySchema, withdrawn: z.boolean() })),
});
const fileSchema = z.object({ version: z.literal(1), hubs: z.record(z.string(), hubKeysSchema) });
type KeysFile = z.infer<typeof fileSchema>;
type KeptKey = z.infer<typeof hubKeysSchema>['keys'][number];

const jwksSchema = z.object({ keys: z.array(z.unknown()).max(100) });

const NOTHING: KeysFile = { version: 1, hubs: {} };

/**
 * Keeps the pins. What it writes is on disk before anything that depends on it is accepted, and a key once trusted
 * stays in the file: the kept bundle is verified by it at the next start. But a key that the hub withdrew vouches
 * for nothing new, so that a stolen old key is of no more use once the hub was asked again.
 */
export function createHubKeyTrust(options: HubKeyTrustOptions): HubKeyTrust {
  const files = options.files ?? diskFiles();
  const serial = createSerial();
  let loaded: KeysFile | null = null;

  const load = async (): Promise<KeysFile> => {
    loaded ??= await readKeysFile(files, options.keysFile);
    return loaded;
  };
  const save = async (issuer: string, keys: readonly KeptKey[]): Promise<void> => {
    const before = await load();
    const next: KeysFile = { version: 1, hubs: { ...before.hubs, [issuer]: { keys: [...keys] } } };
    if (JSON.stringify(next) === JSON.stringify(before)) return;
    await files.write(options.keysFile, `${JSON.stringify(next, null, 2)}\n`);
    loaded = next;
  };
  const kept = async (issuer: string): Promise<KeptKey[]> => (await load()).hubs[issuer]?.keys ?? [];

  const failed = (message: string): PinOutcome => ({
    outcome: 'failed',
    failure: { kind: 'broken_answer', message, maybeSent: true },
  });

  /** From where chains start: the profile's keys where it names any, else what was pinned. */
  const roots = async (issuer: string, offered: readonly AgentKey[]): Promise<AgentKey[]> => {
    const profile = options.profileKeys();
    const own = await kept(issuer);
    if (profile === null) return own.filter((each) => !each.withdrawn).map((each) => each.key);
    return profileRoots(profile, [...own.map((each) => each.key), ...offered]);
  };

  const adopt = async (
    issuer: string,
    offered: readonly AgentKey[],
    from: readonly AgentKey[],
  ): Promise<PinOutcome> => {
    const reached = await followChain(from, offered);
    const published = reached.filter((key) => offered.some((each) => each.x === key.x));
    if (published.length === 0) {
      return {
        outcome: 'changed',
        pinned: await Promise.all(from.map(fingerprint)),
        offered: await Promise.all(offered.map(fingerprint)),
      };
    }
    const earlier = (await kept(issuer)).filter((each) => !published.some((key) => key.x === each.key.x));
    try {
      await save(issuer, [
        ...published.map((key) => ({ key, withdrawn: false })),
        ...earlier.map((each) => ({ key: each.key, withdrawn: true })),
      ]);
    } catch {
      return failed('The signing keys of the hub could not be kept on disk.');
    }
    return { outcome: 'trusted' };
  };

  return {
    key: (issuer, kid, bundle) =>
      serial(async () => {
        const own = await kept(issuer);
        const usable = own.filter((each) => bundle === 'kept' || !each.withdrawn).map((each) => each.key);
        const profile = options.profileKeys();
        if (profile === null) return usable.find((key) => key.kid === kid) ?? null;
        const all = own.map((each) => each.key);
        const pinned = await profileRoots(profile, all);
        const trusted = await followChain(pinned, all);
        const counts = (key: AgentKey) => [...pinned, ...usable].some((each) => each.x === key.x);
        return trusted.find((key) => key.kid === kid && counts(key)) ?? null;
      }),
    update: (issuer, hubUrl) =>
      serial(async () => {
        const answer = await fetchKeys(options.http, hubUrl);
        if (!Array.isArray(answer)) return answer;
        return adopt(issuer, answer, await roots(issuer, answer));
      }),
    pinAtSignIn: (issuer, hubUrl, accepted) =>
      serial(async () => {
        const answer = await fetchKeys(options.http, hubUrl);
        if (!Array.isArray(answer)) return answer;
        if (answer.length === 0) return failed('The hub has no signing key yet.');
        const from = await roots(issuer, answer);
        const managed = options.profileKeys() !== null;
        if (!managed && from.length === 0) return adopt(issuer, answer, answer);
        const outcome = await adopt(issuer, answer, from);
        if (managed || outcome.outcome !== 'changed' || accepted === undefined) return outcome;
        const prints = await Promise.all(answer.map(fingerprint));
        const chosen = answer.filter((_, index) => samePrint(prints[index] ?? '', accepted));
        return chosen.length === 0 ? outcome : adopt(issuer, answer, chosen);
      }),
  };
}

async function readKeysFile(files: StateFiles, path: string): Promise<KeysFile> {
  const text = await files.read(path).catch(() => null);
  if (text === null) return NOTHING;
  try {
    const parsed = fileSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : NOTHING;
  } catch {
    return NOTHING;
  }
}

async function fetchKeys(
  http: HubHttp,
  hubUrl: string,
): Promise<AgentKey[] | Extract<PinOutcome, { outcome: 'failed' }>> {
  const url = hubRoute(hubUrl, AGENT_ROUTES.keys.path);
  const answer = await http.request({
    method: 'GET',
    url,
    headers: { accept: 'application/json' },
    maxBytes: MOST_BYTES,
  });
  const broken = (message: string) => ({
    outcome: 'failed' as const,
    failure: { kind: 'broken_answer' as const, message, maybeSent: true },
  });
  if (!answer.ok) return { outcome: 'failed', failure: answer.failure };
  if (answer.status !== 200)
    return broken(`The hub answered ${answer.status} when asked for its signing keys.`);
  try {
    const parsed = jwksSchema.safeParse(JSON.parse(answer.body));
    // A newer hub may publish keys of another kind beside ours: they are passed over.
    if (parsed.success) return parsed.data.keys.flatMap((key) => agentKeySchema.safeParse(key).data ?? []);
  } catch {}
  return broken('The hub answered something else when asked for its signing keys.');
}

/** Keys of the profile given whole, and those known ones whose fingerprint it names. */
async function profileRoots(profile: readonly ProfileKey[], known: readonly AgentKey[]): Promise<AgentKey[]> {
  const roots: AgentKey[] = [];
  for (const entry of profile) {
    if (typeof entry === 'string') {
      for (const key of known) if (samePrint(await fingerprint(key), entry)) roots.push(key);
      continue;
    }
    const { kty, crv, x } = entry;
    const bare = agentKeySchema.safeParse({ kty, crv, x, kid: 'kid' in entry ? entry.kid : 'profile' });
    if (!bare.success) continue;
    // The hub's own record of the same key goes first: it has the id that bundles name.
    roots.push(known.find((key) => key.x === bare.data.x) ?? bare.data);
  }
  return roots;
}

function samePrint(print: string, given: string): boolean {
  const bare = (text: string): string => text.trim().replace(/^sha256:/i, '');
  return bare(print) === bare(given);
}
