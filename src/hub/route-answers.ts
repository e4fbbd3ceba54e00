import { Readable } from 'node:stream';
import { z } from 'zod';
import { errorBodySchema } from '../shared/contracts/local-api.ts';

/** Schema of an answer without a body. */
export const noContent = z.undefined();

/**
 * A file that is described as the text it is and sent as a stream: a serializer would have to hold all of it, and an
 * organization may have any number of rows.
 */
export const streamedFile = z.instanceof(Readable).meta({ type: 'string', description: 'The file' });

/** The answers of a route: its success, and the one shape of everything else. */
export function answers<Status extends number, Body extends z.ZodType>(status: Status, body: Body) {
  return { [status]: body, '4xx': errorBodySchema, '5xx': errorBodySchema } as {
    readonly [key in Status]: Body;
  } & { readonly '4xx': typeof errorBodySchema; readonly '5xx': typeof errorBodySchema };
}
