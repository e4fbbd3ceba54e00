import type { FastifyRequest } from 'fastify';
import { z } from 'zod';

/** A field sent twice, or not at all, is empty: forms of ours never do either. */
export const fieldSchema = z.string().max(2000).catch('');

/** What a form sent, whatever was sent in its place. */
export function sentFields(request: FastifyRequest): Record<string, unknown> {
  const parsed = z.record(z.string(), z.unknown()).safeParse(request.body);
  return parsed.success ? parsed.data : {};
}
