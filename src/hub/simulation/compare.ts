import type {
  SimulatedDevice,
  SimulatedObstacle,
  SimulatedState,
} from '../../shared/contracts/hub-simulation.ts';
import type { Layer, ResolvedSetting } from '../../shared/policy/model.ts';
import { resolve } from '../../shared/policy/resolve.ts';
import { sameValue } from '../../shared/settings/check-value.ts';
import type { Catalog } from '../../shared/settings/define-catalog.ts';
import { desktopCatalog } from '../../shared/settings/desktop-catalog.ts';
import type { Platform } from '../../shared/settings/setting.ts';
import { VERSION } from '../../shared/version.ts';
import type { Json } from '../database/schema.ts';
import { maskValue } from '../policies/document.ts';

/** By the general shape of a setting: here only its platforms are asked for. */
const catalog: Catalog = desktopCatalog;

/** What a device's last report tells of its own layers. */
export interface ReportedLayers {
  readonly settings: readonly { readonly id: string; readonly source: string; readonly locked: boolean }[];
  readonly choices: readonly string[];
  readonly local: readonly { readonly id: string; readonly locked: boolean }[];
  readonly profileOverrides: readonly string[];
  readonly catalogVersion: string;
  readonly frozen: string | null;
}

/** What the hub's policy alone makes of a setting, before and after. */
export interface Difference {
  readonly id: string;
  readonly from: ResolvedSetting;
  readonly to: ResolvedSetting;
}

/** Settings that the hub's policy alone decides differently: worked out once for all devices of a platform. */
export function differencesOf(before: Layer | null, after: Layer, platform: Platform): readonly Difference[] {
  const was = resolve({ catalog, platform, layers: before === null ? [] : [before] });
  const is = resolve({ catalog, platform, layers: [after] });
  const differences: Difference[] = [];
  for (const [id, to] of is.settings) {
    const from = was.settings.get(id);
    if (from === undefined) continue;
    if (from.locked !== to.locked || from.source !== to.source || !sameValue(from.value, to.value)) {
      differences.push({ id, from, to });
    }
  }
  return differences;
}

type Outcome = Pick<SimulatedDevice, 'changes' | 'overriddenChoices' | 'obstacles'>;

/** What the differences come to on one device: a profile holds its settings, a choice stands where nothing locks it. */
export function compareOn(
  differences: readonly Difference[],
  device: ReportedLayers | null,
  draft: Layer,
  on: { readonly platform: Platform; readonly overridden: readonly string[] },
): Outcome {
  const choices = new Set(device?.choices ?? []);
  const profile = new Set(device?.profileOverrides ?? []);
  const local = new Map(device?.local.map(({ id, locked }) => [id, locked]));
  for (const { id, source, locked } of device?.settings ?? []) {
    if (source === 'configuration-profile') profile.add(id);
    else if (source === 'admin-settings') local.set(id, locked);
  }
  const changes: Outcome['changes'] = [];
  const held: string[] = [];
  for (const { id, from, to } of differences) {
    if (profile.has(id)) {
      held.push(id);
      continue;
    }
    const [was, is] = [stateOf(from, choices, local), stateOf(to, choices, local)];
    if (!sameState(was, is)) changes.push({ setting: id, from: was, to: is });
  }
  const overriddenChoices = changes
    .filter(({ setting, from, to }) => to.locked && !from.locked && choices.has(setting))
    .map(({ setting }) => setting);
  const overridden = on.overridden.filter((id) => !profile.has(id));
  const obstacles = obstaclesOf(device, draft, { platform: on.platform, held, overridden });
  return { changes, overriddenChoices, obstacles };
}

function stateOf(
  { id, locked, source, value }: ResolvedSetting,
  choices: ReadonlySet<string>,
  local: ReadonlyMap<string, boolean>,
): SimulatedState {
  // What the local file says never leaves the device: only that it decides, and whether it locks.
  const byFile = source === 'default' ? local.get(id) : undefined;
  if (byFile === true) return { locked: true, source: 'admin-settings' };
  if (!locked && choices.has(id)) return { locked: false, source: 'user' };
  if (byFile === false) return { locked: false, source: 'admin-settings' };
  return { value: maskValue(value as Json), locked, source };
}

function sameState(a: SimulatedState, b: SimulatedState): boolean {
  return a.locked === b.locked && 'value' in a === 'value' in b && sameValue(a.value, b.value);
}

/** Systems as people call them. */
const NAMES: Readonly<Record<Platform, string>> = { mac: 'macOS', windows: 'Windows', linux: 'Linux' };

function obstaclesOf(
  device: ReportedLayers | null,
  draft: Layer,
  by: {
    readonly platform: Platform;
    readonly held: readonly string[];
    readonly overridden: readonly string[];
  },
): SimulatedObstacle[] {
  const { platform, held, overridden } = by;
  // What a group only fills up with its default is nobody's wish for that platform.
  const elsewhere = [...draft.mentions]
    .filter(([id, { state }]) => state !== 'absent' && !isOn(id, platform))
    .map(([id]) => id);
  const unknown = device === null ? [] : unknownTo(device, draft, platform);
  const obstacles: SimulatedObstacle[] = [
    { code: 'platform', settings: elsewhere, message: `These settings do not exist on ${NAMES[platform]}.` },
    {
      code: 'version',
      settings: unknown,
      message: `This device runs another version than the hub (${device?.catalogVersion ?? ''}), and its reports have not named these settings so far: it may not know them. Bring both to the same version to be sure.`,
    },
    {
      code: 'profile',
      settings: [...held],
      message: 'A configuration profile on the device decides these settings.',
    },
    {
      code: 'override',
      settings: [...overridden],
      message: 'An override was granted for these settings: they change when it ends.',
    },
  ];
  const found = obstacles.filter(({ settings }) => settings.length > 0);
  if (device?.frozen != null) {
    found.push({
      code: 'frozen',
      settings: [],
      message: 'Settings on this device are frozen until one of its policy sources is mended.',
    });
  }
  return found;
}

/** Of a device with another catalog: what its last report, which names all that it knows to be managed, leaves out. */
function unknownTo(device: ReportedLayers, draft: Layer, platform: Platform): string[] {
  if (device.catalogVersion === VERSION) return [];
  const known = new Set([...device.settings.map(({ id }) => id), ...device.choices]);
  return [...draft.mentions.keys()].filter((id) => isOn(id, platform) && !known.has(id));
}

function isOn(id: string, platform: Platform): boolean {
  return catalog.byId.get(id)?.platforms.includes(platform) === true;
}
