import { access, constants, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Keychain } from '../account/keychain.ts';
import type { Enforcement } from '../enforcement/model.ts';
import type { AgentPaths } from '../paths.ts';
import type { MachineSources } from '../sources/machine-sources.ts';
import type { SourceReading } from '../sources/source-reading.ts';
import type { Examination, Finding } from './doctor.ts';

export interface MachineExaminationOptions {
  readonly paths: AgentPaths;
  readonly sources: Pick<MachineSources, 'refresh'>;
  readonly keychain: Keychain;
  readonly enforcement: Pick<Enforcement, 'storeState'>;
}

/** Keychain, files, administrators' files and the store. Reads only; the keychain is asked for an entry of its own. */
export function machineExaminations(options: MachineExaminationOptions): readonly Examination[] {
  const { paths, sources, keychain, enforcement } = options;
  return [
    { id: 'keychain', title: 'The keychain can be used', run: async () => examineKeychain(keychain) },
    { id: 'files', title: 'Your files are yours', run: async () => examineFiles(paths) },
    {
      id: 'admin-files',
      title: 'Only administrators can write policy',
      run: async () => {
        const { adminSettings, profile, signIn } = await sources.refresh();
        return examineAdminFiles(paths, [adminSettings, profile], signIn);
      },
    },
    { id: 'store', title: 'The settings store follows', run: async () => examineStore(paths, enforcement) },
  ];
}

/** Asked for and never written: reading proves that the keychain answers, and changes nothing. */
const PROBE = 'doctor';

async function examineKeychain(keychain: Keychain): Promise<Finding> {
  const answer = await keychain.read(PROBE);
  if (answer.ok) return { result: 'ok', finding: 'It answers.' };
  return {
    result: 'warning',
    finding: answer.reason,
    meaning: 'The session is kept in memory only: you sign in again each time the agent starts.',
    mend: 'Unlock or set up the system’s keychain, on Linux a Secret Service such as gnome-keyring.',
  };
}

async function examineFiles(paths: AgentPaths): Promise<Finding[]> {
  const folders = [...new Set([dirname(paths.store), paths.userData])];
  const findings = await Promise.all(
    folders.map((folder) =>
      examineFolder(folder, folder === paths.userData ? WRITE_OF_OTHERS : WRITE_OF_ALL),
    ),
  );
  const secret = await Promise.all([paths.state, paths.account, paths.bundle].map(examineSecret));
  const wrong = [...findings, ...secret].filter((finding) => finding !== null);
  return wrong.length > 0
    ? wrong
    : [{ result: 'ok', finding: 'They can be written, and nobody else reads them.' }];
}

async function examineFolder(folder: string, others: number): Promise<Finding | null> {
  try {
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    return await examineOthers(folder, others);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT') return null;
    return {
      about: folder,
      result: 'failed',
      finding: `${folder} cannot be written (${code}).`,
      meaning: 'Settings cannot be kept in line, and choices cannot be saved.',
      mend: 'Make the folder yours again (owner and mode), and see that the disk is not full or read-only.',
    };
  }
}

const OTHERS = 0o077;
const WRITE_OF_OTHERS = 0o022;
/** A folder that another program made may be its owner's own group's too. */
const WRITE_OF_ALL = 0o002;

/** Whoever may write a folder replaces any file in it, however little that file lets them. */
async function examineOthers(folder: string, others: number): Promise<Finding | null> {
  const { mode } = await stat(folder);
  if (process.platform === 'win32' || (mode & others) === 0) return null;
  return {
    about: folder,
    result: 'warning',
    finding: `${folder} can be written by others (mode ${(mode & 0o777).toString(8)}).`,
    meaning:
      'Other users of this machine could replace your choices, and the keys and policy that are kept here.',
    mend: `Run: chmod go-w "${folder}"`,
  };
}

async function examineSecret(file: string): Promise<Finding | null> {
  if (process.platform === 'win32') return null;
  try {
    const { mode } = await stat(file);
    if ((mode & OTHERS) === 0) return null;
    return {
      about: file,
      result: 'warning',
      finding: `${file} can be read or written by others (mode ${(mode & 0o777).toString(8)}).`,
      meaning: 'Other users of this machine could see or change it.',
      mend: `Run: chmod 600 "${file}"`,
    };
  } catch {
    return null;
  }
}

function examineAdminFiles(
  paths: AgentPaths,
  sources: readonly SourceReading[],
  signIn: Awaited<ReturnType<MachineSources['refresh']>>['signIn'],
): Finding[] {
  // A profile that cannot be read is a problem of settings and of sign-in alike; it is told once.
  const all = [...sources.flatMap(({ problems }) => problems), ...signIn.problems];
  const problems = [...new Map(all.map((problem) => [problem.message, problem])).values()];
  const untrusted = problems.filter(({ code }) => code === 'untrusted_file');
  const unreadable = problems.filter(
    ({ severity, code }) => severity === 'error' && code !== 'untrusted_file',
  );
  const findings = [
    ...untrusted.map(
      ({ message }): Finding => ({
        result: 'failed',
        finding: message,
        meaning: 'Somebody without administrator’s rights could have written it, so it has no effect.',
        mend: 'An administrator restores owner and permissions.',
      }),
    ),
    ...unreadable.map(
      ({ message }): Finding => ({
        result: 'failed',
        finding: message,
        meaning: 'What could be read last stays in force; settings may be frozen until it is mended.',
        mend: 'An administrator corrects the file.',
      }),
    ),
  ];
  if (findings.length > 0) return numbered(findings);
  if (paths.testPaths) {
    return [{ result: 'skipped', finding: 'These are test paths; their owner is not asked.' }];
  }
  const present = sources.filter(({ state }) => state !== 'absent').map(({ location }) => location);
  const finding = present.length === 0 ? 'There are none here.' : `${present.join(', ')}: in order.`;
  return [{ result: 'ok', finding }];
}

function numbered(findings: readonly Finding[]): Finding[] {
  if (findings.length === 1) return [...findings];
  return findings.map((finding, index) => ({ ...finding, about: String(index + 1) }));
}

function repairedWords(repairs: number): string {
  if (repairs === 0) return 'it needed no repair';
  return repairs === 1 ? 'it was repaired once' : `it was repaired ${repairs} times`;
}

function examineStore(paths: AgentPaths, { storeState }: Pick<Enforcement, 'storeState'>): Finding {
  const { state, message, repairs } = storeState();
  const detail = message === undefined ? '' : ` ${message}`;
  switch (state) {
    case 'ok':
      return { result: 'ok', finding: `${paths.store} is in line; ${repairedWords(repairs)}.` };
    case 'waiting':
      return {
        result: 'warning',
        finding: `${paths.store} waits to be written.${detail}`,
        meaning: 'The settings apply as soon as the other program lets go of the file.',
        mend: 'Quit Docker Desktop.',
      };
    case 'contended':
      return {
        result: 'warning',
        finding: `${paths.store} is changed again and again by another program.${detail}`,
        meaning: 'The agent repairs it each time; between two repairs a wrong value may be read.',
        mend: 'Find the program that writes the file and stop it.',
      };
    case 'failed':
      return {
        result: 'failed',
        finding: `${paths.store} cannot be written.${detail}`,
        meaning: 'Other programs still read the settings of before.',
        mend: 'Make the file and its folder writable for you, and see that the disk is not full.',
      };
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
