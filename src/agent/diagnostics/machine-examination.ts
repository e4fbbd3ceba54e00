import { access, constants, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Keychain } from '../account/keychain.ts';
import type { Enforcement } from '../enforcement/model.ts';
import type { AgentPaths } from '../paths.ts';
import type { MachineSources } from '../sources/machine-sources.ts';
import type { SourceReading } from '../sources/source-reading.ts';
import type { Examination, Finding } from './doctor.ts';
import { quote, say, sayWith } from './words.ts';

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
    { id: 'keychain', title: 'check.keychain', run: async () => examineKeychain(keychain) },
    { id: 'files', title: 'check.files', run: async () => examineFiles(paths) },
    {
      id: 'admin-files',
      title: 'check.admin-files',
      run: async () => {
        const { adminSettings, profile, signIn } = await sources.refresh();
        return examineAdminFiles(paths, [adminSettings, profile], signIn);
      },
    },
    { id: 'store', title: 'check.store', run: async () => examineStore(paths, enforcement) },
  ];
}

/** Asked for and never written: reading proves that the keychain answers, and changes nothing. */
const PROBE = 'doctor';

async function examineKeychain(keychain: Keychain): Promise<Finding> {
  const answer = await keychain.read(PROBE);
  if (answer.ok) return { result: 'ok', finding: say('check.keychain.answers') };
  return {
    result: 'warning',
    finding: quote(answer.reason, 'check.keychain.refuses'),
    meaning: say('check.keychain.meaning'),
    mend: say('check.keychain.mend'),
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
  return wrong.length > 0 ? wrong : [{ result: 'ok', finding: say('check.files.fine') }];
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
      finding: say('check.files.unwritable', { path: folder, code }),
      meaning: say('check.files.unwritable.meaning'),
      mend: say('check.files.unwritable.mend'),
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
    finding: say('check.files.folder', { path: folder, mode: (mode & 0o777).toString(8) }),
    meaning: say('check.files.folder.meaning'),
    mend: say('check.files.folder.mend', { path: folder }),
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
      finding: say('check.files.secret', { path: file, mode: (mode & 0o777).toString(8) }),
      meaning: say('check.files.secret.meaning'),
      mend: say('check.files.secret.mend', { path: file }),
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
      ({ message }): Finding => ({ finding: quote(message, 'check.admin-files.untrusted'), ...UNTRUSTED }),
    ),
    ...unreadable.map(
      ({ message }): Finding => ({ finding: quote(message, 'check.admin-files.unreadable'), ...UNREADABLE }),
    ),
  ];
  if (findings.length > 0) return numbered(findings);
  if (paths.testPaths) {
    return [{ result: 'skipped', finding: say('check.admin-files.testPaths') }];
  }
  const present = sources.filter(({ state }) => state !== 'absent').map(({ location }) => location);
  const finding =
    present.length === 0
      ? say('check.admin-files.none')
      : say('check.admin-files.fine', { files: present.join(', ') });
  return [{ result: 'ok', finding }];
}

const UNTRUSTED = {
  result: 'failed',
  meaning: say('check.admin-files.untrusted.meaning'),
  mend: say('check.admin-files.untrusted.mend'),
} as const;
const UNREADABLE = {
  result: 'failed',
  meaning: say('check.admin-files.unreadable.meaning'),
  mend: say('check.admin-files.unreadable.mend'),
} as const;

function numbered(findings: readonly Finding[]): Finding[] {
  if (findings.length === 1) return [...findings];
  return findings.map((finding, index) => ({ ...finding, about: String(index + 1) }));
}

function examineStore({ store: path }: AgentPaths, { storeState }: Pick<Enforcement, 'storeState'>): Finding {
  const { state, message, repairs } = storeState();
  switch (state) {
    case 'ok':
      return {
        result: 'ok',
        finding:
          repairs === 0
            ? say('check.store.inLine', { path })
            : say('check.store.repaired', { path, count: repairs }),
      };
    case 'waiting':
      return {
        result: 'warning',
        finding: sayWith(say('check.store.waiting', { path }), message),
        meaning: say('check.store.waiting.meaning'),
        mend: say('check.store.waiting.mend'),
      };
    case 'contended':
      return {
        result: 'warning',
        finding: sayWith(say('check.store.contended', { path }), message),
        meaning: say('check.store.contended.meaning'),
        mend: say('check.store.contended.mend'),
      };
    case 'failed':
      return {
        result: 'failed',
        finding: sayWith(say('check.store.failed', { path }), message),
        meaning: say('check.store.failed.meaning'),
        mend: say('check.store.failed.mend'),
      };
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
