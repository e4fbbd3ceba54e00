import type { CatalogSetting, SettingState } from '../../shared/contracts/local-api.ts';
import { type CommandContext, type Invocation, type Outcome, refused } from '../command.ts';
import { ask } from '../local-client.ts';
import { type Cell, renderTable } from '../terminal/table.ts';
import type { Colors, Terminal } from '../terminal/terminal.ts';
import { showValue } from './setting-value.ts';

/** `mooring settings list [--managed] [--category NAME] [--search WORDS]` */
export async function listSettings(context: CommandContext, { options }: Invocation): Promise<Outcome> {
  const api = await context.open();
  if (!api.ok) return refused(api.refusal);
  const [settings, catalog] = [
    await ask(api, 'settings', { signal: context.signal }),
    await ask(api, 'catalog', { signal: context.signal }),
  ];
  if (!settings.ok) return refused(settings.refusal);
  if (!catalog.ok) return refused(catalog.refusal);
  const known = new Map(catalog.body.settings.map((setting) => [setting.id, setting]));
  const category = options.category;
  if (typeof category === 'string' && !hasCategory(catalog.body.settings, category)) {
    return refused(noSuchCategory(catalog.body.settings, category));
  }
  const wanted = settings.body.settings.filter((state) => {
    const setting = known.get(state.id);
    return (
      (options.managed !== true || state.managedBy !== null) &&
      (typeof category !== 'string' || sameText(setting?.category ?? '', category)) &&
      (typeof options.search !== 'string' || matches(state, setting, options.search))
    );
  });
  return {
    kind: 'done',
    json: { ...settings.body, settings: wanted },
    print: (terminal) => print(terminal, wanted, known),
  };
}

function print(
  terminal: Terminal,
  settings: readonly SettingState[],
  known: ReadonlyMap<string, CatalogSetting>,
): void {
  if (settings.length === 0) {
    terminal.out('No setting matches.\n');
    return;
  }
  const rows = settings.map((state) => [
    state.id,
    showValue(state.value),
    stateOf(state, terminal.colors),
    state.managedBy?.label ?? '-',
    known.get(state.id)?.category ?? '-',
  ]);
  terminal.out(renderTable(terminal, ['setting', 'value', 'state', 'managed by', 'category'], rows));
}

/** One word for how a setting stands. */
export function stateOf(state: SettingState, colors: Colors): Cell {
  if (state.frozen) return { text: 'frozen', paint: colors.red };
  if (state.locked) return { text: 'locked', paint: colors.yellow };
  if (state.source === 'user') return { text: 'chosen', paint: colors.cyan };
  return state.source === 'default'
    ? { text: 'default', paint: colors.dim }
    : { text: 'suggested', paint: colors.green };
}

const sameText = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

function hasCategory(settings: readonly CatalogSetting[], category: string): boolean {
  return settings.some((setting) => sameText(setting.category, category));
}

function noSuchCategory(settings: readonly CatalogSetting[], category: string) {
  const names = [...new Set(settings.map((setting) => setting.category))];
  return {
    code: 'bad_request',
    message: `There is no category "${category}".`,
    help: `Categories are: ${names.join(', ')}.`,
  } as const;
}

/** Every word must occur somewhere in what a person knows of the setting. */
function matches(state: SettingState, setting: CatalogSetting | undefined, search: string): boolean {
  const text = [state.id, setting?.label, setting?.description, setting?.category].join('\n').toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
