import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { UpdateChannel } from './updates.ts';

/** Put among the app's resources by installers whose copies the fleet's own tool brings up to date. */
export const FLEET_MARK = 'updated-by-fleet';

/** Where this copy's updates come from. Without the address of a feed among its resources there is none to ask. */
export function updateChannel(installed: boolean, resources: string): UpdateChannel {
  if (!installed) return 'checkout';
  if (existsSync(join(resources, FLEET_MARK))) return 'fleet';
  return existsSync(join(resources, 'app-update.yml')) ? 'self' : 'fleet';
}
