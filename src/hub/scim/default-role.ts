import { isObject } from './json.ts';
import type { ResourceBody } from './resource-body.ts';
import { DOCKER_USER_SCHEMA } from './schema/user.ts';

/** The role of whom nobody gave one (docs/identity.md section 4). */
export const UNSET_ROLE = 'member';

/** A user's attributes with the role that it has though the client never set one: lookups and answers show it. */
export function withDefaultRole(body: ResourceBody): ResourceBody {
  const extension = body[DOCKER_USER_SCHEMA.id];
  if (isObject(extension) && extension.dockerRole !== undefined) return body;
  return {
    ...body,
    [DOCKER_USER_SCHEMA.id]: { ...(isObject(extension) ? extension : {}), dockerRole: UNSET_ROLE },
  };
}
