import { arch, release, type } from 'node:os';

/** The system and the programs that run here, by name and version; nothing that names the machine or its user. */
export function systemFacts(version: string): Readonly<Record<string, string>> {
  const { node, electron } = process.versions;
  return {
    mooring: version,
    system: `${type()} ${release()}`,
    architecture: arch(),
    node,
    ...(electron === undefined ? {} : { electron }),
  };
}
