import type { ArgumentSpec, CommandSpec } from '../command.ts';

const settingId: ArgumentSpec = {
  name: 'id',
  description: 'Name of the setting, such as proxyMode',
  completes: 'setting',
};

/** Overriding a locked setting for a time, where the policy allows it (docs/delivery.md section 6). */
export const overrideCommands: readonly CommandSpec[] = [
  {
    path: ['override', 'list'],
    summary: 'List what is overridden now, and what may be',
    run: async (context) => (await import('../commands/override.ts')).listOverrides(context),
  },
  {
    path: ['override', 'request'],
    summary: 'Override a locked setting for a time, with a reason',
    details: [
      'The hub decides, notes who asked and why, and needs to be reached. The value returns by itself when the time is over. Exit code 4 when the policy does not allow it.',
    ],
    arguments: [
      settingId,
      { name: 'value', description: 'Value for that time', variadic: true, completes: 'value' },
    ],
    options: [
      { name: 'reason', value: 'TEXT', description: 'Why; shown to the owners of the organization' },
      {
        name: 'for',
        value: 'TIME',
        description: 'How long: 45m, 2h, 1d; as long as the policy allows when left out',
      },
    ],
    examples: ['mooring override request proxyMode system --for 2h --reason "Travelling"'],
    run: async (context, invocation) =>
      (await import('../commands/override.ts')).requestOverride(context, invocation),
  },
  {
    path: ['override', 'end'],
    summary: 'End an override before its time',
    arguments: [settingId],
    run: async (context, invocation) =>
      (await import('../commands/override.ts')).endOverride(context, invocation),
  },
];
