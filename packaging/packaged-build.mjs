// Called by electron-builder before it packs. A build for development takes the places of the machine's files from its
// environment, so that tests touch no real ones: installed, it would let anybody lead the agent past the policy.
import { isCurrent } from '../scripts/build-inputs.mjs';

export default async function beforePack() {
  refuseDevelopmentBuild(isCurrent('pages', true));
}

/** Throws where the app in out/ was not built with `--packaged`, from the sources as they are. */
export function refuseDevelopmentBuild(isPackaged) {
  if (!isPackaged)
    throw new Error('What is in out/ is not a build to install: run "npm run build -- --packaged" first.');
}
