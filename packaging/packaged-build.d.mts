/** electron-builder's hook `beforePack`. */
export default function beforePack(): Promise<void>;
/** Throws where the app in out/ was not built with `--packaged`, from the sources as they are. */
export function refuseDevelopmentBuild(isPackaged: boolean): void;
