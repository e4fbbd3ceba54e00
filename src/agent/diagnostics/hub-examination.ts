import type { Clock } from '../clock.ts';
import type { HubAnswer, HubFailureKind, HubHttp } from '../delivery/hub-http.ts';
import type { Examination, Finding } from './doctor.ts';

export interface HubExaminationOptions {
  readonly http: HubHttp;
  /** `null`: this device knows no hub. */
  readonly hubUrl: () => string | null;
  readonly clock: Clock;
}

/** A few minutes are normal between two clocks; tokens and certificates stop working at about this difference. */
const WARN_SKEW_MS = 2 * 60_000;
const FAIL_SKEW_MS = 5 * 60_000;

/** The discovery document of OpenID Connect: public, small, and needed for signing in. */
const DISCOVERY = '.well-known/openid-configuration';

/** Is the hub reached, is it a hub, and do its clock and ours agree? One request serves all three. */
export function hubExaminations({ http, hubUrl, clock }: HubExaminationOptions): readonly Examination[] {
  let asked: Promise<{
    readonly url: string;
    readonly answer: HubAnswer;
    readonly at: number;
  } | null> | null = null;
  const ask = async () => {
    const base = hubUrl();
    if (base === null) return null;
    const url = new URL(DISCOVERY, base.endsWith('/') ? base : `${base}/`);
    const answer = await http.request({ method: 'GET', url, maxBytes: 256 * 1024 });
    return { url: base, answer, at: clock.wall() };
  };
  const once = () => {
    asked ??= ask();
    return asked;
  };
  return [
    {
      id: 'hub',
      title: 'The hub answers',
      run: async () => {
        const result = await once();
        return result === null ? NO_HUB : judgeAnswer(result.url, result.answer);
      },
    },
    {
      id: 'clock',
      title: 'The clock is right',
      run: async () => {
        const result = await once();
        return judgeClock(result?.answer ?? null, result?.at ?? 0);
      },
    },
    {
      id: 'proxy',
      title: 'The proxy works',
      run: async () => {
        // Only a request that was made tells anything about the proxy.
        await once();
        return judgeProxy(http.proxyProblem());
      },
    },
  ];
}

const NO_HUB: Finding = {
  result: 'skipped',
  finding: 'This device knows no hub.',
  meaning: 'Settings follow the files of this machine and your own choices only.',
  mend: 'If your organization has a hub, sign in with "mooring login --hub ADDRESS".',
};

function judgeAnswer(url: string, answer: HubAnswer): Finding {
  if (!answer.ok) {
    return { result: 'failed', finding: answer.failure.message, ...FAILURES[answer.failure.kind] };
  }
  const isHub = answer.status === 200 && isDiscovery(answer.body);
  if (isHub) return { result: 'ok', finding: `${url} answers.` };
  return {
    result: 'failed',
    finding: `${url} answers with status ${answer.status}, but not as a hub does.`,
    meaning: 'The address belongs to something else, or the hub is not ready.',
    mend: 'Check the address of the hub. If it is right, tell whoever runs the hub.',
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

const OFFLINE = 'Policy is not updated; the last one received stays in force.';

const FAILURES: Record<HubFailureKind, Pick<Finding, 'meaning' | 'mend'>> = {
  unreachable: {
    meaning: OFFLINE,
    mend: 'Check the network, the VPN and the proxy settings.',
  },
  timeout: {
    meaning: OFFLINE,
    mend: 'Check the network and the VPN. If other sites are fast, tell whoever runs the hub.',
  },
  untrusted_certificate: {
    meaning:
      'Either the hub has a certificate of an authority that this machine does not know, or somebody is between.',
    mend: 'Ask your administrator for the certificate authority and install it in the system; do not go on without.',
  },
  too_large: {
    meaning: 'Something else than a hub answers at that address.',
    mend: 'Check the address of the hub.',
  },
  web_page: {
    meaning: 'A proxy or a sign-in page of the network answers in place of the hub.',
    mend: 'Open a browser and sign in to the network, then try again.',
  },
  redirected: {
    meaning: 'Something sends requests for the hub elsewhere; the agent does not follow.',
    mend: 'Check the address of the hub, and whether the network wants you to sign in first.',
  },
  broken_answer: {
    meaning: OFFLINE,
    mend: 'Try again. If it stays, tell whoever runs the hub.',
  },
  aborted: {
    meaning: 'The check was interrupted.',
    mend: 'Run it again.',
  },
};

function judgeClock(answer: HubAnswer | null, at: number): Finding {
  const date = answer?.ok === true ? Date.parse(answer.headers.date ?? '') : Number.NaN;
  if (Number.isNaN(date)) {
    return { result: 'skipped', finding: 'There is nothing to compare this machine’s clock with.' };
  }
  const skew = Math.abs(at - date);
  const seconds = Math.round(skew / 1000);
  if (skew < WARN_SKEW_MS) return { result: 'ok', finding: `It differs from the hub’s by ${seconds} s.` };
  const direction = at > date ? 'ahead of' : 'behind';
  return {
    result: skew < FAIL_SKEW_MS ? 'warning' : 'failed',
    finding: `This machine’s clock is ${seconds} s ${direction} the hub’s.`,
    meaning: 'Sessions and certificates look too old or too new, so signing in and syncing can fail.',
    mend: 'Let the system set its time from the network.',
  };
}

function judgeProxy(problem: ReturnType<HubHttp['proxyProblem']>): Finding {
  if (problem === null) return { result: 'ok', finding: 'No configured proxy fails.' };
  return {
    result: 'warning',
    finding: problem.message,
    meaning: 'The agent goes another way meanwhile; other programs may not be able to.',
    mend: 'Check the proxy settings, or tell the administrator who set them.',
  };
}
