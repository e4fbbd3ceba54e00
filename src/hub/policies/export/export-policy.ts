import type { PolicyFileFormat } from '../../../shared/contracts/hub-api.ts';
import { assertNever, RefusalError } from '../../../shared/contracts/refusal.ts';
import { printDocument } from '../document.ts';
import { configurationProfile, type ExportedPolicy } from './configuration-profile.ts';
import { registryFile } from './registry-file.ts';

/** A policy as a file. */
export interface PolicyFile {
  readonly name: string;
  readonly mediaType: string;
  readonly content: Uint8Array;
}

/** Writes what a policy decides in the form that another way of bringing it to devices takes. */
export function exportPolicy(policy: ExportedPolicy, format: PolicyFileFormat): PolicyFile {
  const text = (content: string) => new TextEncoder().encode(content);
  switch (format) {
    case 'admin-settings': {
      const content = printDocument({ configurationFileVersion: 2, ...policy.document });
      return {
        name: 'admin-settings.json',
        mediaType: 'application/json; charset=utf-8',
        content: text(content),
      };
    }
    case 'mobileconfig':
      refuseControlCharacters(policy);
      return {
        name: `${fileName(policy)}.mobileconfig`,
        mediaType: 'application/x-apple-aspen-config',
        content: text(configurationProfile(policy)),
      };
    case 'reg':
      return {
        name: `${fileName(policy)}.reg`,
        mediaType: 'text/x-ms-regedit; charset=utf-16',
        content: registryFile(policy.document),
      };
    default:
      return assertNever(format);
  }
}

/** XML 1.0 (section 2.2) has no way to write them, and leaving them out would be another policy. */
function refuseControlCharacters(policy: ExportedPolicy): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
  if (!/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(textsOf(policy.document))) return;
  throw new RefusalError({
    code: 'invalid_value',
    message: `"${policy.name}" holds a control character, which a property list cannot carry.`,
    help: 'Take it out of the document, or export another form.',
  });
}

function textsOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return '';
  return Object.entries(value)
    .map(([key, each]) => `${key}${textsOf(each)}`)
    .join('');
}

/** The policy's name in letters that every system takes for a file, with the revision. */
function fileName({ name, revision }: ExportedPolicy): string {
  const plain = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^A-Za-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 60)
    .toLowerCase();
  return `${plain === '' ? 'policy' : plain}-${revision}`;
}
