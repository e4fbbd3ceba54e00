import { advanced } from './catalog/advanced.ts';
import { ai } from './catalog/ai.ts';
import { betaFeatures } from './catalog/beta-features.ts';
import { builders } from './catalog/builders.ts';
import { cloud } from './catalog/cloud.ts';
import { dockerEngine } from './catalog/docker-engine.ts';
import { enhancedContainerIsolation } from './catalog/enhanced-container-isolation.ts';
import { extensions } from './catalog/extensions.ts';
import { fileSharing } from './catalog/file-sharing.ts';
import { general } from './catalog/general.ts';
import { kubernetes } from './catalog/kubernetes.ts';
import { network } from './catalog/network.ts';
import { notifications } from './catalog/notifications.ts';
import { proxies } from './catalog/proxies.ts';
import { resources } from './catalog/resources.ts';
import { scout } from './catalog/scout.ts';
import { softwareUpdates } from './catalog/software-updates.ts';
import { wsl } from './catalog/wsl.ts';
import { defineCatalog } from './define-catalog.ts';

/** The settings of a container desktop: what Mooring Desktop, Mooring Hub and `mooring` work with. */
export const desktopCatalog = defineCatalog([
  ...general,
  ...resources,
  ...fileSharing,
  ...proxies,
  ...network,
  ...wsl,
  ...dockerEngine,
  ...builders,
  ...enhancedContainerIsolation,
  ...kubernetes,
  ...ai,
  ...scout,
  ...extensions,
  ...cloud,
  ...betaFeatures,
  ...notifications,
  ...softwareUpdates,
  ...advanced,
]);

/** Type of the desktop catalog; `ValueOf<DesktopCatalog, 'proxyMode'>` is `'system' | 'manual'`. */
export type DesktopCatalog = typeof desktopCatalog;
