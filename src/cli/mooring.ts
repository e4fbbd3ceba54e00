/*
 * The command `mooring`. What has to answer at once is started from here without loading the command tree.
 */
const words = process.argv.slice(2);

// A reader that goes away (`| head`) ends nothing but the reading.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

async function run(): Promise<number> {
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
  return runProcess(words, import.meta.dirname);
}

async function printFault(error: unknown): Promise<number> {
  const { printProcessFault } = await import('./process.ts');
  return printProcessFault(words, error);
}

// Ended by name: a connection kept alive somewhere must not keep a finished command waiting.
process.exit(await run().catch(printFault));
