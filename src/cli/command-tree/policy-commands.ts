import type { CommandSpec, OptionSpec } from '../command.ts';

const file = (name: string, description: string): OptionSpec => ({
  name,
  value: 'FILE',
  description,
  completes: 'file',
});

/**
 * Policy documents, without agent and hub but for `import`. Those without `run` read their own arguments: `mooring.ts`
 * starts them at once.
 */
export const policyCommands: readonly CommandSpec[] = [
  {
    path: ['policy', 'validate'],
    summary: 'Check a policy document and list every problem in it',
    details: ['Exit code 2 when the document has an error.'],
    arguments: [{ name: 'file', description: 'The document, or - for standard input', completes: 'file' }],
    examples: ['mooring policy validate admin-settings.json'],
  },
  {
    path: ['policy', 'resolve'],
    summary: 'Show what documents and choices lead to: values, locks, and who said what',
    details: [
      'Needs no agent and no hub. A source that cannot be read counts as absent; the result then says "frozen" and the exit code is 2.',
      'With --ndjson it reads one case a line from standard input, { "platform", "userPolicy", "orgPolicy", "adminSettings", "profile", "choices" }, and answers one line each, in order. A document is a JSON value, or a string that holds the text of its file; null or nothing means that there is none. Another key is ignored, with a warning. A line that is no case is answered with { "error", "line" } and the next one is read; the exit code is then 2 at the end, as it is when a source in any case cannot be read.',
    ],
    options: [
      {
        name: 'platform',
        value: 'PLATFORM',
        description: 'Platform to resolve for; this one when left out',
        choices: ['mac', 'windows', 'linux'],
      },
      file('user-policy', 'Policy document assigned to the user'),
      file('org-policy', 'Policy document that is the default of the organization'),
      file('admin-settings', 'admin-settings.json of the machine'),
      file('profile', 'Configuration profile, as JSON'),
      file('choices', 'Choices of the user: { "<id>": value }'),
      { name: 'ndjson', description: 'Read cases from standard input, one a line' },
    ],
    examples: [
      'mooring policy resolve --platform linux --org-policy policy.json --json',
      'mooring policy resolve --ndjson < cases.ndjson',
    ],
  },
  {
    path: ['policy', 'schema'],
    summary: 'Print the JSON Schema of policy documents, for editors',
    examples: ['mooring policy schema > policy.schema.json'],
  },
  {
    path: ['policy', 'import'],
    summary: 'Put a policy in force that was exported at the hub and came by file',
    details: [
      'For computers that never reach the hub. The configuration profile must name the hub, its signing keys and the organizations; the file must be signed by one of those keys, and not be older than what is in force. It counts as a successful fetch, and ends at the time it was exported for.',
    ],
    arguments: [{ name: 'file', description: 'The exported bundle', completes: 'file' }],
    examples: ['mooring policy import acme.mooring-policy'],
    run: async (context, invocation) =>
      (await import('../commands/import-policy.ts')).importPolicy(context, invocation),
  },
];
