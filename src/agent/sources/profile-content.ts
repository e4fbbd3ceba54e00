import type { Problem } from '../../shared/policy/model.ts';
import type { Catalog } from '../../shared/settings/define-catalog.ts';
import type { CommandRunner } from '../agent-options.ts';
import type { AgentPaths, ProfileLocation } from '../paths.ts';
import { readMachineFile } from './machine-file.ts';
import type { FileTrust } from './machine-file-trust.ts';
import { readPropertyList } from './property-list.ts';
import { profileOfRegistry } from './registry-profile.ts';
import { queryRegistry } from './registry-query.ts';

/** What one location of the configuration profile holds. */
export type ProfileContent = { readonly location: string } & (
  | { readonly kind: 'absent' }
  /** Bytes of a JSON file, or the profile's keys as an object. */
  | {
      readonly kind: 'content';
      readonly content: Uint8Array | Readonly<Record<string, unknown>>;
      readonly problems: readonly Problem[];
    }
  | { readonly kind: 'broken' | 'untrusted'; readonly problem: Problem }
);

/** Reads one location (docs/policy.md section 6). Never throws. */
export async function readProfileLocation(
  place: ProfileLocation,
  paths: Pick<AgentPaths, 'systemRoot'>,
  trust: FileTrust,
  runCommand: CommandRunner,
  catalog: Catalog,
): Promise<ProfileContent> {
  if (place.kind === 'registry') return registryContent(place.key, paths.systemRoot, runCommand, catalog);
  const location = place.path;
  const file = await readMachineFile(location, trust);
  switch (file.kind) {
    case 'absent':
      return { location, kind: 'absent' };
    case 'untrusted':
      return { location, kind: 'untrusted', problem: problemOf('untrusted_file', file.message) };
    case 'unreadable':
      return { location, kind: 'broken', problem: problemOf(file.code, file.message) };
    case 'read':
      if (place.format === 'json') return { location, kind: 'content', content: file.bytes, problems: [] };
      return propertyListContent(location, file.bytes);
  }
}

async function propertyListContent(location: string, bytes: Uint8Array): Promise<ProfileContent> {
  const list = await readPropertyList(bytes);
  const mend = 'Deploy the profile again.';
  if (!list.ok) {
    const message = `${location} cannot be used: ${list.message}. ${mend}`;
    return { location, kind: 'broken', problem: problemOf('malformed', message) };
  }
  const { value } = list;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const message = `${location} cannot be used: it holds no dictionary. ${mend}`;
    return { location, kind: 'broken', problem: problemOf('wrong_type', message) };
  }
  return { location, kind: 'content', content: { ...value }, problems: [] };
}

async function registryContent(
  key: string,
  systemRoot: string,
  runCommand: CommandRunner,
  catalog: Catalog,
): Promise<ProfileContent> {
  const location = key;
  const reading = await queryRegistry(runCommand, systemRoot, key);
  switch (reading.kind) {
    case 'absent':
      return { location, kind: 'absent' };
    case 'failed':
      return { location, kind: 'broken', problem: problemOf('unreadable', reading.message) };
    case 'read': {
      const { profile, problems } = profileOfRegistry(reading.tree, catalog);
      // The key may be there for its subkeys alone, as group policy leaves it behind.
      if (Object.keys(profile).length === 0) return { location, kind: 'absent' };
      return { location, kind: 'content', content: profile, problems };
    }
  }
}

function problemOf(code: Problem['code'], message: string): Problem {
  return { severity: 'error', source: 'configuration-profile', path: '', code, message };
}
