import type { Check, DoctorAnswer } from '../../shared/contracts/local-api.ts';
import { maskUserInfo } from '../../shared/text/mask-user-info.ts';

/** One thing that can be wrong on a machine. `run` may throw: that is then its finding. */
export interface Examination {
  readonly id: string;
  readonly title: string;
  readonly run: () => Promise<readonly Finding[] | Finding>;
}

/** What was found; several where one examination looks at several things. */
export interface Finding extends Omit<Check, 'id' | 'title'> {
  /** Added to the id and title where an examination has several findings. */
  readonly about?: string;
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
    finding: `It could not be examined: ${reason}.`,
    meaning: 'Something is wrong that this check did not expect.',
    mend: 'Look into the agent’s log, and report this with it.',
  };
}

function toCheck(id: string, title: string, { about, ...finding }: Finding): Check {
  return {
    id: about === undefined ? id : `${id}.${about}`,
    title: about === undefined ? title : `${title}: ${about}`,
    result: finding.result,
    finding: maskUserInfo(finding.finding),
    ...(finding.meaning === undefined ? {} : { meaning: maskUserInfo(finding.meaning) }),
    ...(finding.mend === undefined ? {} : { mend: maskUserInfo(finding.mend) }),
  };
}
