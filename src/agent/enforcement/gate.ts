import type { ChangeRequest, ChangeResult, ManagedBy } from '../../shared/contracts/local-api.ts';
import type { Refusal, RefusalCode } from '../../shared/contracts/refusal.ts';
import type { Resolution, ResolvedSetting } from '../../shared/policy/model.ts';
import { accepted, checkValue, sameValue } from '../../shared/settings/check-value.ts';
import type { Catalog } from '../../shared/settings/define-catalog.ts';
import type { Setting, SettingValue } from '../../shared/settings/setting.ts';
import { maskUserInfo } from '../../shared/text/mask-user-info.ts';
import { nearest } from '../../shared/text/nearest.ts';
import { quote } from '../../shared/text/quote.ts';
import { maskedJson } from '../local-api/json-of.ts';
import { type ChoiceBook, fitsAfter } from './choice-book.ts';
import type { SignInWall } from './model.ts';

/** What the gate judges by. */
export interface GateView {
  readonly catalog: Catalog;
  readonly resolution: Resolution;
  readonly book: ChoiceBook;
  readonly wall: SignInWall | null;
  readonly managedBy: (id: string) => ManagedBy | null;
}

/** The outcome for one setting, before it is known whether the others pass as well. */
type Verdict =
  | {
      readonly id: string;
      readonly outcome: 'changed' | 'unchanged';
      readonly edit: SettingValue | null | undefined;
    }
  | { readonly id: string; readonly outcome: 'refused'; readonly refusal: Refusal };

/** A change that may be made, or the answer to one that is refused: all of it or nothing. */
export type Decision =
  | {
      readonly ok: true;
      readonly edits: ReadonlyMap<string, SettingValue | null>;
      readonly results: readonly ChangeResult[];
    }
  | { readonly ok: false; readonly refusal: Refusal; readonly results: readonly ChangeResult[] };

/** Decides a change of several settings (docs/policy.md section 4). Pure: nothing is changed here. */
export function decideChange(view: GateView, request: ChangeRequest): Decision {
  const set = Object.entries(request.set ?? {});
  const reset = request.reset ?? [];
  const both = set.find(([id]) => reset.includes(id));
  if (both !== undefined) {
    const message = `${quote(both[0])} is both set and reset in one change. Ask for one of the two.`;
    return { ok: false, refusal: { code: 'bad_request', message, setting: both[0] }, results: [] };
  }
  const named = new Set([...set.map(([id]) => id), ...reset]);
  const everything =
    request.resetAll === true ? chosenAndChangeable(view).filter((id) => !named.has(id)) : [];
  const verdicts: readonly Verdict[] = [
    ...set.map(([id, value]) => judgeSet(view, id, value)),
    ...[...new Set(reset), ...everything].map((id) => judgeReset(view, id)),
  ];
  const refused = verdicts.find((verdict) => verdict.outcome === 'refused');
  if (refused?.outcome === 'refused') {
    return { ok: false, refusal: refused.refusal, results: verdicts.map(asRefusedResult) };
  }
  const edits = new Map<string, SettingValue | null>();
  for (const verdict of verdicts) {
    if (verdict.outcome === 'changed' && verdict.edit !== undefined) edits.set(verdict.id, verdict.edit);
  }
  if (!fitsAfter(view.book, edits))
    return { ok: false, refusal: TOO_MUCH, results: verdicts.map(asRefusedResult) };
  return { ok: true, edits, results: verdicts.map(({ id, outcome }) => ({ id, outcome })) };
}

const TOO_MUCH: Refusal = {
  code: 'too_large',
  message: 'With this change your own settings would be larger than 1 MiB together, so nothing was changed.',
  help: 'Give it less text, or reset settings of yours that hold much.',
};

/**
 * Why a setting cannot be changed now, whatever the value; `null`: it can. The same rule judges edits of
 * `settings-store.json` and `user-settings.json`.
 */
export function whyNotChangeable(
  view: Pick<GateView, 'wall' | 'managedBy'>,
  setting: Setting,
  resolved: ResolvedSetting,
): Refusal | null {
  if (resolved.locked) return lockedRefusal(setting, view.managedBy(setting.id));
  // Without the proxy nobody could reach the sign-in page.
  if (view.wall !== null && setting.group !== 'proxy') return signInRefusal(setting, view.wall);
  if (resolved.frozen !== undefined) return frozenRefusal(setting, resolved.frozen);
  return null;
}

/** Resetting everything leaves locked settings alone, and with them the choices that wait behind a lock. */
function chosenAndChangeable(view: GateView): readonly string[] {
  const ids = new Set([...view.book.values.keys(), ...view.book.invalid.keys()]);
  return [...ids].filter((id) => view.resolution.settings.get(id)?.locked === false);
}

function judgeSet(view: GateView, id: string, value: unknown): Verdict {
  const found = find(view, id);
  if ('refusal' in found) return { id, outcome: 'refused', refusal: found.refusal };
  const { setting, resolved } = found;
  const checked = checkValue(setting, value);
  const why = whyNotChangeable(view, setting, resolved);
  if (why !== null) {
    const already =
      checked.ok &&
      (sameValue(checked.value, resolved.value) || sameValue(checked.value, maskedJson(resolved.value)));
    return already ? { id, outcome: 'unchanged', edit: undefined } : { id, outcome: 'refused', refusal: why };
  }
  if (!checked.ok) return { id, outcome: 'refused', refusal: invalidRefusal(setting, checked.message) };
  if (isMasked(checked.value)) {
    // As it was shown: whoever sends it back wants nothing changed.
    if (sameValue(checked.value, maskedJson(resolved.value)))
      return { id, outcome: 'unchanged', edit: undefined };
    return { id, outcome: 'refused', refusal: invalidRefusal(setting, MASKED) };
  }
  if (view.book.values.has(id) && !view.book.invalid.has(id)) {
    if (sameValue(view.book.values.get(id), checked.value))
      return { id, outcome: 'unchanged', edit: undefined };
  }
  return { id, outcome: 'changed', edit: checked.value };
}

const MASKED = 'It says *** where a user name and password belong: write the address whole.';

/** Holds an address as surfaces show it, with its user-info hidden. */
function isMasked(value: SettingValue): boolean {
  const text = JSON.stringify(value);
  return text.includes('//***@') && JSON.stringify(maskedJson(value)) === text;
}

function judgeReset(view: GateView, id: string): Verdict {
  const found = find(view, id);
  if ('refusal' in found) return { id, outcome: 'refused', refusal: found.refusal };
  const why = whyNotChangeable(view, found.setting, found.resolved);
  if (why !== null) return { id, outcome: 'refused', refusal: why };
  const chosen = view.book.values.has(id) || view.book.invalid.has(id);
  return { id, outcome: chosen ? 'changed' : 'unchanged', edit: chosen ? null : undefined };
}

function asRefusedResult(verdict: Verdict): ChangeResult {
  if (verdict.outcome === 'refused') {
    return { id: verdict.id, outcome: 'refused', error: refusalBody(verdict.refusal) };
  }
  return { id: verdict.id, outcome: verdict.outcome === 'unchanged' ? 'unchanged' : 'not_applied' };
}

/** A refusal as the local API carries it: details become plain JSON. */
export function refusalBody(refusal: Refusal): NonNullable<ChangeResult['error']> {
  const { code, message, help, setting } = refusal;
  const details = Object.entries(refusal.details ?? {}).map(([name, value]) => [name, maskedJson(value)]);
  return {
    code,
    message,
    ...(help === undefined ? {} : { help }),
    ...(setting === undefined ? {} : { setting }),
    ...(details.length === 0 ? {} : { details: Object.fromEntries(details) }),
  };
}

type Found = { readonly setting: Setting; readonly resolved: ResolvedSetting };

function find(view: GateView, id: string): Found | { readonly refusal: Refusal } {
  const setting = view.catalog.byId.get(id);
  if (setting === undefined) return { refusal: unknownRefusal(id, view.catalog) };
  const resolved = view.resolution.settings.get(id);
  if (resolved !== undefined) return { setting, resolved };
  const { platform } = view.resolution;
  const not = refusal('not_applicable', setting, {
    message: `${title(setting)} does not apply on ${platform}; it is a setting of ${setting.platforms.join(' and ')}.`,
    help: `Change it on a ${setting.platforms.join(' or ')} computer.`,
    details: { platform, platforms: setting.platforms },
  });
  return { refusal: not };
}

function unknownRefusal(id: string, catalog: Catalog): Refusal {
  const close = nearest(id, catalog.byId.keys());
  return {
    code: 'unknown_setting',
    message: `There is no setting named ${quote(id)}.`,
    help: close === null ? 'List the settings with: mooring settings list' : `Did you mean ${close}?`,
    setting: id,
    ...(close === null ? {} : { details: { nearest: close } }),
  };
}

function invalidRefusal(setting: Setting, reason: string): Refusal {
  return refusal('invalid_value', setting, {
    message: maskUserInfo(`${title(setting)} was not changed. ${reason}`),
    help: `Accepted: ${accepted(setting)}.`,
    details: {
      accepted: accepted(setting),
      ...(setting.choices === undefined ? {} : { choices: setting.choices }),
    },
  });
}

function lockedRefusal(setting: Setting, by: ManagedBy | null): Refusal {
  const organization = by?.organization;
  const who = by === null ? 'a policy' : by.label;
  const whose = organization === undefined || who.includes(organization) ? '' : ` of ${organization}`;
  const where = by?.location === undefined || by.organization !== undefined ? '' : ` (${by.location})`;
  return refusal('setting_locked', setting, {
    message: `${title(setting)} is locked by ${who}${whose}${where}, so it was not changed.`,
    help:
      organization === undefined
        ? 'Ask whoever administers this computer to change or unlock it.'
        : `Ask an administrator of ${organization} to change or unlock it.`,
    details: {
      ...(by === null ? {} : { source: by.source }),
      ...(by?.policy === undefined ? {} : { policy: by.policy }),
      ...(organization === undefined ? {} : { organization }),
    },
  });
}

function signInRefusal(setting: Setting, wall: SignInWall): Refusal {
  const organizations = wall.organizations.join(', ');
  const through = wall.method === null ? '' : ` (required by ${wall.method})`;
  return refusal('sign_in_required', setting, {
    message:
      organizations === ''
        ? `Sign-in is required on this computer${through}, so ${title(setting)} was not changed.`
        : `Membership in ${organizations} is required on this computer${through}, so ${title(setting)} was not changed.`,
    help:
      wall.problem === undefined
        ? 'Sign in with your work account: mooring login'
        : `Signing in is not enough, an administrator has to mend this first: ${wall.problem}`,
    details: { organizations: wall.organizations, ...(wall.method === null ? {} : { method: wall.method }) },
  });
}

function frozenRefusal(setting: Setting, code: NonNullable<ResolvedSetting['frozen']>): Refusal {
  switch (code) {
    case 'policy_source_broken':
      return refusal(code, setting, {
        message: `${title(setting)} was not changed: a policy source cannot be read, so settings stay as they are until it can.`,
        help: 'See which source, and how to mend it: mooring doctor',
      });
    case 'policy_stale':
      return refusal(code, setting, {
        message: `${title(setting)} was not changed: the policy of your organization has not been fetched for longer than it allows.`,
        help: 'Connect to the network and fetch it: mooring sync',
      });
  }
}

function refusal(code: RefusalCode, setting: Setting, rest: Omit<Refusal, 'code' | 'setting'>): Refusal {
  return { code, setting: setting.id, ...rest };
}

function title(setting: Setting): string {
  return `“${setting.label}” (${setting.id})`;
}
