import type { SettingState } from '../../shared/contracts/local-api.ts';
import type { DesktopText } from '../../shared/text/desktop-text.ts';
import { nameInLine } from '../../shared/text/name-in-line.ts';
import type { AgentSnapshot } from '../agent/agent-view.ts';
import { ownSettings } from '../agent/own-settings.ts';

/** A notification of the system, and the page that a click on it opens. */
export interface PolicyNotice {
  readonly title: string;
  readonly body: string;
  readonly place: string;
}

const NAMED = 3;

/**
 * What a person is told when policy moved from `before` to `now`; `null`: nothing they could see, or they asked not
 * to be told. A sign-in wall is in the tray and on every page all the same.
 */
export function policyNotice(
  before: AgentSnapshot,
  now: AgentSnapshot,
  text: DesktopText,
): PolicyNotice | null {
  const { t, all, labelOf } = text;
  if (!ownSettings(now.settings).notifyGeneral) return null;
  const wall = wallNotice(before, now, text);
  if (wall !== null) return wall;
  const old = new Map(before.settings.settings.map((setting) => [setting.id, setting]));
  const changed = now.settings.settings.filter((setting) => visiblyChanged(old.get(setting.id), setting));
  if (changed.length === 0) return null;
  const names = changed.map(({ id }) => labelOf(id));
  const shown = names.slice(0, NAMED);
  if (names.length > NAMED) shown.push(t('notice.more', { count: names.length - NAMED }));
  const title = t('notice.changed', {
    count: changed.length,
    who: whoChanged(changed, old) ?? t('notice.policy'),
  });
  return { title, body: all.format(shown), place: '/policy' };
}

function wallNotice(before: AgentSnapshot, now: AgentSnapshot, { t, all }: DesktopText): PolicyNotice | null {
  const [was, is] = [standing(before), standing(now)];
  if (was === is) return null;
  if (!is) return { title: t('notice.wallDown'), body: t('notice.wallDownText'), place: '/settings' };
  const organizations = all.format(now.status.account.signIn.organizations.slice(0, NAMED).map(nameInLine));
  const body = organizations === '' ? t('notice.wallUpNone') : t('notice.wallUpText', { organizations });
  return { title: t('notice.wallUp'), body, place: '/account' };
}

function standing({ status }: AgentSnapshot): boolean {
  return status.account.signIn.enforced && !status.account.signIn.satisfied;
}

/** Policy gave it another value, locked it or let it go; what the person chose themselves is no news to them. */
function visiblyChanged(before: SettingState | undefined, now: SettingState): boolean {
  if (before === undefined) return false;
  if (before.managedBy === null && now.managedBy === null) return false;
  if (!before.locked && now.source === 'user') return false;
  return before.locked !== now.locked || JSON.stringify(before.value) !== JSON.stringify(now.value);
}

function whoChanged(
  changed: readonly SettingState[],
  old: ReadonlyMap<string, SettingState>,
): string | undefined {
  const [first] = changed;
  const by = first?.managedBy ?? (first && old.get(first.id)?.managedBy);
  const name = by?.organization ?? by?.label;
  return name === undefined ? undefined : nameInLine(name);
}
