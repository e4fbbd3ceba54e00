import { z } from 'zod';
import { emailSchema } from '../../shared/contracts/hub-api.ts';
import type { SsoFailureClass } from '../../shared/contracts/hub-sso.ts';

/** Attributes as an identity provider sent them: an attribute without a value is there with an empty list. */
export type Attributes = ReadonlyMap<string, readonly string[]>;

/** Why a sign-in through an identity provider ended; `detail` says what was seen, for the owners. */
export interface SsoFailure {
  readonly class: SsoFailureClass;
  readonly detail: string;
  readonly email?: string | undefined;
}

/** What an identity provider says of a person, read from a verified answer. */
export const assertedIdentitySchema = z.object({
  issuer: z.string(),
  /** Who it is for that issuer: `sub` of OIDC, the e-mail address of SAML. */
  subject: z.string(),
  email: z.string(),
  givenName: z.string(),
  surname: z.string(),
  fullName: z.string(),
  groups: z.union([
    z.object({ kind: z.enum(['missing', 'overage']) }),
    z.object({ kind: z.literal('listed'), values: z.array(z.string()) }),
  ]),
  role: z.string().nullable(),
  organization: z.string().nullable(),
  team: z.string().nullable(),
  /** Longest session of a desktop in minutes. */
  sessionMinutes: z.int().min(1).nullable(),
});
export type AssertedIdentity = z.infer<typeof assertedIdentitySchema>;

const SOAP = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/';
const NAMES = {
  upn: [`${SOAP}upn`, 'upn'],
  emailAddress: [`${SOAP}emailaddress`, 'emailaddress'],
  email: ['email'],
  nameIdentifier: [`${SOAP}nameidentifier`],
  name: [`${SOAP}name`, 'name'],
  givenName: [`${SOAP}givenname`, 'givenname', 'given_name'],
  surname: [`${SOAP}surname`, 'surname', 'family_name'],
  groups: [
    'http://schemas.xmlsoap.org/claims/Group',
    'http://schemas.microsoft.com/ws/2008/06/identity/claims/groups',
    'Groups',
    'groups',
  ],
  groupsLink: ['http://schemas.microsoft.com/claims/groups.link', '_claim_names.groups', 'hasgroups'],
} as const;

/** Where an e-mail address may stand, in the order in which they count (docs/identity.md section 2). */
export interface FoundAddress {
  readonly source: string;
  readonly value: string;
}

/** Every address that came, the one that counts first. */
export function addressesOf(nameId: string | null, attributes: Attributes): readonly FoundAddress[] {
  const found: FoundAddress[] = [];
  const add = (source: string, value: string | undefined | null) => {
    if (value !== undefined && value !== null && value.trim() !== '')
      found.push({ source, value: value.trim() });
  };
  add('NameID', nameId);
  add('nameidentifier', first(attributes, NAMES.nameIdentifier));
  add('upn', first(attributes, NAMES.upn));
  add('emailaddress', first(attributes, NAMES.emailAddress));
  add('email', first(attributes, NAMES.email));
  return found;
}

/** Makes the identity of what was sent, or says what is missing. `subject` is the address where there is none. */
export function readIdentity(sent: {
  readonly issuer: string;
  readonly subject: string | null;
  readonly nameId: string | null;
  readonly attributes: Attributes;
}):
  | { readonly ok: true; readonly identity: AssertedIdentity }
  | { readonly ok: false; readonly failure: SsoFailure } {
  const { attributes } = sent;
  const [address] = addressesOf(sent.nameId, attributes);
  if (address === undefined)
    return failed('email_missing', 'No e-mail address came: neither NameID nor upn, emailaddress or email.');
  const email = emailSchema.safeParse(address.value);
  if (!email.success) {
    const kind =
      address.source === 'NameID' || address.source === 'nameidentifier'
        ? 'name_id_not_email'
        : 'email_missing';
    return failed(
      kind,
      `${address.source} is "${address.value.slice(0, 200)}", which is not an e-mail address.`,
    );
  }
  const minutes = first(attributes, ['dockerSessionMinutes'])?.trim() ?? '';
  const text = (names: readonly string[]) => first(attributes, names)?.trim().slice(0, 200) ?? '';
  return {
    ok: true,
    identity: {
      issuer: sent.issuer,
      subject: sent.subject ?? email.data.toLowerCase(),
      email: email.data,
      givenName: text(NAMES.givenName),
      surname: text(NAMES.surname),
      fullName: text(NAMES.name),
      groups: groupsOf(attributes),
      role: text(['dockerRole']) || null,
      organization: text(['dockerOrg']) || null,
      team: text(['dockerTeam']) || null,
      sessionMinutes: /^[1-9][0-9]{0,6}$/.test(minutes) ? Number(minutes) : null,
    },
  };
}

/** What an owner should look at although the answer is good. */
export function identityWarnings(nameId: string | null, attributes: Attributes) {
  const warnings: { code: string; message: string }[] = [];
  const addresses = addressesOf(nameId, attributes);
  const distinct = new Set(addresses.map(({ value }) => value.toLowerCase()));
  if (distinct.size > 1) {
    const list = addresses.map(({ source, value }) => `${source} = ${value}`).join(', ');
    warnings.push({
      code: 'addresses_differ',
      message: `Several addresses came (${list}); the first counts.`,
    });
  }
  const groups = groupsOf(attributes);
  if (groups.kind === 'missing')
    warnings.push({ code: 'groups_missing', message: 'No groups came: teams are left as they are.' });
  if (groups.kind === 'overage')
    warnings.push({
      code: 'groups_overage',
      message: 'A link came in place of the groups: there are too many.',
    });
  if (groups.kind === 'listed' && groups.values.some((group) => parseGroup(group) === null))
    warnings.push({
      code: 'group_format',
      message: 'A group is not of the form organization:team; all are left out.',
    });
  const minutes = first(attributes, ['dockerSessionMinutes']);
  if (minutes !== undefined && !/^[1-9][0-9]{0,6}$/.test(minutes.trim()))
    warnings.push({
      code: 'session_minutes',
      message: 'dockerSessionMinutes is not a whole number above zero.',
    });
  return warnings;
}

/** The parts of `organization:team`; `null` for anything else. */
export function parseGroup(text: string): { readonly organization: string; readonly team: string } | null {
  const at = text.indexOf(':');
  const organization = text.slice(0, at).trim();
  const team = text.slice(at + 1).trim();
  if (at < 1 || !/^[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?$/.test(organization)) return null;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is refused
  return team === '' || team.length > 200 || /[\u0000-\u001f\u007f]/.test(team)
    ? null
    : { organization, team };
}

function groupsOf(attributes: Attributes): AssertedIdentity['groups'] {
  if (NAMES.groupsLink.some((name) => attributes.has(name))) return { kind: 'overage' };
  const present = NAMES.groups.filter((name) => attributes.has(name));
  if (present.length === 0) return { kind: 'missing' };
  const values = present.flatMap((name) => attributes.get(name) ?? []).map((value) => value.trim());
  return { kind: 'listed', values: [...new Set(values.filter((value) => value !== ''))].slice(0, 2000) };
}

function first(attributes: Attributes, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = attributes.get(name)?.find((each) => each.trim() !== '');
    if (value !== undefined) return value;
  }
  return undefined;
}

function failed(failureClass: SsoFailureClass, detail: string) {
  return { ok: false as const, failure: { class: failureClass, detail } };
}
