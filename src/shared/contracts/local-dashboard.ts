import { z } from 'zod';
import { instant } from './local-fields.ts';

/* The door of the dashboard, and what tells it to read again. */

/** `POST /v1/dashboard`: opens the loopback door; the fragment's token is good once, for 60 s. */
export const dashboardAnswerSchema = z.object({ url: z.string(), expiresAt: instant });
/** `POST /v1/session` on the loopback door: exchanges that token for a bearer. */
export const sessionRequestSchema = z.object({ token: z.string().max(200) });
export const sessionAnswerSchema = z.object({ bearer: z.string() });

/** Server-sent events of `GET /v1/events`: each only says what to read again. */
export const localEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('settings'), changed: z.array(z.string()) }),
  z.object({ type: z.literal('status') }),
  z.object({ type: z.literal('account') }),
  z.object({ type: z.literal('drift') }),
]);

export type LocalEvent = z.infer<typeof localEventSchema>;
