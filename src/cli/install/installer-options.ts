import type { RegistryReading } from '../../agent/sources/registry-query.ts';
import type { Refusal } from '../../shared/contracts/refusal.ts';
import { quote } from '../../shared/text/quote.ts';
import type { Invocation } from '../command.ts';

/** Where the MSI puts its properties for the command that it then runs; removed together with the app. */
export const INSTALLER_KEY = 'HKLM\\SOFTWARE\\Mooring\\Installer';

/**
 * What installers take, by both of its names: as an option of the installer for people, and as a property of the MSI.
 * The names are those that device managers already pass to the installer of a desktop with such settings; `hub` and
 * `layout` are ours. packaging/windows makes the MSI's properties from this table.
 */
export const INSTALLER_OPTIONS = [
  { option: 'admin-settings', property: 'ADMINSETTINGS', takes: 'value' },
  { option: 'allowed-org', property: 'ALLOWEDORG', takes: 'value' },
  { option: 'hub', property: 'HUBURL', takes: 'value' },
  { option: 'layout', property: 'LAYOUT', takes: 'value' },
  { option: 'proxy-http-mode', property: 'PROXYHTTPMODE', takes: 'value' },
  { option: 'override-proxy-http', property: 'OVERRIDEPROXYHTTP', takes: 'value' },
  { option: 'override-proxy-https', property: 'OVERRIDEPROXYHTTPS', takes: 'value' },
  { option: 'override-proxy-exclude', property: 'OVERRIDEPROXYEXCLUDE', takes: 'value' },
  { option: 'override-proxy-pac', property: 'OVERRIDEPROXYPAC', takes: 'value' },
  { option: 'override-proxy-embedded-pac', property: 'OVERRIDEPROXYEMBEDDEDPAC', takes: 'value' },
  { option: 'proxy-enable-kerberosntlm', property: 'PROXYENABLEKERBEROSNTLM', takes: 'nothing' },
] as const;

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
 * rest of the line, blanks and all, because that is how the installer reads it. An option that neither knows is
 * refused: a misspelt `--allowed-orgs` must not install a device that enforces nothing.
 */
export function optionsOfCommandLine(words: readonly string[]): GivenToInstaller {
  const options: Record<string, string | true> = {};
  for (const [at, word] of words.entries()) {
    if (/^\/D=/i.test(word)) break;
    if (word.startsWith('/') || (at === 0 && /\.exe$/i.test(word))) continue;
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
  if (known === undefined) return refuse(`The installer has no option --${name}.`);
  if (known.takes === 'nothing') {
    if (value !== undefined) return refuse(`--${name} takes no value.`);
  } else if (value === undefined)
    return refuse(`--${name} was given without a value.`, `Write --${name}="…".`);
  if (name in options) return refuse(`--${name} was given twice.`);
  options[name] = value ?? true;
  return null;
}

/**
 * Reads the file that an administrator lays down for packages, whose installers take no options: one option a line, as
 * the installer of Windows takes it. Its value ends with the line, and quotes around it are left out.
 */
export function optionsOfLines(text: string): GivenToInstaller {
  const options: Record<string, string | true> = {};
  for (const line of text.replace(/^\uFEFF/, '').split(/\r?\n/)) {
    const word = line.trim();
    if (word === '' || word.startsWith('#')) continue;
    const refusal = takeOption(options, word.replace(/^(--[a-z-]+=)(["'])(.*)\2$/, '$1$3'));
    if (refusal !== null) return refusal;
  }
  return { ok: true, options };
}

/** Reads the properties that the MSI wrote to `INSTALLER_KEY`. One that was not given is there and empty. */
export function optionsOfProperties(reading: RegistryReading): GivenToInstaller {
  if (reading.kind === 'absent') return { ok: true, options: {} };
  if (reading.kind === 'failed') return refuse(reading.message);
  const options: Record<string, string | true> = {};
  for (const [name, value] of reading.tree.get('') ?? []) {
    const known = INSTALLER_OPTIONS.find(({ property }) => property === name.toUpperCase());
    if (known === undefined || value.type !== 'text' || value.value.trim() === '') continue;
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
