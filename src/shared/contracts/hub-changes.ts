import { z } from 'zod';

/*
 * What the console is told while a page is open (docs/administrators.md): that something of a kind changed, never what.
 * Whoever hears it reads again through the API, where roles decide what there is to see.
 */

/** Name of the one event of the stream. */
export const CHANGE_EVENT = 'change';
/** Sent last by a hub that wants the page to stay away until somebody looks at it again. */
export const STREAM_END_EVENT = 'end';

/**
 * How far back (milliseconds) a stream that opens tells what changed. A page that could listen only later than that after
 * it began to read has to read again.
 */
export const LOOK_BACK_MS = 30_000;

/**
 * Kinds: the first word of the audit log's actions, `device` for what devices report, and `*` when anything may have
 * changed.
 */
export const changeSchema = z.object({ topics: z.array(z.string()).min(1) });

export type Change = z.infer<typeof changeSchema>;
