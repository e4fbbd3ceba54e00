type Run = (program: string, words: readonly string[]) => Promise<unknown>;
/** electron-builder's hook `afterAllArtifactBuild`. */
export default function notarizePackages(made: {
  readonly artifactPaths: readonly string[];
}): Promise<string[]>;
/** Has every installer package among `files` notarized, where the environment has Apple's key. */
export function notarize(
  files: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  run: Run,
): Promise<void>;
