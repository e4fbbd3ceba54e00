import { posix, win32 } from 'node:path';
import { type AgentPaths, agentPaths, type HostFacts, type Layout } from '../../agent/paths.ts';

/** The files of a machine that `mooring install` writes. */
export const MACHINE_FILES = ['admin-settings', 'sign-in', 'machine'] as const;
export type MachineFile = (typeof MACHINE_FILES)[number];

/** Where they are in one layout, and where is noted which of them were written. */
export interface MachinePlaces {
  readonly paths: AgentPaths;
  readonly places: Readonly<Record<MachineFile, string>>;
  readonly manifest: string;
  /** What an administrator wrote for the package, before it is installed. */
  readonly options: string;
}

/** The places of one layout; those of `machine` and of the manifest are the same in both. */
export function machinePlaces(
  host: HostFacts,
  layout: Layout,
  pathsOf: (host: HostFacts, layout: Layout) => AgentPaths = agentPaths,
): MachinePlaces {
  const paths = pathsOf(host, layout);
  const path = host.platform === 'windows' ? win32 : posix;
  const signIn = paths.signInFiles.find(({ method }) => method === 'registry.json');
  if (signIn === undefined) throw new Error('every platform has a registry.json');
  const folder = path.dirname(paths.machine);
  return {
    paths,
    places: { 'admin-settings': paths.adminSettings, 'sign-in': signIn.path, machine: paths.machine },
    manifest: path.join(folder, 'install-manifest.json'),
    options: path.join(folder, 'install-options'),
  };
}
