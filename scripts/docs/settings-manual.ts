import type { Catalog } from '../../src/shared/settings/define-catalog.ts';
import type { Setting } from '../../src/shared/settings/setting.ts';
import { table } from './cli-manual.ts';

/** The reference of every setting of a catalog. */
export function settingsManual(catalog: Catalog): string {
  return [
    '# Settings',
    `All ${catalog.settings.length} settings, by category. "Document" is the place of the value in a policy document, "lock" that of its lock, and "store" the key in \`settings-store.json\`. Settings of one group share one lock and are set together. How a value is decided is in [policy.md](policy.md); \`mooring settings explain <id>\` shows it for one setting on this desktop.`,
    catalog.categories.map((category) => `- [${category}](#${anchor(category)})`).join('\n'),
    ...catalog.categories.flatMap((category) => [
      `## ${category}`,
      ...catalog.settings.filter((setting) => setting.category === category).flatMap(section),
    ]),
  ].join('\n\n');
}

function anchor(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\w\s-]/g, '')
    .replaceAll(' ', '-');
}

function section(setting: Setting): readonly string[] {
  return [
    `### \`${setting.id}\``,
    `${setting.label}. ${setting.description}`,
    ...(setting.notes ? [setting.notes] : []),
    table(['', ''], facts(setting)),
    ...(setting.items
      ? [
          table(
            ['field', 'type', 'needed', 'meaning'],
            setting.items.map(({ name, type, required, choices, description }) => [
              `\`${name}\``,
              choices ? choices.join(', ') : type,
              required ? 'yes' : 'no',
              description,
            ]),
          ),
        ]
      : []),
  ];
}

function facts(setting: Setting): readonly (readonly [string, string])[] {
  const optional = (name: string, text: string | undefined): readonly (readonly [string, string])[] =>
    text === undefined ? [] : [[name, text]];
  return [
    ['type', typeOf(setting)],
    ['default', defaultOf(setting)],
    ['platforms', setting.platforms.join(', ')],
    ...optional('group', setting.group ?? undefined),
    ['document', `\`${setting.valuePath}\``],
    ['lock', setting.lockPath === null ? 'none: enforced where it is present' : `\`${setting.lockPath}\``],
    ['store', storeOf(setting)],
    ['editable in', setting.editableIn.join(', ')],
    ...optional('needs', setting.requires?.map((need) => `\`${need}\``).join(', ')),
    ...optional('since version', setting.minVersion),
    ...optional('until version', setting.maxVersion),
  ];
}

function typeOf({ type, choices, range, unit, format }: Setting): string {
  const bounds = range ? ` from ${range.min}${range.max === undefined ? '' : ` to ${range.max}`}` : '';
  const counted = unit ? ` (${unit})` : '';
  if (choices) return `one of ${choices.map((choice) => `\`${choice}\``).join(', ')}`;
  return `${type}${bounds}${counted}${format ? `, ${format}` : ''}`;
}

function defaultOf({ default: value }: Setting): string {
  return value === null ? 'unset, or depends on the machine' : `\`${JSON.stringify(value)}\``;
}

function storeOf({ storeKey, storeForm }: Setting): string {
  const how = { value: '', inverted: ', negated', commaJoined: ', joined by commas' }[storeForm];
  return `\`${storeKey}\`${how}`;
}
