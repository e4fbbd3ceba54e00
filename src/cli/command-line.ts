import type { Installation } from './installation.ts';

/**
 * Runs the command `mooring` with these words and answers with its exit code. What has to answer at once is started
 * from here without loading the command tree.
 */
export async function runCommandLine(words: readonly string[], installation: Installation): Promise<number> {
  // A reader that goes away (`| head`) ends nothing but the reading.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  return run(words, installation).catch((error: unknown) => printFault(words, error));
}

async function run(words: readonly string[], installation: Installation): Promise<number> {
  const [first, ...rest] = words;
  if (first === 'policy') {
    const { startPolicyCommand } = await import('./policy/policy-command.ts');
    const exit = await startPolicyCommand(rest);
    if (exit !== null) return exit;
  }
  if (first === '__complete') {
    const { candidates, renderCandidates } = await import('./completion/candidates.ts');
    const [current = '', ...before] = rest;
    const answer = renderCandidates(candidates(before, current.replace(/^=/, '')));
    await new Promise((resolve) => process.stdout.write(answer, resolve));
    return 0;
  }
  const { runProcess } = await import('./process.ts');
  return runProcess(words, installation);
}

async function printFault(words: readonly string[], error: unknown): Promise<number> {
  const { printProcessFault } = await import('./process.ts');
  return printProcessFault(words, error);
}
