import { z } from 'zod';
import { jsonValue } from './json-value.ts';

/*
 * Fields, paths and queries that several parts of the hub's API for administrators share.
 */

/** A moment: ISO 8601 in UTC. */
export const instant = z.string();
/** Identity of a row. */
export const uuid = z.uuid();
/** Text for people: trimmed, without control characters (which also never fit into the database). */
export const line = (most: number) =>
  z
    .string()
    .trim()
    .max(most)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is refused
    .regex(/^[^\u0000-\u001f\u007f\p{Cs}]*$/u, 'must be one line of text');
/** Text of any number of lines, such as a reason: no NUL and no half of a surrogate pair, which no database keeps. */
export const words = (most: number) =>
  z
    .string()
    .max(most)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is refused
    .regex(/^[^\u0000\p{Cs}]*$/u, 'must be well-formed text');
/** A line that has to say something. */
export const name = (most = 200) => line(most).min(1);

/** What a member may do (docs/identity.md). */
export const roleSchema = z.enum(['member', 'editor', 'owner']);
/** How a member came to the organization. */
export const originSchema = z.enum(['manual', 'invitation', 'jit', 'scim']);
/** An e-mail address, not longer than mail allows. */
export const emailSchema = z
  .string()
  .trim()
  .max(254)
  .regex(/^[^@\s\p{C}]+@[^@\s\p{C}]+$/u, 'must be an e-mail address');
/** An organization's name: what `allowedOrgs` lists. */
export const organizationNameSchema = z
  .string()
  .regex(
    /^[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?$/,
    'must be 1 to 63 lower-case letters, digits, "-" or "_", beginning and ending with a letter or digit',
  );
/** A document of policy, or what was there before and after a change. */
export const jsonObject = z.record(z.string(), jsonValue);
/** A policy as other things name it. */
export const policyReferenceSchema = z.object({ id: uuid, name: z.string() });

export const organizationPathSchema = z.object({ organization: z.string() });
export const memberPathSchema = organizationPathSchema.extend({ userId: uuid });
export const policyPathSchema = organizationPathSchema.extend({ policyId: uuid });
export const revisionPathSchema = policyPathSchema.extend({
  revision: z.coerce
    .number()
    .int()
    .min(1)
    .max(2 ** 31 - 1),
});
export const teamPathSchema = organizationPathSchema.extend({ teamId: uuid });
export const teamMemberPathSchema = teamPathSchema.extend({ userId: uuid });
export const tokenPathSchema = organizationPathSchema.extend({ tokenId: uuid });

const pageSize = z.coerce.number().int().min(1).max(500);
/** `cursor` is what the page before answered as `next`; opaque. It holds the value that rows are sorted by. */
export const pageQuerySchema = z.object({
  limit: pageSize.default(100),
  cursor: z.string().max(2000).optional(),
});
/** Without `limit` everything is answered: for what is chosen from, and for callers from before there were pages. */
export const wholeOrPageQuerySchema = pageQuerySchema.extend({ limit: pageSize.optional() });
/** Part of what is searched; nothing in it is a wildcard. */
export const searchSchema = z.string().max(200).optional();
/** What a page tells about the list as a whole. */
export const pageAnswer = {
  /** All that match. */
  total: z.int(),
  /** `cursor` of the next page; `null` on the last. */
  next: z.string().nullable(),
};

/** Orders of a list by name; with "-" before it, the other way round. */
export const sortSchema = <const Names extends readonly [string, ...string[]]>(names: Names) =>
  z.enum([...names, ...names.map((each) => `-${each}` as const)] as [
    Names[number],
    ...(Names[number] | `-${Names[number]}`)[],
  ]);
