import type { CommandSpec } from '../command.ts';

/** The agent itself: running, looking at and examining it. */
export const agentCommands: readonly CommandSpec[] = [
  {
    path: ['status'],
    summary: 'Show account, policy, last sync and problems',
    options: [
      { name: 'verbose', description: 'Also every policy source, and the repairs of the settings store' },
    ],
    run: async (context, invocation) =>
      (await import('../commands/status.ts')).showStatus(context, invocation),
  },
  {
    path: ['doctor'],
    summary: 'Examine files, keychain, network and hub, and say how to mend what is wrong',
    details: [
      'Exit code 1 when a check failed.',
      'With --export the checks, the policy, the state of every setting and the end of the log are written to a file, without secrets, without the values you chose and without the name of your folder, for whoever shall find out what is wrong.',
    ],
    options: [
      {
        name: 'export',
        value: 'FILE',
        description: 'Write everything about this machine to a new file as well',
        completes: 'file',
      },
    ],
    run: async (context, invocation) => (await import('../commands/doctor.ts')).examine(context, invocation),
  },
  {
    path: ['agent', 'run'],
    summary: 'Run the agent in the foreground until Ctrl-C, SIGTERM or "mooring agent stop"',
    details: [
      'Where an agent runs already it says so, points to it, and ends with exit code 0. With --json it prints one line as soon as the agent can be asked.',
    ],
    options: [
      { name: 'headless', description: 'Without tray icon or window; the command line always runs it so' },
      { name: 'dashboard', description: 'Open the dashboard on 127.0.0.1 and print its address' },
    ],
    examples: ['mooring agent run --headless --dashboard'],
    run: async (context, invocation) => (await import('../commands/agent.ts')).runAgent(context, invocation),
  },
  {
    path: ['agent', 'stop'],
    summary: 'Stop the agent that runs here',
    run: async (context) => (await import('../commands/agent.ts')).stopAgent(context),
  },
  {
    path: ['completion'],
    summary: 'Print a script that completes commands, options, settings and values in your shell',
    arguments: [{ name: 'shell', description: 'bash, zsh, fish or powershell', completes: 'shell' }],
    examples: [
      'eval "$(mooring completion bash)"',
      'mooring completion zsh > ~/.zfunc/_mooring',
      'mooring completion fish > ~/.config/fish/completions/mooring.fish',
      'mooring completion powershell | Out-String | Invoke-Expression',
    ],
    run: async (_, invocation) => (await import('../commands/completion.ts')).printCompletion(invocation),
  },
];
