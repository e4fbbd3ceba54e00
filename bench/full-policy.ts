import { desktopCatalog } from '../src/shared/settings/desktop-catalog.ts';
import type { Setting } from '../src/shared/settings/setting.ts';

/** Texts of four documents that each decide every setting, and of 40 choices: the heaviest real input. */
export interface FullPolicy {
  readonly profile: string;
  readonly userPolicy: string;
  readonly orgPolicy: string;
  readonly adminSettings: string;
  readonly choices: string;
}

/**
 * @param indent 2 as people and hub write files; 0 as machines do, which leaves `JSON.parse` the least to do
 */
export function fullPolicy(indent: 0 | 2): FullPolicy {
  const text = (value: unknown) => JSON.stringify(value, null, indent);
  const document = (turn: number, locked: boolean) => fullDocument(turn, locked);
  const chosen = desktopCatalog.onPlatform.linux
    .slice(0, 40)
    .map((setting) => [setting.id, exampleOf(setting, 4)]);
  return {
    profile: text({ allowedOrgs: ['acme'], hubUrl: 'https://hub.example', settings: document(0, false) }),
    userPolicy: text(document(1, false)),
    orgPolicy: text(document(2, true)),
    adminSettings: text(document(3, true)),
    choices: text(Object.fromEntries(chosen)),
  };
}

function fullDocument(turn: number, locked: boolean): object {
  const document: Record<string, unknown> = { configurationFileVersion: 2 };
  for (const setting of desktopCatalog.settings) {
    put(document, setting.valuePath.split('.'), exampleOf(setting, turn));
    if (setting.lockPath !== null) put(document, setting.lockPath.split('.'), locked);
  }
  return document;
}

function put(place: Record<string, unknown>, [key = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    place[key] = value;
    return;
  }
  const child = { ...(place[key] as Record<string, unknown> | undefined) };
  place[key] = child;
  put(child, rest, value);
}

function exampleOf(setting: Setting, turn: number): unknown {
  switch (setting.type) {
    case 'boolean':
      return turn % 2 === 0;
    case 'integer':
      return (setting.range?.min ?? 0) + turn;
    case 'enum':
      return setting.choices?.[turn % setting.choices.length];
    case 'string':
      return setting.default ?? `/folder/${turn}`;
    case 'stringList':
      return [`one-${turn}.example.com`, `*.two-${turn}.example.com`];
    case 'objectList':
      return [
        Object.fromEntries(
          (setting.items ?? []).map((field) => [field.name, fieldValue(field.type, field.choices)]),
        ),
      ];
  }
}

function fieldValue(type: string, choices: readonly string[] | undefined): unknown {
  if (type === 'boolean') return true;
  return type === 'stringList' ? ['linux/amd64'] : (choices?.[0] ?? '$HOME/work');
}
