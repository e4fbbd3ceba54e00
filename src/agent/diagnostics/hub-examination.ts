import type { Clock } from '../clock.ts';
import type { HubAnswer, HubFailureKind, HubHttp } from '../delivery/hub-http.ts';
import type { Examination, Finding } from './doctor.ts';
import type { PolicyByFile } from './policy-by-file.ts';
import { quote, say } from './words.ts';

export interface HubExaminationOptions {
  readonly http: HubHttp;
  /** `null`: this device knows no hub. */
  readonly hubUrl: () => string | null;
  readonly clock: Clock;
  /** Set where the policy in force was imported: such a site need not reach its hub. */
  readonly byFile: () => PolicyByFile | null;
}

/** A few minutes are normal between two clocks; tokens and certificates stop working at about this difference. */
const WARN_SKEW_MS = 2 * 60_000;
const FAIL_SKEW_MS = 5 * 60_000;

/** The discovery document of OpenID Connect: public, small, and needed for signing in. */
const DISCOVERY = '.well-known/openid-configuration';

/** A request to the hub, and when its answer came. */
interface Asked {
  readonly url: string;
  readonly answer: HubAnswer;
  readonly at: number;
}

/** Is the hub reached, is it a hub, is it trusted, and do its clock and ours agree? One request serves all. */
export function hubExaminations({
  http,
  hubUrl,
  clock,
  byFile,
}: HubExaminationOptions): readonly Examination[] {
  const ask = async (): Promise<Asked | null> => {
    const base = hubUrl();
    if (base === null) return null;
    const url = new URL(DISCOVERY, base.endsWith('/') ? base : `${base}/`);
    const answer = await http.request({ method: 'GET', url, maxBytes: 256 * 1024 });
    return { url: base, answer, at: clock.wall() };
  };
  let asked: Promise<Asked | null> | null = null;
  const once = (): Promise<Asked | null> => {
    asked ??= ask();
    return asked;
  };
  const checks: readonly [
    Examination['id'],
    Examination['title'],
    (asked: Asked | null) => Promise<Finding>,
  ][] = [
    ['hub', 'check.hub', async (asked) => (asked === null ? NO_HUB : judgeAnswer(asked, byFile()))],
    ['certificates', 'check.certificates', async (asked) => judgeTrust(asked, await http.authorityProblem())],
    ['clock', 'check.clock', async (asked) => judgeClock(asked?.answer ?? null, asked?.at ?? 0)],
    // Only a request that was made tells anything about the proxy.
    ['proxy', 'check.proxy', async (asked) => (asked === null ? NOT_TRIED : judgeProxy(http.proxyProblem()))],
  ];
  return checks.map(([id, title, judge]) => ({ id, title, run: async () => judge(await once()) }));
}

const NO_HUB: Finding = {
  result: 'skipped',
  finding: say('check.hub.none'),
  meaning: say('check.hub.none.meaning'),
  mend: say('check.hub.none.mend'),
};
const NOT_TRIED: Finding = { result: 'skipped', finding: say('check.proxy.untried') };

function judgeAnswer({ url, answer }: Asked, byFile: PolicyByFile | null): Finding {
  if (!answer.ok) {
    const { message, kind } = answer.failure;
    // Only silence is expected there: an answer by somebody else, or a certificate of nobody, is told as ever.
    if (byFile !== null && (kind === 'unreachable' || kind === 'timeout')) {
      return {
        result: 'skipped',
        finding: say('check.hub.byFile', { url, until: byFile.until }),
        meaning: say('check.hub.byFile.meaning'),
        mend: say('check.hub.byFile.mend'),
      };
    }
    return { result: 'failed', finding: quote(message, 'check.hub.failed', { url }), ...FAILURES[kind] };
  }
  const isHub = answer.status === 200 && isDiscovery(answer.body);
  if (isHub) return { result: 'ok', finding: say('check.hub.answers', { url }) };
  return {
    result: 'failed',
    finding: say('check.hub.notAHub', { url, status: String(answer.status) }),
    meaning: say('check.hub.notAHub.meaning'),
    mend: say('check.hub.notAHub.mend'),
  };
}

function isDiscovery(body: string): boolean {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && 'issuer' in value;
  } catch {
    return false;
  }
}

const OFFLINE = say('check.hub.offline.meaning');

const FAILURES: Record<HubFailureKind, Required<Pick<Finding, 'meaning' | 'mend'>>> = {
  unreachable: { meaning: OFFLINE, mend: say('check.hub.unreachable.mend') },
  timeout: { meaning: OFFLINE, mend: say('check.hub.timeout.mend') },
  untrusted_certificate: {
    meaning: say('check.hub.untrusted.meaning'),
    mend: say('check.hub.untrusted.mend'),
  },
  too_large: { meaning: say('check.hub.tooLarge.meaning'), mend: say('check.hub.tooLarge.mend') },
  web_page: { meaning: say('check.hub.webPage.meaning'), mend: say('check.hub.webPage.mend') },
  redirected: { meaning: say('check.hub.redirected.meaning'), mend: say('check.hub.redirected.mend') },
  broken_answer: { meaning: OFFLINE, mend: say('check.hub.broken.mend') },
  aborted: { meaning: say('check.hub.aborted.meaning'), mend: say('check.hub.aborted.mend') },
};

/** The certificate that the hub showed, and the file of further authorities, where one is named. */
function judgeTrust(asked: Asked | null, extra: string | null): Finding {
  if (asked !== null && !asked.answer.ok && asked.answer.failure.kind === 'untrusted_certificate') {
    const { url, answer } = asked;
    return {
      result: 'failed',
      finding: quote(answer.failure.message, 'check.certificates.untrusted', { url }),
      ...FAILURES.untrusted_certificate,
    };
  }
  if (extra !== null) {
    return {
      result: 'warning',
      finding: quote(extra, 'check.certificates.extra'),
      meaning: say('check.certificates.extra.meaning'),
      mend: say('check.certificates.extra.mend'),
    };
  }
  if (asked === null) return { result: 'skipped', finding: say('check.certificates.none') };
  if (new URL(asked.url).protocol !== 'https:') {
    return {
      result: 'skipped',
      finding: say('check.certificates.plain', { url: asked.url }),
      meaning: say('check.certificates.plain.meaning'),
      mend: say('check.certificates.plain.mend'),
    };
  }
  if (!asked.answer.ok) return { result: 'skipped', finding: say('check.certificates.unseen') };
  return { result: 'ok', finding: say('check.certificates.trusted', { url: asked.url }) };
}

function judgeClock(answer: HubAnswer | null, at: number): Finding {
  const date = answer?.ok === true ? Date.parse(answer.headers.date ?? '') : Number.NaN;
  if (Number.isNaN(date)) return { result: 'skipped', finding: say('check.clock.nothing') };
  const skew = Math.abs(at - date);
  const seconds = { seconds: Math.round(skew / 1000) };
  if (skew < WARN_SKEW_MS) return { result: 'ok', finding: say('check.clock.right', seconds) };
  return {
    result: skew < FAIL_SKEW_MS ? 'warning' : 'failed',
    finding: say(at > date ? 'check.clock.ahead' : 'check.clock.behind', seconds),
    meaning: say('check.clock.meaning'),
    mend: say('check.clock.mend'),
  };
}

function judgeProxy(problem: ReturnType<HubHttp['proxyProblem']>): Finding {
  if (problem === null) return { result: 'ok', finding: say('check.proxy.fine') };
  return {
    result: 'warning',
    finding: quote(problem.message, 'check.proxy.fails'),
    meaning: say('check.proxy.meaning'),
    mend: say('check.proxy.mend'),
  };
}
