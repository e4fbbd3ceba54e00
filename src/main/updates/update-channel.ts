import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { UpdateChannel } from './updates.ts';

/** Put among the app's resources by installers whose copies the fleet's own tool brings up to date. */
export const FLEET_MARK = 'updated-by-fleet';

/** Names the feed; electron-builder puts it among the app's resources. */
export const FEED_FILE = 'app-update.yml';

/** What is known of this copy. */
export interface OwnCopy {
  readonly installed: boolean;
  /** Folder of the app's resources. */
  readonly resources: string;
  readonly platform: NodeJS.Platform;
  /** User that a folder belongs to; replaced in tests. */
  readonly ownerOf?: (folder: string) => number;
}

const ROOT = 0;

/** Where this copy's updates come from. Without the address of a feed among its resources there is none to ask. */
export function updateChannel(copy: OwnCopy): UpdateChannel {
  const { installed, resources, platform, ownerOf = (folder) => statSync(folder).uid } = copy;
  if (!installed) return 'checkout';
  if (existsSync(join(resources, FLEET_MARK))) return 'fleet';
  // No mark can be put into a signed app of mac. Installed from the package it is root's, dragged from the image the
  // person's own; what is root's the person could not replace anyway.
  if (platform === 'darwin' && ownerOf(resources) === ROOT) return 'fleet';
  return existsSync(join(resources, FEED_FILE)) ? 'self' : 'no-feed';
}

/** Whether the feed that the file's text names is asked over HTTPS, as those that are no plain address always are. */
export function isEncrypted(feedFile: string): boolean {
  const address = /^url:\s*["']?(\S+)/m.exec(feedFile)?.[1];
  return address === undefined || address.startsWith('https://');
}
