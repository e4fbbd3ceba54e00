import type { StatusAnswer } from '../../shared/contracts/local-api.ts';
import type { DesktopText } from '../../shared/text/desktop-text.ts';
import { nameInLine } from '../../shared/text/name-in-line.ts';
import type { UpdateState } from '../updates/updates.ts';

/** What a menu item does. */
export type TrayAction =
  | 'open-settings'
  | 'open-policy'
  | 'sync'
  | 'sign-in'
  | 'sign-out'
  | 'check-updates'
  | 'download-update'
  | 'install-update'
  | 'put-command'
  | 'about'
  | 'quit';

/** One line of the menu. `note`: only to be read. */
export type TrayItem =
  | { readonly kind: 'note'; readonly text: string }
  | { readonly kind: 'separator' }
  | {
      readonly kind: 'action';
      readonly action: TrayAction;
      readonly text: string;
      readonly enabled: boolean;
    };

/** Everything the menu is made from. */
export interface TrayState {
  /** `null`: the agent does not answer. `starting` until it first has. */
  readonly status: StatusAnswer | null;
  readonly starting: boolean;
  readonly update: UpdateState;
  /** Whether the command `mooring` can be put on the PATH, and is not there yet. */
  readonly offersCommand: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The tray's menu: a pure function of the state, in the words of `text`. */
export function trayMenu(state: TrayState, text: DesktopText): readonly TrayItem[] {
  const { status } = state;
  const { t } = text;
  const separator: TrayItem = { kind: 'separator' };
  return [
    ...notes(state, text).map((note): TrayItem => ({ kind: 'note', text: note })),
    separator,
    act('open-settings', t('tray.openSettings')),
    act('open-policy', t('tray.openPolicy')),
    syncItem(status, t),
    separator,
    accountItem(status, t),
    separator,
    ...(state.offersCommand ? [act('put-command', t('tray.putCommand'))] : []),
    updateItem(state.update, text),
    act('about', t('tray.about')),
    act('quit', t('tray.quit')),
  ];
}

type Say = DesktopText['t'];

function notes({ status, starting, now }: TrayState, text: DesktopText): readonly string[] {
  const { t } = text;
  if (status === null) return [starting ? t('tray.starting') : t('tray.noAgent')];
  return [
    ...(status.testPaths ? [t('tray.testPaths')] : []),
    accountNote(status, t),
    policyNote(status, now, text),
    ...troubles(status, text),
  ];
}

function accountNote({ account: { state, account, sessionEnd } }: StatusAnswer, t: Say): string {
  if (account === null) return t('tray.signedOut');
  const email = nameInLine(account.email);
  if (state === 'sign-in-again')
    return t(sessionEnd === undefined ? 'tray.signInAgain' : `tray.ended.${sessionEnd}`, { email });
  if (state === 'signed-out') return t('tray.signedOut');
  const active = account.organizations.find(({ name }) => name === account.organization);
  if (active === undefined) return t('tray.accountAlone', { email });
  return t('tray.account', { email, organization: nameInLine(active.displayName) });
}

function policyNote({ policy, sync, managed }: StatusAnswer, now: number, text: DesktopText): string {
  const { t } = text;
  if (policy !== null) {
    const ago = since(sync.lastSuccess ?? policy.fetchedAt, now, text);
    const organization = nameInLine(policy.organization);
    if (policy.name === null) return t('tray.managedPlain', { organization, ago });
    const revision = String(policy.revision ?? 0);
    return t('tray.managed', { organization, policy: nameInLine(policy.name), revision, ago });
  }
  const count = managed.locked + managed.suggested;
  return count === 0 ? t('tray.unmanaged') : t('tray.managedHere', { count });
}

function troubles(status: StatusAnswer, { t, any }: DesktopText): readonly string[] {
  const { signIn } = status.account;
  const { frozen, store, problems, sync } = status;
  const found: string[] = [];
  if (signIn.enforced && !signIn.satisfied) {
    const organizations = any.format(signIn.organizations.slice(0, 3).map(nameInLine));
    found.push(organizations === '' ? t('tray.wallNone') : t('tray.wall', { organizations }));
  }
  if (frozen !== null) found.push(t('tray.frozen'));
  if (store.state === 'failed') found.push(t('tray.storeFailed'));
  if (store.state === 'contended') found.push(t('tray.storeContended'));
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  if (errors > 0) found.push(t('tray.problems', { count: errors }));
  if (sync.state === 'failed') {
    // A hub whose policy was refused, or that refused us, answers.
    const isAway = sync.error === null || sync.error.code === 'unreachable';
    found.push(t(isAway ? 'tray.offline' : 'tray.syncNotDone'));
  }
  return found;
}

function syncItem(status: StatusAnswer | null, t: Say): TrayItem {
  const running = status?.sync.state === 'fetching';
  return act('sync', running ? t('tray.syncing') : t('tray.sync'), status !== null && !running);
}

function accountItem(status: StatusAnswer | null, t: Say): TrayItem {
  return status?.account.state === 'signed-in'
    ? act('sign-out', t('tray.signOut'))
    : act('sign-in', t('tray.signIn'), status !== null);
}

function updateItem(update: UpdateState, { t, labelOf }: DesktopText): TrayItem {
  switch (update.state) {
    case 'idle':
      return act('check-updates', t('tray.checkUpdates'));
    case 'checking':
      return act('check-updates', t('tray.checkingUpdates'), false);
    case 'current':
      return act('check-updates', t('tray.updateNone'));
    case 'failed':
      return act('check-updates', t('tray.updateFailed'));
    case 'available':
      return act('download-update', t('tray.updateDownload', { version: update.version }));
    case 'downloading':
      return act('download-update', t('tray.updateDownloading', { version: update.version }), false);
    case 'ready':
      return act('install-update', t('tray.updateInstall', { version: update.version }));
    case 'off':
      return act('check-updates', t(OFF[update.why], { setting: labelOf('disableUpdate') }), false);
  }
}

const OFF = {
  setting: 'tray.updateOff',
  fleet: 'tray.updateFleet',
  'no-feed': 'tray.updateNoFeed',
  checkout: 'tray.updateCheckout',
} as const;

function act(action: TrayAction, text: string, enabled = true): TrayItem {
  return { kind: 'action', action, text, enabled };
}

const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

/** How long ago an instant was; of one in the future, by a clock that was set back, nobody can say. */
function since(instant: string, now: number, { t, span }: DesktopText): string {
  const passed = now - Date.parse(instant);
  if (passed <= -60_000) return t('tray.clockSetBack');
  const unit = UNITS.find(([, size]) => passed >= size);
  return unit === undefined ? t('tray.justNow') : span.format(-Math.trunc(passed / unit[1]), unit[0]);
}
