import { expect, test } from 'vitest';
import { readRegistryExport } from '../../agent/sources/registry-export.ts';
import { exportedFile, exportedValue } from '../../agent/sources/test-registry.ts';
import { machineCommands } from '../command-tree/machine-commands.ts';
import { readInstallRequest } from './install-request.ts';
import {
  INSTALLER_KEY,
  INSTALLER_OPTIONS,
  optionsOfCommandLine,
  optionsOfLines,
  optionsOfProperties,
} from './installer-options.ts';

const typed = (...words: string[]) => optionsOfCommandLine(words);

test('the command line of the installer: ours are taken, its own are passed over', () => {
  expect(
    typed(
      'C:\\Users\\ada\\Downloads\\Mooring Setup 0.1.0.exe',
      '/S',
      '/allusers',
      '--updated',
      "--admin-settings={'configurationFileVersion': 2}",
      '--allowed-org=acme;labs',
      '--proxy-enable-kerberosntlm',
      '--override-proxy-embedded-pac=function f() {\n return "a=b" }',
      '/D=C:\\Program',
      'Files\\--Mooring',
    ),
  ).toEqual({
    ok: true,
    options: {
      'admin-settings': "{'configurationFileVersion': 2}",
      'allowed-org': 'acme;labs',
      'proxy-enable-kerberosntlm': true,
      'override-proxy-embedded-pac': 'function f() {\n return "a=b" }',
    },
  });
  expect(typed('/S', '/currentuser', '--force-run')).toEqual({ ok: true, options: {} });
});

test.each([
  [['--allowed-orgs=acme'], 'no option --allowed-orgs'],
  [['--allowed-org'], 'without a value'],
  [['--allowed-org', 'acme'], 'without a value'],
  [['acme'], 'does not know'],
  [['--proxy-enable-kerberosntlm=yes'], 'takes no value'],
  [['--hub=https://a.example', '--hub=https://b.example'], 'twice'],
  [['/S', 'Setup.exe'], 'does not know'],
  [['/S', '/allowed-org=acme'], 'does not know'],
  [['–allowed-org=acme'], 'does not know'],
  [['--layout=dokcer'], '--layout is "dokcer"'],
  [['--layout='], '--layout is ""'],
  [['--proxy-http-mode=Manual'], '--proxy-http-mode is "Manual"'],
  [[`--${'x'.repeat(9000)}`], `no option --${'x'.repeat(60)}.`],
])('the command line %j is refused: %s', (words, why) => {
  expect(optionsOfCommandLine(words)).toMatchObject({
    ok: false,
    refusal: { code: 'bad_request', message: expect.stringContaining(why) },
  });
});

const lines = (text: string | Uint8Array) =>
  optionsOfLines(typeof text === 'string' ? new TextEncoder().encode(text) : text, '/o');

test('the file for packages: one option a line, its value as it stands, quotes around it left out', () => {
  const text = [
    '\uFEFF# what this fleet decides',
    '',
    `--admin-settings="{'configurationFileVersion': 2, 'proxy': {'mode': 'system'}}"`,
    '  --allowed-org=acme;labs  ',
    "--hub='https://hub.example.com'",
    '--proxy-enable-kerberosntlm',
  ].join('\r\n');
  expect(lines(text)).toEqual({
    ok: true,
    options: {
      'admin-settings': "{'configurationFileVersion': 2, 'proxy': {'mode': 'system'}}",
      ...{ 'allowed-org': 'acme;labs', hub: 'https://hub.example.com', 'proxy-enable-kerberosntlm': true },
    },
  });
  expect(lines('\n# nothing\n')).toEqual({ ok: true, options: {} });
});

test.each([
  ['--allowed-orgs=acme', 'no option --allowed-orgs'],
  ['--hub=https://a.example\n--hub=https://b.example', 'twice'],
  ['allowed-org=acme', 'does not know'],
  ['--allowed-org=acme\n/D=/tmp', 'does not know'],
  // What an installer of Windows is told is nothing that a package could obey.
  ['--updated', 'no option --updated'],
  ['# decided for all\n\n--layout=dokcer', '/o, line 3: --layout is "dokcer"'],
])('the file %j is refused: %s', (text, why) => {
  expect(lines(text)).toMatchObject({
    ok: false,
    refusal: { code: 'bad_request', message: expect.stringContaining(why) },
  });
});

test('the file for packages in another encoding is refused, not half understood', () => {
  const utf16 = Buffer.from('\uFEFF--allowed-org=acme\r\n', 'utf16le');
  for (const bytes of [
    utf16,
    utf16.subarray(2),
    Buffer.from(utf16).swap16(),
    Buffer.from('--override-proxy-exclude=m\xfcller.example\n', 'latin1'),
    Buffer.from('# \0'),
  ])
    expect(lines(bytes)).toMatchObject({
      ok: false,
      refusal: { message: expect.stringContaining('/o is not UTF-8 text') },
    });
});

const properties = (lines: readonly string[]) => {
  const exported = lines.map((line) => {
    const [name = '', type = '', data = ''] = line.trimStart().split('    ');
    return exportedValue(name, type, data);
  });
  const file = exportedFile({ [INSTALLER_KEY.replace('HKLM', 'HKEY_LOCAL_MACHINE')]: exported });
  return optionsOfProperties({
    kind: 'read',
    tree: readRegistryExport(file, INSTALLER_KEY) ?? new Map(),
  });
};

test('the properties of the MSI, as the registry hands them over', () => {
  const given = properties([
    '    ADMINSETTINGS    REG_SZ    {"configurationFileVersion":2,"analyticsEnabled":{"locked":true,"value":false}}',
    '    ALLOWEDORG    REG_SZ    acme',
    '    HUBURL    REG_SZ    ',
    '    OVERRIDEPROXYEXCLUDE    REG_SZ    ',
    '    PROXYENABLEKERBEROSNTLM    REG_SZ    1',
    '    SOMETHINGELSE    REG_SZ    x',
  ]);
  expect(given).toEqual({
    ok: true,
    options: {
      'admin-settings': '{"configurationFileVersion":2,"analyticsEnabled":{"locked":true,"value":false}}',
      'allowed-org': 'acme',
      'proxy-enable-kerberosntlm': true,
    },
  });
  if (!given.ok) throw new Error('refused');
  expect(readInstallRequest(given.options)).toMatchObject({
    request: { allowedOrgs: ['acme'], policy: { analyticsEnabled: { locked: true, value: false } } },
  });
  expect(properties([])).toEqual({ ok: true, options: {} });
  expect(properties(['    PROXYENABLEKERBEROSNTLM    REG_SZ    0'])).toEqual({ ok: true, options: {} });
  expect(optionsOfProperties({ kind: 'absent' })).toEqual({ ok: true, options: {} });
});

test('properties that cannot be read are refused', () => {
  for (const property of ['LAYOUT', 'PROXYHTTPMODE'])
    expect(properties([`    ${property}    REG_SZ    Manual`])).toMatchObject({
      refusal: { message: expect.stringContaining(`${property} is "Manual". Nothing was written.`) },
    });
  expect(properties(['    PROXYENABLEKERBEROSNTLM    REG_SZ    perhaps'])).toMatchObject({ ok: false });
  expect(optionsOfProperties({ kind: 'failed', message: 'The key is closed.' })).toMatchObject({
    refusal: { message: 'The key is closed. Nothing was written.' },
  });
});

test('every option has a property of its own', () => {
  const names = INSTALLER_OPTIONS.map(({ property }) => property);
  expect(new Set(names).size).toBe(names.length);
  // Windows passes only names in capitals on to the part that runs with rights.
  for (const name of names) expect(name).toMatch(/^[A-Z]+$/);
});

test('installers take every option of the command that decides something, with the same choices', () => {
  const [command] = machineCommands;
  const decide = command?.options?.filter(({ name }) => name !== 'from-installer' && name !== 'force');
  expect(decide?.map(({ name, choices }) => [name, choices])).toEqual(
    INSTALLER_OPTIONS.map(({ option, choices }) => [option, choices]),
  );
});
