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
/** Name of a setting, in requests: whatever is longer is none, and is not repeated to anybody. */
export const settingName = z.string().max(200);
/**
 * Counts before it looks at each: a body of megabytes holds more entries than anybody could mean, and to judge them all
 * would keep everybody else waiting.
 */
export const atMost = <T extends z.ZodType>(most: number, schema: T) =>
  z.preprocess((given, context) => {
    if (typeof given === 'object' && given !== null && Object.keys(given).length > most)
      context.addIssue({ code: 'custom', message: `there are more than ${most}` });
    return given;
  }, schema);
