import { readJson } from '../../shared/policy/json-text.ts';
import type { Problem } from '../../shared/policy/model.ts';
import { finishProblems } from '../../shared/policy/problem-draft.ts';
import type { SignInMethod } from '../account/enforced-sign-in.ts';
import type { SignInFile } from '../paths.ts';
import { readMachineFile } from './machine-file.ts';
import type { FileTrust } from './machine-file-trust.ts';
import { readPropertyList } from './property-list.ts';

/** Reads one file that enforces sign-in by being there (docs/policy.md section 7). Never throws. */
export async function readSignInFile(file: SignInFile, trust: FileTrust): Promise<SignInMethod> {
  const { method, path: location } = file;
  const problem = (code: Problem['code'], message: string): Problem => ({
    ...{ severity: 'error', source: 'sign-in', path: '', code, message },
  });
  const reading = await readMachineFile(location, trust);
  if (reading.kind === 'absent') return { method, location, state: 'not_configured' };
  if (reading.kind === 'untrusted') {
    return { method, location, state: 'untrusted', problem: problem('untrusted_file', reading.message) };
  }
  if (reading.kind === 'unreadable') {
    return { method, location, state: 'unreadable', problem: problem(reading.code, reading.message) };
  }
  const content = file.format === 'plist' ? await plistContent(reading.bytes) : jsonContent(reading.bytes);
  if (!content.ok) {
    const message = `${location} cannot be used: ${content.message} Write ${EXAMPLES[file.format]} into it.`;
    return { method, location, state: 'unreadable', problem: problem(content.code, message) };
  }
  const allowedOrgs = Object.hasOwn(content.object, 'allowedOrgs') ? content.object.allowedOrgs : undefined;
  const warnings = content.warnings.map((each) => ({ ...each, message: `${location}: ${each.message}` }));
  return { method, location, state: 'configured', allowedOrgs, warnings };
}

const EXAMPLES: Record<SignInFile['format'], string> = {
  json: '{"allowedOrgs": ["your-organization"]}',
  plist: 'a dictionary with the array allowedOrgs',
};

type Content =
  | {
      readonly ok: true;
      readonly object: Readonly<Record<string, unknown>>;
      readonly warnings: readonly Problem[];
    }
  | { readonly ok: false; readonly code: Problem['code']; readonly message: string };

function jsonContent(bytes: Uint8Array): Content {
  const json = readJson(bytes);
  const problems = finishProblems(json.drafts, 'sign-in', json.text);
  if (!json.ok) {
    const error = problems.find(({ severity }) => severity === 'error');
    return { ok: false, code: error?.code ?? 'malformed', message: error?.message ?? 'It is not JSON.' };
  }
  return objectContent(json.value, problems);
}

async function plistContent(bytes: Uint8Array): Promise<Content> {
  const list = await readPropertyList(bytes);
  if (!list.ok) return { ok: false, code: 'malformed', message: `${list.message}.` };
  return objectContent(list.value, list.byteOrderMark ? [BYTE_ORDER_MARK] : []);
}

function objectContent(value: unknown, warnings: readonly Problem[]): Content {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { ok: false, code: 'wrong_type', message: 'It holds no object.' };
  }
  return { ok: true, object: { ...value }, warnings };
}

const BYTE_ORDER_MARK: Problem = {
  severity: 'warning',
  source: 'sign-in',
  path: '',
  code: 'byte_order_mark',
  message: 'It begins with a byte-order mark, which other readers refuse. Save it as UTF-8 without a mark.',
};
