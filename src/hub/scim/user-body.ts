import { isObject } from './json.ts';
import type { ResourceBody } from './resource-body.ts';
import { ScimError } from './scim-error.ts';
import type { ScimUserRow } from './user-resource.ts';

/** The resource as the engine works on it: what is kept in columns put back in its place. */
export function bodyOf(row: ScimUserRow): ResourceBody {
  return {
    ...row.resource,
    userName: row.user_name,
    active: row.active,
    ...(row.external_id === null ? {} : { externalId: row.external_id }),
  };
}

/** The columns of a row that a body fills. */
export function columnsOf(body: ResourceBody) {
  const { active, externalId } = body;
  return {
    user_name: userNameOf(body),
    external_id: typeof externalId === 'string' ? externalId : null,
    active: active !== false,
    resource: JSON.stringify(keptOf(body)),
  };
}

/** What of a body is kept as it is, apart from what has a column of its own. */
export function keptOf(body: ResourceBody): ResourceBody {
  const { userName: _userName, active: _active, externalId: _externalId, ...kept } = body;
  return kept;
}

/** The body's userName, which is required. Throws 400. */
export function userNameOf(body: ResourceBody): string {
  const { userName } = body;
  if (typeof userName === 'string' && userName !== '') return userName;
  throw new ScimError(400, 'userName is required and must not be empty.', 'invalidValue');
}

/** The name that the account gets: displayName, else the parts of `name`; `undefined` when none is said. */
export function fullName(body: ResourceBody): string | undefined {
  const { name, displayName } = body;
  const part = (key: string): string => {
    const value = isObject(name) ? name[key] : undefined;
    return typeof value === 'string' ? value.trim() : '';
  };
  const display = typeof displayName === 'string' ? displayName.trim() : '';
  const full = display || `${part('givenName')} ${part('familyName')}`.trim() || part('formatted');
  return full === '' ? undefined : full.slice(0, 200);
}
