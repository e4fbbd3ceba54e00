import { z } from 'zod';
import { seenSchema } from '../seen.ts';

/*
 * Between the process in which the app's main bundle runs on the stand-in, and the test, which holds the browser
 * that draws its windows.
 */

const frameSchema = z.object({ url: z.string(), main: z.boolean() });

/** What the test tells or asks. Everything is answered. */
export const askSchema = z.discriminatedUnion('what', [
  z.object({ what: z.literal('request'), url: z.string(), method: z.string() }),
  z.object({ what: z.literal('may-load'), url: z.string() }),
  z.object({
    what: z.literal('ipc'),
    window: z.int(),
    answered: z.boolean(),
    channel: z.string(),
    args: z.array(z.unknown()),
    frame: frameSchema,
  }),
  z.object({ what: z.literal('open-window'), window: z.int(), url: z.string() }),
  z.object({ what: z.literal('navigate'), window: z.int(), url: z.string(), main: z.boolean() }),
  z.object({ what: z.literal('started'), window: z.int() }),
  z.object({ what: z.literal('moved'), window: z.int(), url: z.string() }),
  z.object({ what: z.literal('drawn'), window: z.int() }),
  z.object({ what: z.literal('permission'), permission: z.string(), url: z.string() }),
  z.object({ what: z.literal('download'), url: z.string() }),
  z.object({ what: z.literal('menu'), id: z.string() }),
  z.object({ what: z.literal('tray-click') }),
  z.object({ what: z.literal('notification-click'), index: z.int() }),
  z.object({ what: z.literal('close-window'), window: z.int() }),
  z.object({ what: z.literal('left'), window: z.int(), stays: z.boolean() }),
  z.object({ what: z.literal('page-gone'), window: z.int() }),
  z.object({ what: z.literal('open-url'), url: z.string() }),
  z.object({ what: z.literal('power'), event: z.string() }),
  z.object({ what: z.literal('stranger-opens') }),
  z.object({ what: z.literal('dark'), dark: z.boolean() }),
  z.object({ what: z.literal('quit') }),
]);
export const numberedAskSchema = z.object({ number: z.int(), ask: askSchema });
export type Ask = z.infer<typeof askSchema>;

/** The answer of the app's own scheme; `body` in base 64. */
export const servedSchema = z.object({
  status: z.int(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
});
export type Served = z.infer<typeof servedSchema>;

/** What the process reports. */
export const reportSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('seen'), seen: seenSchema }),
  z.object({ kind: z.literal('window'), window: z.int(), preload: z.string() }),
  z.object({ kind: z.literal('load'), window: z.int(), url: z.string() }),
  z.object({
    kind: z.literal('to-page'),
    window: z.int(),
    channel: z.string(),
    args: z.array(z.unknown()),
  }),
  z.object({ kind: z.literal('leave'), window: z.int() }),
  z.object({ kind: z.literal('closed'), window: z.int() }),
  z.object({ kind: z.literal('answer'), number: z.int(), value: z.unknown(), error: z.string().nullable() }),
]);
export type Report = z.infer<typeof reportSchema>;
