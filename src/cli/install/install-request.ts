import { readAllowedOrganizations } from '../../agent/account/allowed-organizations.ts';
import { readHubUrl } from '../../agent/delivery/hub-url.ts';
import type { Layout } from '../../agent/paths.ts';
import { organizationNameSchema } from '../../shared/contracts/hub-api.ts';
import type { Refusal } from '../../shared/contracts/refusal.ts';
import { readJson } from '../../shared/policy/json-text.ts';
import type { Problem } from '../../shared/policy/model.ts';
import { readDocument } from '../../shared/policy/read-document.ts';
import { desktopCatalog } from '../../shared/settings/desktop-catalog.ts';
import { quote } from '../../shared/text/quote.ts';
import type { Invocation } from '../command.ts';
import { controlCharacter } from './control-characters.ts';
import { readInstallerText } from './installer-text.ts';
import { readProxyOptions } from './proxy-options.ts';

/** What an installation shall be. What is `null` was not given and stays as it is. */
export interface InstallRequest {
  readonly layout: Layout | null;
  /** The policy document, proxy options not yet in it. */
  readonly policy: Readonly<Record<string, unknown>> | null;
  readonly proxy: Readonly<Record<string, unknown>> | null;
  readonly allowedOrgs: readonly string[] | null;
  readonly hubUrl: string | null;
  /** Replace files that stand there and were not written by us, or were changed since. */
  readonly force: boolean;
  /** Warnings about the policy document as it was given. */
  readonly warnings: readonly Problem[];
}

/** Reads and checks everything that was given; nothing on the machine is looked at. */
export function readInstallRequest(
  options: Invocation['options'],
): { readonly request: InstallRequest } | Refusal {
  const damaged = Object.entries(options).find(([, value]) => String(value).includes(REPLACEMENT));
  if (damaged !== undefined)
    return bad(
      `--${damaged[0]} holds a character that could not be read, as text in another encoding than UTF-8 does.`,
      'Write it in ASCII, or in UTF-8 from a terminal or script that says so.',
    );
  const proxy = readProxyOptions(options);
  if (!proxy.ok) return bad(proxy.message, proxy.help);
  const policy = readPolicy(options['admin-settings']);
  if ('code' in policy) return policy;
  if (proxy.group !== null && policy.value !== null && Object.hasOwn(policy.value, 'proxy'))
    return bad(
      'The proxy is given twice: in --admin-settings and by options of its own.',
      'Leave one of the two out.',
    );
  const organizations = readOrganizations(options['allowed-org']);
  if ('code' in organizations) return organizations;
  const hub = typeof options.hub === 'string' ? readHubUrl(options.hub) : null;
  if (hub !== null && !hub.ok) return bad(`--hub: ${hub.message}`, hub.help);
  const { layout } = options;
  return {
    request: {
      layout: layout === 'mooring' || layout === 'docker' ? layout : null,
      policy: policy.value,
      proxy: proxy.group,
      allowedOrgs: organizations.names,
      hubUrl: hub === null ? null : hub.url,
      force: options.force === true,
      warnings: policy.warnings,
    },
  };
}

/** What whoever decodes text puts in the place of what is none. */
const REPLACEMENT = '\uFFFD';

function bad(message: string, help: string): Refusal {
  return { code: 'bad_request', message: `${message} Nothing was written.`, help };
}

interface GivenPolicy {
  readonly value: Readonly<Record<string, unknown>> | null;
  readonly warnings: readonly Problem[];
}

function readPolicy(given: string | true | undefined): GivenPolicy | Refusal {
  if (typeof given !== 'string') return { value: null, warnings: [] };
  const text = readInstallerText(given);
  if (!text.ok)
    return bad(
      `--admin-settings is not JSON. ${text.message}`,
      "Write {'configurationFileVersion': 2, …} in double quotes, or JSON in single quotes; MSI properties double every quote.",
    );
  const { problems } = readDocument(text.text, 'admin-settings', desktopCatalog);
  const refused = refuseErrors(problems);
  if (refused !== null) return refused;
  const json = readJson(text.text);
  if (!json.ok || typeof json.value !== 'object' || json.value === null)
    return bad('--admin-settings holds no object.', 'Write {} for a policy that decides nothing.');
  const control = controlCharacter(json.value);
  if (control !== null)
    return bad(
      `--admin-settings: ${control.path} holds ${control.name} where a backslash was meant to stand, or a line to end.`,
      'A backslash is written twice in JSON, in single quotes too: C:\\\\temp.',
    );
  // What is written is plain JSON: these are mended by writing it. Of a key that came twice one was left out.
  const mended = new Set<Problem['code']>(['byte_order_mark', 'lenient_json']);
  return { value: { ...json.value }, warnings: problems.filter(({ code }) => !mended.has(code)) };
}

/** A document with any error is not installed (docs/policy.md section 3). */
export function refuseErrors(problems: readonly Problem[]): Refusal | null {
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return null;
  const lines = errors.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  return {
    code: 'invalid_value',
    message: `The policy has ${errors.length === 1 ? 'an error' : `${errors.length} errors`}, and nothing was written.\n${lines.join('\n')}`,
    help: 'Mend what is named, and run the command again.',
    details: { problems: errors },
  };
}

function readOrganizations(
  given: string | true | undefined,
): { readonly names: readonly string[] | null } | Refusal {
  if (typeof given !== 'string') return { names: null };
  const { names } = readAllowedOrganizations(given);
  if (names.length === 0)
    return bad('--allowed-org names no organization.', 'Write --allowed-org=acme, or "acme;labs" for two.');
  const wrong = names.find((name) => !organizationNameSchema.safeParse(name).success);
  if (wrong === undefined) return { names };
  return bad(
    `--allowed-org: ${quote(wrong)} is not the name of an organization.`,
    'Names are lower-case letters, digits, "-" and "_"; write ";" between two of them.',
  );
}
