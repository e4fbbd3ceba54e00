import type { RegistryReading } from '../../agent/sources/registry-query.ts';
import type { Refusal } from '../../shared/contracts/refusal.ts';
import { quote } from '../../shared/text/quote.ts';
import type { Invocation } from '../command.ts';

/** Where the MSI puts its properties for the command that it then runs; removed together with the app. */
export const INSTALLER_KEY = 'HKLM\\SOFTWARE\\Mooring\\Installer';

/** One thing that installers take. */
export interface InstallerOption {
  readonly option: string;
  readonly property: string;
  readonly takes: 'value' | 'nothing';
  readonly choices?: readonly string[];
}

/**
 * What installers take, by both of its names: as an option of the installer for people, and as a property of the MSI.
 * The names are those that device managers already pass to the installer of a desktop with such settings; `hub` and
 * `layout` are ours. packaging/windows makes the MSI's properties from this table.
 */
export const INSTALLER_OPTIONS: readonly InstallerOption[] = [
  { option: 'admin-settings', property: 'ADMINSETTINGS', takes: 'value' },
  { option: 'allowed-org', property: 'ALLOWEDORG', takes: 'value' },
  { option: 'hub', property: 'HUBURL', takes: 'value' },
  { option: 'layout', property: 'LAYOUT', takes: 'value', choices: ['mooring', 'docker'] },
  {
    ...{ option: 'proxy-http-mode', property: 'PROXYHTTPMODE' },
    ...{ takes: 'value', choices: ['system', 'manual'] },
  },
  { option: 'override-proxy-http', property: 'OVERRIDEPROXYHTTP', takes: 'value' },
  { option: 'override-proxy-https', property: 'OVERRIDEPROXYHTTPS', takes: 'value' },
  { option: 'override-proxy-exclude', property: 'OVERRIDEPROXYEXCLUDE', takes: 'value' },
  { option: 'override-proxy-pac', property: 'OVERRIDEPROXYPAC', takes: 'value' },
  { option: 'override-proxy-embedded-pac', property: 'OVERRIDEPROXYEMBEDDEDPAC', takes: 'value' },
  { option: 'proxy-enable-kerberosntlm', property: 'PROXYENABLEKERBEROSNTLM', takes: 'nothing' },
];

/** What was given to an installer, as options of `mooring install`. */
export type GivenToInstaller =
  | { readonly ok: true; readonly options: Invocation['options'] }
  | { readonly ok: false; readonly refusal: Refusal };

/** Options that the installer itself understands, and that are none of ours. */
const OF_THE_INSTALLER = new Set([
  'updated',
  'force-run',
  'no-desktop-shortcut',
  'keep-shortcuts',
  'delete-app-data',
]);

/**
 * Reads the command line of the installer for people. What begins with "/" is the installer's own, and `/D=` takes the
 * rest of the line, blanks and all, because that is how the installer reads it; no other one of its own has a value. An
 * option that neither knows is refused: a misspelt `--allowed-orgs` must not install a device that enforces nothing.
 */
export function optionsOfCommandLine(words: readonly string[]): GivenToInstaller {
  const options: Record<string, string | true> = {};
  for (const [at, word] of words.entries()) {
    if (/^\/D=/i.test(word)) break;
    if (/^\/[^=]*$/.test(word) || (at === 0 && /\.exe$/i.test(word))) continue;
    const found = OPTION.exec(word);
    if (found !== null && OF_THE_INSTALLER.has(found[1] ?? '')) continue;
    const refusal = takeOption(options, word);
    if (refusal !== null) return refusal;
  }
  return { ok: true, options };
}

const OPTION = /^--([a-z][a-z-]*)(?:=([\s\S]*))?$/;

/** Adds what `word` says; why it cannot be taken, else `null`. */
function takeOption(options: Record<string, string | true>, word: string): GivenToInstaller | null {
  const found = OPTION.exec(word);
  if (found === null) return refuse(`The installer was given ${quote(word)}, which it does not know.`);
  const [, name = '', value] = found;
  const known = INSTALLER_OPTIONS.find(({ option }) => option === name);
  if (known === undefined) return refuse(`The installer has no option --${name.slice(0, LONGEST_NAME)}.`);
  if (known.takes === 'nothing') {
    if (value !== undefined) return refuse(`--${name} takes no value.`);
  } else if (value === undefined)
    return refuse(`--${name} was given without a value.`, `Write --${name}="…".`);
  if (Object.hasOwn(options, name)) return refuse(`--${name} was given twice.`);
  options[name] = value ?? true;
  return refuseChoice(`--${name}`, known, value);
}

/** As much of an unknown name is shown. */
const LONGEST_NAME = 60;

function refuseChoice(
  written: string,
  { choices }: InstallerOption,
  value: string | undefined,
): GivenToInstaller | null {
  if (choices === undefined || value === undefined || choices.includes(value)) return null;
  const right = choices.map((choice) => `${written}=${choice}`).join(' or ');
  return refuse(`${written} is ${quote(value)}.`, `Write ${right}, or leave it out.`);
}

/**
 * Reads the file that an administrator lays down for packages, whose installers take no options: one option a line, as
 * the installer of Windows takes it. Its value ends with the line, and quotes around it are left out.
 *
 * @param path where it stands, for who has to mend it
 */
export function optionsOfLines(bytes: Uint8Array, path: string): GivenToInstaller {
  const text = textOf(bytes);
  if (text === null)
    return refuse(
      `${path} is not UTF-8 text; it may be UTF-16.`,
      'Save it as UTF-8, and install the package again.',
    );
  const options: Record<string, string | true> = {};
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    const word = line.trim();
    if (word === '' || word.startsWith('#')) continue;
    const taken = takeOption(options, word.replace(/^(--[a-z-]+=)(["'])(.*)\2$/, '$1$3'));
    if (taken === null || taken.ok) continue;
    const message = `${path}, line ${at + 1}: ${taken.refusal.message}`;
    return { ok: false, refusal: { ...taken.refusal, message } };
  }
  return { ok: true, options };
}

/** `null`: it is in another encoding. Every second byte of UTF-16 is a NUL, which no options hold. */
function textOf(bytes: Uint8Array): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.includes('\0') ? null : text;
  } catch {
    return null;
  }
}

/** Reads the properties that the MSI wrote to `INSTALLER_KEY`. One that was not given is there and empty. */
export function optionsOfProperties(reading: RegistryReading): GivenToInstaller {
  if (reading.kind === 'absent') return { ok: true, options: {} };
  if (reading.kind === 'failed') return refuse(reading.message);
  const options: Record<string, string | true> = {};
  for (const [name, value] of reading.tree.get('') ?? []) {
    const known = INSTALLER_OPTIONS.find(({ property }) => property === name.toUpperCase());
    if (known === undefined || value.type !== 'text' || value.value.trim() === '') continue;
    const wrong = refuseChoice(known.property, known, value.value);
    if (wrong !== null) return wrong;
    if (known.takes === 'value') options[known.option] = value.value;
    else if (/^(?:1|true)$/i.test(value.value)) options[known.option] = true;
    else if (!/^(?:0|false)$/i.test(value.value))
      return refuse(
        `${known.property} is ${quote(value.value)}.`,
        `Write ${known.property}=1, or leave it out.`,
      );
  }
  return { ok: true, options };
}

function refuse(
  message: string,
  help = '"mooring help install" shows every option and its form.',
): GivenToInstaller {
  return { ok: false, refusal: { code: 'bad_request', message: `${message} Nothing was written.`, help } };
}
