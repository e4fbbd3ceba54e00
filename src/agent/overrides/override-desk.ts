import {
  AGENT_ROUTES,
  type OverrideRequest,
  overrideAnswerSchema,
} from '../../shared/contracts/agent-api.ts';
import type { LocalOverrideRequest, OverridesAnswer } from '../../shared/contracts/local-api.ts';
import type { Refusal } from '../../shared/contracts/refusal.ts';
import { accepted, checkValue } from '../../shared/settings/check-value.ts';
import type { Catalog } from '../../shared/settings/define-catalog.ts';
import type { Setting } from '../../shared/settings/setting.ts';
import { durationOf } from '../../shared/text/duration.ts';
import { nearest } from '../../shared/text/nearest.ts';
import { quote } from '../../shared/text/quote.ts';
import type { AccountService, PolicyOwner } from '../account/account-service.ts';
import { callHub } from '../delivery/hub-call.ts';
import type { HubHttp } from '../delivery/hub-http.ts';
import { hubRoute } from '../delivery/hub-url.ts';
import type { PolicyDelivery } from '../delivery/policy-delivery.ts';
import type { Enforcement } from '../enforcement/model.ts';
import { jsonOf, maskedJson } from '../local-api/json-of.ts';

/** Asks the hub for overrides, and says what may be asked for and what is granted (docs/delivery.md section 6). */
export interface OverrideDesk {
  /** What is in force on this device, and what may be asked for. */
  current(): OverridesAnswer;
  /** Granted by the hub, and fetched; `null`: done. The bundle that carries it has been accepted when it resolves. */
  request(request: LocalOverrideRequest): Promise<Refusal | null>;
  /** Ends one before its time. */
  end(setting: string): Promise<Refusal | null>;
}

/** The least that can be asked for; where the policy here names no time. */
const SHORTEST_SECONDS = 60;
/** The hub is read again until it gives the bundle that it promised; so often at most. */
const MOST_FETCHES = 3;

export function createOverrideDesk(parts: {
  readonly catalog: Catalog;
  readonly http: HubHttp;
  readonly account: Pick<AccountService, 'accessToken' | 'owner' | 'state'>;
  readonly delivery: Pick<PolicyDelivery, 'state' | 'sync'>;
  readonly enforcement: Pick<Enforcement, 'resolution' | 'managedBy'>;
}): OverrideDesk {
  const { catalog, account, delivery, enforcement } = parts;
  const payloadNow = () => {
    const { bundle } = delivery.state();
    return bundle === null || bundle.ofPreviousAccount ? null : bundle.payload;
  };
  const routeOf = (owner: PolicyOwner, path: string): URL => {
    const url = hubRoute(owner.hubUrl, path);
    url.searchParams.set('org', owner.organization ?? '');
    return url;
  };

  /** The accepted bundle reaches the hub's number, or the reason why it does not. */
  const fetchUpTo = async (seq: number): Promise<Refusal | null> => {
    for (let turn = 0; turn < MOST_FETCHES; turn += 1) {
      const { error } = await delivery.sync();
      if ((payloadNow()?.seq ?? -1) >= seq) return null;
      if (error !== undefined) return { ...NOT_YET, message: `${NOT_YET.message} ${error.message}` };
    }
    return NOT_YET;
  };

  /** Why there is nobody to ask, or who asks. */
  const asker = (): PolicyOwner | Refusal => {
    const owner = account.owner();
    if (owner === null || account.state().state !== 'signed-in') return SIGN_IN;
    return owner.organization === null ? NO_ORGANIZATION : owner;
  };

  const whyNot = (setting: Setting): Refusal | null => {
    const resolved = enforcement.resolution().settings.get(setting.id);
    if (resolved === undefined) {
      const message = `${titleOf(setting)} does not apply on this platform.`;
      return { code: 'not_applicable', setting: setting.id, message };
    }
    if (!resolved.locked) {
      return {
        ...{ code: 'conflict', setting: setting.id },
        message: `${titleOf(setting)} is not locked, so it needs no override.`,
        help: `Change it: mooring settings set ${setting.id} <value>`,
      };
    }
    if (resolved.source !== 'user-policy' && resolved.source !== 'organization-policy') {
      return notAllowed(
        setting,
        `it is locked by ${enforcement.managedBy(setting.id)?.label ?? 'this computer'}, not by the hub`,
        'Ask whoever administers this computer.',
      );
    }
    return null;
  };

  return {
    current() {
      const payload = payloadNow();
      const settings = enforcement.resolution().settings;
      return {
        overrides: (payload?.overrides ?? []).flatMap(({ id, setting }) => {
          const by = enforcement.managedBy(setting)?.override;
          const resolved = settings.get(setting);
          if (by === undefined || by.id !== id || resolved === undefined) return [];
          return [
            {
              ...{ id, setting, value: maskedJson(resolved.value) },
              until: by.until,
              returnsTo: by.returnsTo,
            },
          ];
        }),
        exceptions: (payload?.exceptions ?? []).filter(({ setting }) => settings.has(setting)),
      };
    },
    async request({ setting: id, value, seconds, reason }) {
      const setting = catalog.byId.get(id);
      if (setting === undefined) return unknownSetting(id, catalog);
      const owner = asker();
      if ('code' in owner) return owner;
      const refusal = whyNot(setting);
      if (refusal !== null) return refusal;
      const maxSeconds = payloadNow()?.exceptions.find((each) => each.setting === id)?.maxSeconds;
      const checked = checkValue(setting, value);
      if (!checked.ok) {
        return {
          ...{ code: 'invalid_value', setting: id, message: `${titleOf(setting)}: ${checked.message}` },
          help: `Accepted: ${accepted(setting)}.`,
        };
      }
      const deviceId = account.state().account?.deviceId;
      if (deviceId === undefined) return SIGN_IN;
      const body: OverrideRequest = {
        ...{ deviceId, setting: id, value: jsonOf(checked.value), reason },
        seconds: seconds ?? maxSeconds ?? SHORTEST_SECONDS,
      };
      const expected = refusalExpected(setting, maxSeconds, seconds);
      const url = routeOf(owner, AGENT_ROUTES.requestOverride.path);
      const answer = await callHub(parts, { method: 'POST', url, json: body });
      if (!answer.ok) return expected ?? { ...answer.refusal, setting: id };
      const granted = overrideAnswerSchema.safeParse(answer.body);
      return granted.success ? fetchUpTo(granted.data.seq) : NOT_UNDERSTOOD;
    },
    async end(id) {
      const owner = asker();
      if ('code' in owner) return owner;
      const held = payloadNow();
      const granted = held?.overrides.find(({ setting }) => setting === id);
      if (held === null || granted === undefined) {
        return { code: 'not_found', setting: id, message: `No override of ${quote(id)} is in force.` };
      }
      const path = AGENT_ROUTES.endOverride.path.replace('{id}', encodeURIComponent(granted.id));
      const answer = await callHub(parts, { method: 'DELETE', url: routeOf(owner, path) });
      // One that the hub no longer knows has ended there already: the next bundle says so.
      if (!answer.ok && answer.refusal.code !== 'not_found') return { ...answer.refusal, setting: id };
      return fetchUpTo(held.seq + 1);
    },
  };
}

/**
 * What the policy here says against it. The hub decides all the same: it writes down who asked for what, and it may
 * have allowed meanwhile what has not arrived here.
 */
function refusalExpected(
  setting: Setting,
  maxSeconds: number | undefined,
  seconds: number | undefined,
): Refusal | null {
  if (maxSeconds === undefined) {
    const why = 'the policy makes no exception for it';
    return notAllowed(setting, why, 'Ask an administrator of the organization.');
  }
  if (seconds === undefined || seconds <= maxSeconds) return null;
  const longest = durationOf(maxSeconds);
  return notAllowed(
    setting,
    `${durationOf(seconds)} were asked for, and the policy allows at most ${longest}`,
    `Ask for ${longest} or less.`,
  );
}

const SIGN_IN: Refusal = {
  code: 'sign_in_required',
  message: 'An override is asked for in your name, and nobody is signed in.',
  help: 'Sign in with: mooring login',
};
const NO_ORGANIZATION: Refusal = {
  code: 'override_not_allowed',
  message: 'No organization of yours decides the settings of this device, so there is nothing to override.',
};
const NOT_UNDERSTOOD: Refusal = {
  code: 'unreachable',
  message:
    'The hub gave an answer about the override that is not understood; it is probably of another version.',
};
const NOT_YET: Refusal = {
  code: 'unreachable',
  message: 'The hub has noted it, but its policy has not arrived here yet; it will by itself.',
  help: 'Fetch it now with: mooring sync',
};

function notAllowed(setting: Setting, why: string, help: string): Refusal {
  return {
    ...{ code: 'override_not_allowed', setting: setting.id, help },
    message: `${titleOf(setting)} cannot be overridden: ${why}.`,
  };
}

function unknownSetting(id: string, catalog: Catalog): Refusal {
  const close = nearest(id.slice(0, 100), catalog.byId.keys());
  return {
    ...{ code: 'unknown_setting', setting: id.slice(0, 100) },
    message: `There is no setting named ${quote(id)}.`,
    help: close === null ? 'List the settings with: mooring settings list' : `Did you mean ${close}?`,
  };
}

function titleOf(setting: Setting): string {
  return `“${setting.label}” (${setting.id})`;
}
