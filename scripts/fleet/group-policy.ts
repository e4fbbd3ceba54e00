import type { Catalog } from '../../src/shared/settings/define-catalog.ts';
import type { Setting } from '../../src/shared/settings/setting.ts';

/*
 * Administrative templates for Group Policy and Intune, made from the catalog. Each setting writes the pair that the
 * agent reads: `Settings\<id>` with `Value` and `Locked` (docs/policy.md section 6).
 */

const KEY = 'SOFTWARE\\Policies\\Mooring\\Mooring Desktop';
/** The largest REG_DWORD that the editor offers; a setting without an upper bound takes it. */
const LARGEST = 2_147_483_647;

/** One value of the profile itself, beside the settings. */
interface MachineValue {
  readonly name: string;
  readonly label: string;
  readonly help: string;
  readonly type: 'list' | 'text' | 'layout';
}

const MACHINE_VALUES: readonly MachineValue[] = [
  {
    name: 'allowedOrgs',
    label: 'Enforce sign-in',
    help: 'Organizations whose members may use this desktop, one a line. Names are compared exactly. While the list is set, settings cannot be changed until a member is signed in.',
    type: 'list',
  },
  {
    name: 'hubUrl',
    label: 'Address of the hub',
    help: 'The hub that this desktop signs in to, such as https://hub.example.com.',
    type: 'text',
  },
  {
    name: 'hubKeys',
    label: 'Signing keys of the hub',
    help: 'Keys that policy must be signed with, one a line, as "mooring-hub keys list" prints them.',
    type: 'list',
  },
  {
    name: 'layout',
    label: 'Layout of files',
    help: 'Whose files are read and written: those of Mooring, or those of Docker Desktop.',
    type: 'layout',
  },
  {
    name: 'overrideProxyHTTP',
    label: 'Proxy for HTTP',
    help: 'Address of the proxy. Any of the proxy values makes the proxy manual and locks it.',
    type: 'text',
  },
  {
    name: 'overrideProxyHTTPS',
    label: 'Proxy for HTTPS',
    help: 'Address of the proxy. Any of the proxy values makes the proxy manual and locks it.',
    type: 'text',
  },
  {
    name: 'overrideProxyExclude',
    label: 'Reach without the proxy',
    help: 'Hosts, separated by commas. Any of the proxy values makes the proxy manual and locks it.',
    type: 'text',
  },
  {
    name: 'overrideProxyPAC',
    label: 'Proxy script',
    help: 'Address or path of a PAC script. Any of the proxy values makes the proxy manual and locks it.',
    type: 'text',
  },
  {
    name: 'overrideProxyEmbeddedPAC',
    label: 'Proxy script, embedded',
    help: 'The text of a PAC script. Any of the proxy values makes the proxy manual and locks it.',
    type: 'text',
  },
];

/** The template itself: `mooring.admx`. */
export function admx(catalog: Catalog): string {
  const settings = windowsSettings(catalog);
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<policyDefinitions xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns="http://schemas.microsoft.com/GroupPolicy/2006/07/PolicyDefinitions" revision="1.0" schemaVersion="1.0">',
    '  <policyNamespaces>',
    '    <target prefix="mooring" namespace="Mooring.Policies.Desktop" />',
    '  </policyNamespaces>',
    '  <resources minRequiredRevision="1.0" />',
    '  <supportedOn><definitions><definition name="SUPPORTED" displayName="$(string.SUPPORTED)" /></definitions></supportedOn>',
    '  <categories>',
    '    <category name="Mooring" displayName="$(string.Mooring)" />',
    ...categories(settings).map(
      (category) =>
        `    <category name="${categoryId(category)}" displayName="$(string.${categoryId(category)})"><parentCategory ref="Mooring" /></category>`,
    ),
    '  </categories>',
    '  <policies>',
    ...MACHINE_VALUES.flatMap((value) => policy(value.name, 'Mooring', KEY, machineElements(value))),
    ...settings.flatMap((setting) =>
      policy(
        `Setting_${setting.id}`,
        categoryId(setting.category),
        `${KEY}\\Settings\\${setting.id}`,
        settingElements(setting),
      ),
    ),
    '  </policies>',
    '</policyDefinitions>',
  ].join('\n');
}

/** Its texts: `en-US/mooring.adml`. */
export function adml(catalog: Catalog): string {
  const settings = windowsSettings(catalog);
  const strings: readonly (readonly [string, string])[] = [
    ['SUPPORTED', 'Mooring Desktop'],
    ['Mooring', 'Mooring Desktop'],
    ['layout_mooring', 'Mooring'],
    ['layout_docker', 'Docker Desktop'],
    ...categories(settings).map((category) => [categoryId(category), category] as const),
    ...MACHINE_VALUES.flatMap(
      ({ name, label, help }) =>
        [
          [name, label],
          [`${name}_help`, help],
        ] as const,
    ),
    ...settings.flatMap((setting) => settingStrings(setting)),
  ];
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<policyDefinitionResources xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns="http://schemas.microsoft.com/GroupPolicy/2006/07/PolicyDefinitions" revision="1.0" schemaVersion="1.0">',
    '  <displayName>Mooring Desktop</displayName>',
    '  <description>Settings of Mooring Desktop</description>',
    '  <resources>',
    '    <stringTable>',
    ...strings.map(([id, text]) => `      <string id="${id}">${xml(text)}</string>`),
    '    </stringTable>',
    '    <presentationTable>',
    ...MACHINE_VALUES.map((value) => presentation(value.name, machineControl(value))),
    ...settings.map((setting) => presentation(`Setting_${setting.id}`, settingControl(setting))),
    '    </presentationTable>',
    '  </resources>',
    '</policyDefinitionResources>',
  ].join('\n');
}

function policy(name: string, category: string, key: string, elements: readonly string[]): readonly string[] {
  return [
    `    <policy name="${name}" class="Machine" displayName="$(string.${name})" explainText="$(string.${name}_help)" key="${xml(key)}" presentation="$(presentation.${name})">`,
    `      <parentCategory ref="${category}" />`,
    '      <supportedOn ref="SUPPORTED" />',
    '      <elements>',
    ...elements.map((element) => `        ${element}`),
    '      </elements>',
    '    </policy>',
  ];
}

function machineElements({ name, type }: MachineValue): readonly string[] {
  if (type === 'list')
    return [`<multiText id="value" valueName="${name}" required="true" maxLength="16384" />`];
  if (type === 'text') return [`<text id="value" valueName="${name}" required="true" maxLength="16384" />`];
  const items = ['mooring', 'docker'].map((layout) => item(`layout_${layout}`, layout));
  return [`<enum id="value" valueName="${name}" required="true">${items.join('')}</enum>`];
}

function settingElements(setting: Setting): readonly string[] {
  return [valueElement(setting), boolean('locked', 'Locked')];
}

function valueElement(setting: Setting): string {
  switch (setting.type) {
    case 'boolean':
      return boolean('value', 'Value');
    case 'integer': {
      // The editor knows no negative numbers; -1 ("off") is what leaving the setting alone means.
      const { min = 0, max = LARGEST } = setting.range ?? {};
      return `<decimal id="value" valueName="Value" required="true" minValue="${Math.max(0, min)}" maxValue="${max}" />`;
    }
    case 'enum':
      return `<enum id="value" valueName="Value" required="true">${(setting.choices ?? []).map((choice) => item(`${setting.id}_${choice.replaceAll('-', '_')}`, choice)).join('')}</enum>`;
    case 'stringList':
      return '<multiText id="value" valueName="Value" maxLength="16384" />';
    case 'string':
    case 'objectList':
      return '<text id="value" valueName="Value" maxLength="16384" />';
  }
}

function boolean(id: string, valueName: string): string {
  return `<boolean id="${id}" valueName="${valueName}"><trueValue><decimal value="1" /></trueValue><falseValue><decimal value="0" /></falseValue></boolean>`;
}

function item(text: string, value: string): string {
  return `<item displayName="$(string.${text})"><value><string>${xml(value)}</string></value></item>`;
}

function settingStrings(setting: Setting): readonly (readonly [string, string])[] {
  const name = `Setting_${setting.id}`;
  const format =
    setting.type === 'objectList'
      ? ' The value is JSON.'
      : setting.format === 'json'
        ? ' The value is the text of a JSON object.'
        : '';
  const help = `${setting.description}${format}\n\nLocked: the person cannot change it. Not locked: a suggestion.\nSetting: ${setting.id}`;
  const choices = setting.type === 'enum' ? (setting.choices ?? []) : [];
  return [
    [name, setting.label],
    [`${name}_help`, help],
    ...choices.map((choice) => [`${setting.id}_${choice.replaceAll('-', '_')}`, choice] as const),
  ];
}

function machineControl({ label, type }: MachineValue): readonly string[] {
  if (type === 'list') return [`<multiTextBox refId="value" defaultHeight="6">${xml(label)}</multiTextBox>`];
  if (type === 'text') return [`<textBox refId="value"><label>${xml(label)}</label></textBox>`];
  return [`<dropdownList refId="value" noSort="true">${xml(label)}</dropdownList>`];
}

function settingControl(setting: Setting): readonly string[] {
  return [
    valueControl(setting),
    '<checkBox refId="locked" defaultChecked="true">Locked: the person cannot change it</checkBox>',
  ];
}

function valueControl(setting: Setting): string {
  const label = xml(setting.unit === undefined ? setting.label : `${setting.label} (${setting.unit})`);
  switch (setting.type) {
    case 'boolean':
      return `<checkBox refId="value" defaultChecked="${setting.default === true}">${label}</checkBox>`;
    case 'integer': {
      const known =
        typeof setting.default === 'number' && setting.default >= 0
          ? ` defaultValue="${setting.default}"`
          : '';
      return `<decimalTextBox refId="value"${known}>${label}</decimalTextBox>`;
    }
    case 'enum':
      return `<dropdownList refId="value" noSort="true">${label}</dropdownList>`;
    case 'stringList':
      return `<multiTextBox refId="value" defaultHeight="6">${label}</multiTextBox>`;
    case 'string':
    case 'objectList':
      return `<textBox refId="value"><label>${label}</label></textBox>`;
  }
}

function presentation(id: string, controls: readonly string[]): string {
  return `      <presentation id="${id}">${controls.join('')}</presentation>`;
}

function windowsSettings(catalog: Catalog): readonly Setting[] {
  return catalog.settings.filter((setting) => setting.platforms.includes('windows'));
}

function categories(settings: readonly Setting[]): readonly string[] {
  return [...new Set(settings.map((setting) => setting.category))];
}

function categoryId(category: string): string {
  return `Category_${category.replaceAll(/[^A-Za-z0-9]/g, '_')}`;
}

function xml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
