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
  /** Linux: the AppImage that it runs from, if any. */
  readonly image: string | null;
  /** User that a folder belongs to; replaced in tests. */
  readonly ownerOf?: (folder: string) => number;
}

const ROOT = 0;

/** Where this copy's updates come from. Without the address of a feed among its resources there is none to ask. */
export function updateChannel(copy: OwnCopy): UpdateChannel {
  const { installed, resources, platform, image, ownerOf = (folder) => statSync(folder).uid } = copy;
  if (!installed) return 'checkout';
  if (existsSync(join(resources, FLEET_MARK))) return 'fleet';
  // No mark can be put into a signed app of mac. Installed from the package it is root's, dragged from the image the
  // person's own; what is root's the person could not replace anyway.
  if (platform === 'darwin' && ownerOf(resources) === ROOT) return 'fleet';
  // An AppImage is replaced as one file. Files that were taken out of it are no installation that could be renewed.
  if (platform === 'linux' && image === null) return 'checkout';
  return existsSync(join(resources, FEED_FILE)) ? 'self' : 'no-feed';
}

/**
 * Whether the feed that the file's text names is asked over HTTPS. Where it names no address the provider's own is, unless
 * the file says otherwise: a host of its own and a store of files may be asked by `http`.
 */
export function isEncrypted(feedFile: string): boolean {
  const address = /^url:\s*["']?(\S+)/m.exec(feedFile)?.[1];
  if (address !== undefined && !address.startsWith('https://')) return false;
  return !/\bhttp:\/\//i.test(feedFile) && !/^protocol:\s*["']?http["']?\s*$/im.test(feedFile);
}
