import { z } from 'zod';
import { jsonValue } from './json-value.ts';
import { REFUSALS, type RefusalCode } from './refusal.ts';

/* What every answer of the local API that is not a success holds. */

const refusalCodes = Object.keys(REFUSALS) as [RefusalCode, ...RefusalCode[]];
/** Body of every answer that is not a success. */
export const errorBodySchema = z.object({
  error: z.object({
    code: z.enum(refusalCodes),
    message: z.string(),
    help: z.string().optional(),
    setting: z.string().optional(),
    details: z.record(z.string(), jsonValue).optional(),
  }),
});

export type ErrorBody = z.infer<typeof errorBodySchema>;
