import { isObject, type Json } from './json.ts';
import { GROUP_SCHEMA } from './schema/group.ts';
import { USER_SCHEMA } from './schema/user.ts';
import { ScimError } from './scim-error.ts';

const MESSAGES = 'urn:ietf:params:scim:api:messages:2.0:';

/** What a body may be by its `schemas`: a resource, or a message of the protocol. */
export const BODY_SCHEMAS = {
  user: USER_SCHEMA.id,
  group: GROUP_SCHEMA.id,
  patch: `${MESSAGES}PatchOp`,
  search: `${MESSAGES}SearchRequest`,
} as const;

const KNOWN: readonly string[] = [
  ...Object.values(BODY_SCHEMAS),
  ...['BulkRequest', 'BulkResponse', 'ListResponse', 'Error'].map((name) => `${MESSAGES}${name}`),
].map((urn) => urn.toLowerCase());

/**
 * Refuses a body whose `schemas` is no list of URNs, or says that it is something else. Without `schemas` it is taken
 * for what its address and method say: a client must send it (RFC 7643 section 3), but nothing hangs on it, and some
 * send URNs that no RFC knows (a test of Microsoft's gallery names PatchOp in the core namespace). Throws 400.
 */
export function requireSaid(body: unknown, wanted: string): void {
  if (!isObject(body)) return;
  const name = Object.keys(body).find((candidate) => candidate.toLowerCase() === 'schemas');
  const said = name === undefined ? undefined : body[name];
  if (said === undefined || said === null) return;
  const urns: readonly Json[] = Array.isArray(said) ? said : [said];
  if (!urns.every((urn) => typeof urn === 'string'))
    throw new ScimError(400, `schemas is a list of URNs, such as ["${wanted}"].`, 'invalidSyntax');
  const folded = urns.map((urn) => String(urn).toLowerCase());
  if (folded.includes(wanted.toLowerCase()) || !folded.some((urn) => KNOWN.includes(urn))) return;
  throw new ScimError(
    400,
    `The body is something else by its schemas: ${wanted} is expected here.`,
    'invalidSyntax',
  );
}
