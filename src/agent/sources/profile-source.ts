import { readJson } from '../../shared/policy/json-text.ts';
import type { Problem } from '../../shared/policy/model.ts';
import { brokenLayer } from '../../shared/policy/read-document.ts';
import { type Profile, readProfile } from '../../shared/policy/read-profile.ts';
import { isJsonObject } from '../../shared/policy/read-settings.ts';
import type { Catalog } from '../../shared/settings/define-catalog.ts';
import type { SignInMethod } from '../account/enforced-sign-in.ts';
import type { CommandRunner } from '../agent-options.ts';
import type { AgentPaths } from '../paths.ts';
import type { FileTrust } from './machine-file-trust.ts';
import { type ProfileContent, readProfileLocation } from './profile-content.ts';
import type { SourceReading } from './source-reading.ts';

/** The keys of a profile that are not settings. */
export type ProfileKeys = Omit<Profile, 'layer'>;

/** The configuration profile as it was last read. */
export interface ProfileReading extends SourceReading {
  /** `null`: there is no profile, or it is there and its keys cannot be read. */
  readonly keys: ProfileKeys | null;
  /** How a person knows the profile as a method of enforced sign-in. */
  readonly method: 'configuration profile' | 'registry key';
}

const SOURCE = 'configuration-profile';

/**
 * Reads the configuration profile (docs/policy.md section 6). Of several locations the first that sets a key wins;
 * one that is there and cannot be read makes the whole profile broken, because what it would have said is unknown.
 */
export async function readProfileSource(
  paths: Pick<AgentPaths, 'profile' | 'systemRoot'>,
  trust: FileTrust,
  runCommand: CommandRunner,
  catalog: Catalog,
): Promise<ProfileReading> {
  const contents = await Promise.all(
    paths.profile.map((place) => readProfileLocation(place, paths, trust, runCommand, catalog)),
  );
  const [first] = paths.profile;
  const method = first?.kind === 'registry' ? 'registry key' : 'configuration profile';
  const present = contents.filter((each) => each.kind !== 'absent');
  const location = (present[0] ?? contents[0])?.location ?? '';
  const nothing = { location, method, layer: null, document: undefined, keys: null } as const;
  const problems = present.flatMap(problemsOf);
  if (present.some(({ kind }) => kind === 'broken')) {
    return { ...nothing, state: 'broken', layer: brokenLayer(SOURCE, problems), problems };
  }
  const usable = present.filter((each) => each.kind === 'content');
  if (usable.length === 0) {
    return { ...nothing, state: present.length > 0 ? 'untrusted' : 'absent', problems };
  }
  const content = mergedContent(usable);
  const { layer, ...keys } = readProfile(content, catalog);
  const told = { ...layer, problems: [...problems, ...layer.problems] };
  const json = readJson(content);
  const readable = json.ok && isJsonObject(json.value);
  return {
    ...{ location, method, layer: told, problems: told.problems, state: layer.state },
    document: json.ok ? json.value : undefined,
    keys: readable ? keys : null,
  };
}

/**
 * The profile as a method of enforced sign-in. A profile that cannot be read is one, unless it is known that it
 * demanded none when it could last be read.
 */
export function profileSignIn(profile: ProfileReading, lastKeys: ProfileKeys | null): SignInMethod {
  const { method, location } = profile;
  if (profile.keys !== null) {
    const { allowedOrgs } = profile.keys;
    if (allowedOrgs === undefined) return { method, location, state: 'not_configured' };
    return { method, location, state: 'configured', allowedOrgs, warnings: [] };
  }
  if (profile.state !== 'broken' || (lastKeys !== null && lastKeys.allowedOrgs === undefined)) {
    return { method, location, state: 'not_configured' };
  }
  const error = profile.problems.find(({ severity }) => severity === 'error');
  const message = error?.message ?? 'It cannot be read.';
  const said = message.includes(location) ? message : `${location} cannot be used. ${message}`;
  const problem: Problem = {
    ...{ severity: 'error', source: 'sign-in', path: '', code: error?.code ?? 'unreadable' },
    message: said,
  };
  return { method, location, state: 'unreadable', problem };
}

type Usable = ProfileContent & { readonly kind: 'content' };

/** One location as it stands, so that problems keep their lines; several as one object, key by key. */
function mergedContent(usable: readonly Usable[]): Usable['content'] {
  const [first, ...weaker] = usable.map(({ content }) => content);
  if (first === undefined || weaker.length === 0 || first instanceof Uint8Array) return first ?? {};
  return Object.assign(Object.create(null), ...weaker.toReversed(), first);
}

function problemsOf(content: ProfileContent): readonly Problem[] {
  if (content.kind === 'content') return content.problems;
  return content.kind === 'absent' ? [] : [content.problem];
}
