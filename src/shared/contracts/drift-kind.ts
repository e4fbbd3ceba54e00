import { z } from 'zod';

/**
 * What was done to a file that the agent keeps right (docs/policy.md section 5). `permissions`: others were given rights
 * to it, or its owner's were taken away; of a machine file, that others could write it, so that it is ignored.
 */
export const driftKindSchema = z.enum([
  'value',
  'deleted_key',
  'deleted_file',
  'unparsable',
  'replaced',
  'invalid_value',
  'permissions',
]);

/** The name of the file that was found with other rights; left out where it is the settings store. */
export const driftFileSchema = z
  .string()
  .max(200)
  .refine((value) => !value.includes('\0') && value.isWellFormed(), 'must be well-formed text');
