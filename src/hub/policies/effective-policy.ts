import type { EffectivePolicy } from '../../shared/contracts/hub-api.ts';
import type { Contribution, Layer, LayerSource } from '../../shared/policy/model.ts';
import { readDocument } from '../../shared/policy/read-document.ts';
import { resolve } from '../../shared/policy/resolve.ts';
import { desktopCatalog } from '../../shared/settings/desktop-catalog.ts';
import type { Platform, SettingValue } from '../../shared/settings/setting.ts';
import type { Reader } from '../database/connection.ts';
import type { Json } from '../database/schema.ts';
import { noSuchMember } from '../organizations/member-list.ts';
import { maskValue } from './document.ts';
import { readReceived } from './received.ts';

/**
 * What the hub's policy makes of every setting for a member, by the engine of the devices: before a local
 * `admin-settings.json`, a configuration profile or the user's choices. User-info in addresses is masked.
 */
export async function readEffectivePolicy(
  db: Reader,
  ids: { readonly organizationId: string; readonly userId: string },
  platform: Platform,
): Promise<EffectivePolicy> {
  const received = await readReceived(db, ids);
  if (received === null) throw noSuchMember();
  const { policy, seq } = received;
  const source: LayerSource = policy?.scope === 'user' ? 'user-policy' : 'organization-policy';
  const layers: readonly Layer[] =
    policy === null ? [] : [readDocument(received.document, source, desktopCatalog)];
  const resolution = resolve({ catalog: desktopCatalog, platform, layers });
  const settings: EffectivePolicy['settings'] = {};
  for (const [id, resolved] of resolution.settings) {
    settings[id] = {
      value: present(resolved.value),
      locked: resolved.locked,
      source: resolved.source,
      contributions: resolved.contributions.map(presentContribution),
    };
  }
  return {
    platform,
    policy:
      policy === null
        ? null
        : { id: policy.id, name: policy.name, scope: policy.scope, revision: policy.revision },
    seq,
    settings,
    problems: resolution.problems.map(({ source: _source, ...problem }) => problem),
  };
}

function presentContribution(contribution: Contribution) {
  const { source, locked, outcome, reason } = contribution;
  return { source, value: present(contribution.value), locked, outcome, reason };
}

/** The engine's values are frozen; answers are plain JSON of their own. */
function present(value: SettingValue | null): Json {
  return maskValue(asJson(value));
}

function asJson(value: SettingValue | null | string | readonly string[] | boolean): Json {
  if (value === null || typeof value !== 'object') return value;
  return value.map((item) => {
    if (typeof item === 'string') return item;
    return Object.fromEntries(Object.entries(item).map(([name, field]) => [name, asJson(field)]));
  });
}
