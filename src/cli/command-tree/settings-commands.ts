import type { ArgumentSpec, CommandSpec } from '../command.ts';

const settingId: ArgumentSpec = {
  name: 'id',
  description: 'Name of the setting, such as proxyMode',
  completes: 'setting',
};

/** Seeing and changing settings. */
export const settingsCommands: readonly CommandSpec[] = [
  {
    path: ['settings', 'list'],
    summary: 'List the settings with their values and who decides them',
    options: [
      { name: 'managed', description: 'Only settings that a policy locks or suggests' },
      {
        name: 'category',
        value: 'NAME',
        description: 'Only settings of this category',
        completes: 'category',
      },
      {
        name: 'search',
        value: 'WORDS',
        description: 'Only settings that have all these words in name or description',
      },
    ],
    examples: ['mooring settings list --managed', 'mooring settings list --search "proxy exclude"'],
    run: async (context, invocation) =>
      (await import('../commands/settings-list.ts')).listSettings(context, invocation),
  },
  {
    path: ['settings', 'get'],
    summary: "Print a setting's value",
    details: ['Text is printed as it is, everything else as JSON, and an unset value as an empty line.'],
    arguments: [settingId],
    examples: ['mooring settings get proxyMode'],
    run: async (context, invocation) =>
      (await import('../commands/settings-read.ts')).getSetting(context, invocation),
  },
  {
    path: ['settings', 'set'],
    summary: "Choose a setting's value",
    details: [
      'Booleans are true, false, on, off, yes or no. A list is one JSON array, or entries separated by commas or given one by one. A list of objects is JSON.',
      'A value that begins with a hyphen comes after `--`. A locked setting refuses with exit code 4 and names who locked it.',
    ],
    arguments: [
      settingId,
      { name: 'value', description: 'The value; several for a list', variadic: true, completes: 'value' },
    ],
    examples: ['mooring settings set theme dark', 'mooring settings set proxyExclude localhost,127.0.0.1'],
    run: async (context, invocation) =>
      (await import('../commands/settings-change.ts')).setSetting(context, invocation),
  },
  {
    path: ['settings', 'reset'],
    summary: 'Take your own choice back, so that the suggestion or default applies',
    arguments: [{ ...settingId, optional: true, variadic: true }],
    options: [{ name: 'all', description: 'Take back all of your choices' }],
    examples: ['mooring settings reset theme', 'mooring settings reset --all'],
    run: async (context, invocation) =>
      (await import('../commands/settings-change.ts')).resetSettings(context, invocation),
  },
  {
    path: ['settings', 'explain'],
    summary: 'Show why a setting has its value: what every policy said, and which one won',
    arguments: [settingId],
    examples: ['mooring settings explain proxyMode'],
    run: async (context, invocation) =>
      (await import('../commands/settings-read.ts')).explainSetting(context, invocation),
  },
];
