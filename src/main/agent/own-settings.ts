import { z } from 'zod';
import type { CommandLocation } from '../../agent/command-on-path/command-place.ts';
import type { ManagedProxy } from '../../agent/delivery/hub-http.ts';
import { managedProxy } from '../../agent/managed-proxy.ts';
import type { SettingsAnswer } from '../../shared/contracts/local-api.ts';

/** The settings of the catalog that concern this app itself, as they are in force. */
export interface OwnSettings {
  readonly startOnLogin: boolean;
  readonly openDashboardOnStartup: boolean;
  readonly theme: 'light' | 'dark' | 'system';
  /** Whether a change of policy may be shown among the system's notifications. */
  readonly notifyGeneral: boolean;
  readonly disableUpdate: boolean;
  readonly autoDownloadUpdates: boolean;
  /** mac: whether the command belongs into the system's folder or into the person's own. */
  readonly cliInstallLocation: CommandLocation;
}

// A setting that does not apply on this platform is absent, and one with a strange value is not followed.
const schema = z.object({
  startOnLogin: z.boolean().catch(false),
  openDashboardOnStartup: z.boolean().catch(false),
  theme: z.enum(['light', 'dark', 'system']).catch('system'),
  notifyGeneral: z.boolean().catch(true),
  disableUpdate: z.boolean().catch(false),
  autoDownloadUpdates: z.boolean().catch(false),
  cliInstallLocation: z.enum(['system', 'user']).catch('system'),
});

/** The proxy that the settings in force give this app; `null` where they are not known. */
export function ownProxy(now: { readonly settings: SettingsAnswer } | null): ManagedProxy | null {
  if (now === null) return null;
  const values = new Map(now.settings.settings.map(({ id, value }) => [id, value]));
  return managedProxy({ value: (id) => values.get(id) ?? null });
}

/** Where the command belongs; the system's folder until the settings are known. */
export function commandLocation(now: { readonly settings: SettingsAnswer } | null): CommandLocation {
  return now === null ? 'system' : ownSettings(now.settings).cliInstallLocation;
}

/** Picks them from the answer to `GET /v1/settings`. */
export function ownSettings({ settings }: SettingsAnswer): OwnSettings {
  return schema.parse(Object.fromEntries(settings.map(({ id, value }) => [id, value])));
}
