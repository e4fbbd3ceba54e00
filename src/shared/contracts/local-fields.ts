import { z } from 'zod';

/* Fields that several parts of the local API share. */

/** A moment: ISO 8601 in UTC. */
export const instant = z.string();
/** Where policy comes from, strongest first (docs/policy.md section 1). */
export const layerSource = z.enum([
  'configuration-profile',
  'user-policy',
  'organization-policy',
  'admin-settings',
]);
/** Where a value comes from: a layer of policy, the user's choice, or the built-in default. */
export const valueSource = z.enum([...layerSource.options, 'user', 'default']);
/** Why nothing can be changed for now. */
export const freezeCode = z.enum(['policy_source_broken', 'policy_stale']);
