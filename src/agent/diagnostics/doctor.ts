import type { Check, DoctorAnswer } from '../../shared/contracts/local-api.ts';
import { maskUserInfo } from '../../shared/text/mask-user-info.ts';
import type { Said } from '../../shared/text/said.ts';
import { about, type CheckText, say, type Words } from './words.ts';

/** The names of the checks: what else the catalog says of one begins with its name. */
type CheckName = {
  readonly [Key in CheckText]: Key extends `check.${string}.${string}` | 'check.fault' ? never : Key;
}[CheckText];

/** One thing that can be wrong on a machine. `run` may throw: that is then its finding. */
export interface Examination {
  readonly id: string;
  /** Its name, in the catalog. */
  readonly title: CheckName;
  readonly run: () => Promise<readonly Finding[] | Finding>;
}

/** What was found; several where one examination looks at several things. */
export interface Finding {
  /** Added to the id and title where an examination has several findings. */
  readonly about?: string;
  readonly result: Check['result'];
  readonly finding: Words;
  readonly meaning?: Words;
  readonly mend?: Words;
}

/** Runs every examination; none keeps another from being run, and addresses show no user-info. */
export async function examine(examinations: readonly Examination[]): Promise<DoctorAnswer> {
  const checks = await Promise.all(
    examinations.map(async ({ id, title, run }) => {
      const findings = await run().catch(fault);
      return [findings].flat().map((finding) => toCheck(id, title, finding));
    }),
  );
  return { checks: checks.flat() };
}

function fault(error: unknown): Finding {
  const reason = error instanceof Error ? error.message : String(error);
  return {
    result: 'failed',
    finding: say('check.fault', { reason }),
    meaning: say('check.fault.meaning'),
    mend: say('check.fault.mend'),
  };
}

function toCheck(id: string, key: Examination['title'], found: Finding): Check {
  const { about: which, result } = found;
  const title = about(say(key), which);
  const [finding, meaning, mend] = [masked(found.finding), masked(found.meaning), masked(found.mend)];
  return {
    id: which === undefined ? id : `${id}.${which}`,
    ...{ title: title.written, result, finding: finding.written },
    ...(meaning === undefined ? {} : { meaning: meaning.written }),
    ...(mend === undefined ? {} : { mend: mend.written }),
    said: {
      ...{ title: title.said, finding: finding.said },
      ...(meaning === undefined ? {} : { meaning: meaning.said }),
      ...(mend === undefined ? {} : { mend: mend.said }),
    },
  };
}

function masked(words: Words): Words;
function masked(words: Words | undefined): Words | undefined;
function masked(words: Words | undefined): Words | undefined {
  if (words === undefined) return undefined;
  const { key, values, detail } = words.said;
  const said: Said = {
    key,
    ...(values === undefined ? {} : { values: maskedValues(values) }),
    ...(detail === undefined ? {} : { detail: maskUserInfo(detail) }),
  };
  return { written: maskUserInfo(words.written), said };
}

function maskedValues(values: NonNullable<Said['values']>): NonNullable<Said['values']> {
  const entries = Object.entries(values);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, typeof value === 'string' ? maskUserInfo(value) : value]),
  );
}
