import type { Contribution, Layer, Problem, ValueSource } from '../../shared/policy/model.ts';
import { type Choices, NO_CHOICES, readChoices } from '../../shared/policy/read-choices.ts';
import { readDocument } from '../../shared/policy/read-document.ts';
import { readProfile } from '../../shared/policy/read-profile.ts';
import { resolve } from '../../shared/policy/resolve.ts';
import { desktopCatalog } from '../../shared/settings/desktop-catalog.ts';
import type { Platform, SettingValue } from '../../shared/settings/setting.ts';
import { storeObject } from '../../shared/store/render-store.ts';

/** Documents to resolve, each as bytes, text or a parsed value; `undefined` for one that there is not. */
export interface ResolveCase {
  readonly platform: Platform;
  readonly profile?: unknown;
  readonly userPolicy?: unknown;
  readonly orgPolicy?: unknown;
  readonly adminSettings?: unknown;
  readonly choices?: unknown;
}

/** What `mooring policy resolve --json` prints. */
export interface ResolveAnswer {
  readonly platform: Platform;
  /** Present when a source is broken; it then counted as absent. */
  readonly frozen?: true;
  readonly settings: Readonly<Record<string, ResolvedAnswer>>;
  readonly store: Readonly<Record<string, SettingValue>>;
  readonly problems: readonly Problem[];
}

interface ResolvedAnswer {
  readonly value: SettingValue | null;
  readonly locked: boolean;
  readonly source: ValueSource;
  readonly contributions: readonly Contribution[];
}

/** A case's answer, and whether everything in it could be read. */
export interface ResolvedCase {
  readonly answer: ResolveAnswer;
  /** False when a source or the choices are broken: exit code 2. */
  readonly readable: boolean;
}

/** Resolves one case. Never throws. */
export function resolveCase(given: ResolveCase): ResolvedCase {
  const { platform } = given;
  const layers = layersOf(given);
  const choices: Choices =
    given.choices === undefined ? NO_CHOICES : readChoices(given.choices, desktopCatalog);
  const resolution = resolve({ catalog: desktopCatalog, platform, layers, choices });
  const settings: Record<string, ResolvedAnswer> = {};
  for (const [id, { value, locked, source, contributions }] of resolution.settings) {
    settings[id] = { value, locked, source, contributions };
  }
  return {
    answer: {
      platform,
      ...(resolution.frozen ? { frozen: true } : {}),
      settings,
      store: storeObject(resolution, desktopCatalog),
      problems: resolution.problems,
    },
    readable: !resolution.frozen && choices.state === 'ok',
  };
}

function layersOf({ profile, userPolicy, orgPolicy, adminSettings }: ResolveCase): readonly Layer[] {
  const layers: Layer[] = [];
  if (profile !== undefined) layers.push(readProfile(profile, desktopCatalog).layer);
  if (userPolicy !== undefined) layers.push(readDocument(userPolicy, 'user-policy', desktopCatalog));
  if (orgPolicy !== undefined) layers.push(readDocument(orgPolicy, 'organization-policy', desktopCatalog));
  if (adminSettings !== undefined) layers.push(readDocument(adminSettings, 'admin-settings', desktopCatalog));
  return layers;
}
