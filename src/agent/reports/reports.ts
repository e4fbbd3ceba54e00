import { createHash } from 'node:crypto';
import { AGENT_ROUTES } from '../../shared/contracts/agent-api.ts';
import { type AgentReportBody, agentReportAnswerSchema } from '../../shared/contracts/device-report.ts';
import { canonicalJson } from '../../shared/policy/canonical-json.ts';
import type { AccountService, PolicyOwner } from '../account/account-service.ts';
import type { LogEntry } from '../agent-options.ts';
import { type Clock, instant } from '../clock.ts';
import { retryDelay, spread } from '../delivery/fetch-schedule.ts';
import { callHub } from '../delivery/hub-call.ts';
import type { HubHttp } from '../delivery/hub-http.ts';
import { hubRoute } from '../delivery/hub-url.ts';
import type { LoggedRepair } from '../enforcement/drift-log.ts';
import { createSerial } from '../serial.ts';
import type { StateFiles } from '../state-file.ts';
import {
  type ReportedState,
  type ReportView,
  reportBody,
  reportedDrift,
  reportedState,
} from './report-body.ts';
import { type LastReport, type ReportMemory, readMemory, writeMemory } from './report-memory.ts';
import { createUntoldRefusals } from './untold-refusals.ts';

/** Tells the hub what is in force here: at each apply, each drift repair and each day (docs/delivery.md section 5). */
export interface Reports {
  start(): Promise<void>;
  /** Something may be worth a report. */
  review(): void;
  stop(): Promise<void>;
}

export interface ReportsParts {
  /** `AgentPaths.reports` */
  readonly path: string;
  readonly files: StateFiles;
  readonly clock: Clock;
  /** In [0, 1): spreads the reports of a fleet. */
  readonly random: () => number;
  readonly http: HubHttp;
  readonly account: Pick<AccountService, 'accessToken' | 'owner' | 'state'>;
  /** What is in force now. */
  readonly view: () => Omit<ReportView, 'device'>;
  /** The latest repairs of this and earlier runs, as the drift log has them, newest last. */
  readonly repairs: () => readonly LoggedRepair[];
  readonly log: (entry: LogEntry) => void;
}

const DAY_MS = 24 * 60 * 60_000;
/** Changes come in groups; the first report waits for the rest, and a fleet does not report in step. */
const GATHER_MS = 200;
const SPREAD_MS = 2_000;
/** Between two reports, however much happens. */
const GAP_MS = 10_000;
/** Timers stand still while the machine sleeps: the day is looked at this often. */
const LOOK_MS = 60 * 60_000;

/**
 * One report at a time. It is written down before it is sent and forgotten when the hub took it, so a crash in between
 * sends it again, under the same id. Long, because it is the one place that turns occasions and answers into timing.
 */
export function createReports(parts: ReportsParts): Reports {
  const { account, clock } = parts;
  const serial = createSerial();
  const stopping = new AbortController();
  let memory: ReportMemory | null = null;
  let failures = 0;
  let sentAt: number | null = null;
  let everyMs = DAY_MS;
  let planned: { readonly at: number; readonly cancel: () => void } | null = null;
  let owner: string | null = null;
  const refusals = createUntoldRefusals();

  const plan = (ms: number): void => {
    const at = clock.monotonic() + ms;
    if (stopping.signal.aborted || (planned !== null && planned.at <= at)) return;
    planned?.cancel();
    const cancel = clock.after(ms, () => {
      planned = null;
      void serial(run).catch((error: unknown) => {
        parts.log({
          level: 'error',
          message: 'Reporting failed inside the agent.',
          facts: { error: String(error) },
        });
        plan(LOOK_MS);
      });
    });
    planned = { at, cancel };
  };
  const unplan = (): void => {
    planned?.cancel();
    planned = null;
  };
  const soon = (): void => {
    const rest = sentAt === null ? 0 : sentAt + GAP_MS - clock.monotonic();
    plan(Math.max(rest, GATHER_MS + parts.random() * SPREAD_MS));
  };
  const keep = async (next: ReportMemory): Promise<void> => {
    memory = next;
    // What cannot be written is known to this run; a crash before the next one that can be costs a report.
    await writeMemory(parts.files, parts.path, next).catch(() => {});
  };

  /**
   * Who is reported for; another owner than before begins with a clean slate, which is written down at once: repairs
   * from now on are theirs to hear of, also where the agent ends before their first report.
   */
  const adopt = async (now: PolicyOwner): Promise<ReportMemory> => {
    const key = JSON.stringify([now.issuer, now.userId, now.organization]);
    if (memory?.owner === key) return memory;
    refusals.forget();
    const slate: ReportMemory = {
      ...{ version: 1, owner: key, reportedRepairs: lastNumber(parts.repairs()), underWay: null, last: null },
    };
    await keep(slate);
    return slate;
  };
  const adoptOwner = async (): Promise<void> => {
    const now = account.owner();
    if (now !== null && now.organization !== null) await adopt(now);
  };

  const run = async (): Promise<void> => {
    const now = account.owner();
    if (now === null || now.organization === null || account.state().state !== 'signed-in') return;
    const before = await adopt(now);
    const underWay = before.underWay ?? (await begin(before));
    if (underWay === null) {
      plan(LOOK_MS);
      return;
    }
    await send(now, underWay);
  };

  /** Makes the next report and writes it down; `null`: nothing is worth one. */
  const begin = async (before: ReportMemory): Promise<AgentReportBody | null> => {
    const { id, name } = deviceOf(account);
    const view = parts.view();
    const state = reportedState({ ...view, device: { id, name } });
    const repairs = parts.repairs();
    const news = repairs.filter(({ number }) => number > before.reportedRepairs);
    // The log shows its latest: what came before those is counted.
    const dropped = Math.max(0, lastNumber(repairs) - before.reportedRepairs - news.length);
    const reason = reasonFor(before.last, {
      ...{ drift: news.length, now: clock.wall(), everyMs },
      ...{
        state: digest(state),
        overrides: JSON.stringify(state.overrides),
        refused: refusals.first() !== null,
      },
    });
    if (reason === null) return null;
    const resolution = view.enforcement.resolution();
    const body = reportBody(state, {
      ...{ reason, at: instant(clock.wall()), driftDropped: dropped },
      drift: news.map((repair) => reportedDrift(repair, resolution)),
      refused: refusals.first(),
    });
    const reportedRepairs = Math.max(before.reportedRepairs, lastNumber(repairs));
    // Written down with the report: it is told, or the same words are sent again.
    refusals.told();
    await keep({ ...before, reportedRepairs, underWay: body });
    return body;
  };

  const send = async (to: PolicyOwner, body: AgentReportBody): Promise<void> => {
    const url = hubRoute(to.hubUrl, AGENT_ROUTES.reports.path);
    url.searchParams.set('org', to.organization ?? '');
    sentAt = clock.monotonic();
    const answer = await callHub(parts, { method: 'POST', url, json: body, signal: stopping.signal });
    if (stopping.signal.aborted || memory?.underWay?.reportId !== body.reportId) return;
    if (!answer.ok && answer.worthRepeating) {
      failures += 1;
      plan(Math.max(answer.retryAfterMs ?? 0, spread(retryDelay(failures), parts.random())));
      return;
    }
    failures = 0;
    if (!answer.ok) {
      // The same words would be refused again. What is in force will be told with the next occasion.
      const facts = { code: answer.refusal.code, why: answer.refusal.message };
      parts.log({ level: 'warning', message: 'The hub did not take a report.', facts });
    }
    const said = answer.ok ? agentReportAnswerSchema.safeParse(answer.body) : null;
    everyMs = said?.success === true ? Math.min(DAY_MS, said.data.nextSeconds * 1000) : DAY_MS;
    await keep({ ...memory, underWay: null, last: lastOf(body, clock.wall()) });
    // Something may have happened meanwhile, and an old report says nothing of it.
    soon();
  };

  return {
    async start() {
      memory = await readMemory(parts.files, parts.path);
      // A log that was taken away begins to count anew.
      const known = lastNumber(parts.repairs());
      if (memory !== null) memory = { ...memory, reportedRepairs: Math.min(memory.reportedRepairs, known) };
      await adoptOwner();
      owner = ownerKey(account);
      refusals.hear(parts.view().delivery.refused);
      soon();
    },
    review() {
      refusals.hear(parts.view().delivery.refused);
      const now = ownerKey(account);
      if (now !== owner) {
        // Another account, or its session is back: what waited for the old state need not wait any longer.
        owner = now;
        failures = 0;
        unplan();
        void serial(adoptOwner);
      }
      if (failures === 0) soon();
    },
    async stop() {
      stopping.abort();
      unplan();
      await serial(async () => {});
    },
  };
}

function lastNumber(repairs: readonly LoggedRepair[]): number {
  return repairs.at(-1)?.number ?? 0;
}

function ownerKey(account: ReportsParts['account']): string {
  const owner = account.owner();
  return JSON.stringify([owner?.issuer, owner?.userId, owner?.organization, account.state().state]);
}

function deviceOf(account: ReportsParts['account']): { id: string; name: string } {
  const { account: shown } = account.state();
  return { id: shown?.deviceId ?? '', name: shown?.deviceName ?? '' };
}

/** Why a report is due now; `null`: it is not. */
function reasonFor(
  last: LastReport | null,
  now: Omit<LastReport, 'at'> & {
    readonly drift: number;
    readonly refused: boolean;
    readonly now: number;
    readonly everyMs: number;
  },
): AgentReportBody['reason'] | null {
  if (now.drift > 0) return 'drift';
  if (last === null) return 'start';
  if (now.refused) return 'refusal';
  if (now.overrides !== last.overrides) return 'override';
  if (now.state !== last.state) return 'apply';
  // A clock that was set back must not keep the hub waiting.
  const since = now.now - last.at;
  return since >= now.everyMs || since < 0 ? 'daily' : null;
}

function lastOf(body: AgentReportBody, at: number): LastReport {
  const {
    reportId: _id,
    reason: _reason,
    at: _at,
    drift: _drift,
    driftDropped: _dropped,
    refused: _refused,
    ...state
  } = body;
  return { at, state: digest(state), overrides: JSON.stringify(body.overrides ?? []) };
}

/** Canonical, because a report read back from disk must have the digest it was made with. */
function digest(state: ReportedState): string {
  return createHash('sha256').update(canonicalJson(state)).digest('base64url');
}
