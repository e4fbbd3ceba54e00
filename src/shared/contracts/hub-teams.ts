import { z } from 'zod';
import {
  instant,
  name,
  pageAnswer,
  policyReferenceSchema,
  searchSchema,
  sortSchema,
  uuid,
  wholeOrPageQuerySchema,
  words,
} from './hub-fields.ts';

/* Teams: groups of members that policies can be assigned to. */

export const teamSchema = z.object({
  id: uuid,
  name: z.string(),
  description: z.string(),
  members: z.int(),
  /** What its members receive unless they have a policy of their own; `null`: nothing of its own. */
  policy: policyReferenceSchema.nullable(),
  createdAt: instant,
});
export const teamQuerySchema = wholeOrPageQuerySchema.extend({
  /** Part of the name or the description. */
  search: searchSchema,
  sort: sortSchema(['name', 'members', 'created']).optional(),
});
export const teamListSchema = z.object({ teams: z.array(teamSchema), ...pageAnswer });
export const teamCreationSchema = z.object({ name: name(), description: words(2000).default('') });
/** What is left out stays. */
export const teamChangeSchema = z.object({
  name: name().optional(),
  description: words(2000).optional(),
});
export const teamMemberQuerySchema = wholeOrPageQuerySchema.extend({
  /** Part of the name or the e-mail address. */
  search: searchSchema,
  sort: sortSchema(['email', 'name']).optional(),
});
export const teamMemberListSchema = z.object({
  members: z.array(z.object({ userId: uuid, email: z.string(), name: z.string() })),
  ...pageAnswer,
});

export type TeamQuery = z.infer<typeof teamQuerySchema>;
export type TeamList = z.infer<typeof teamListSchema>;
export type TeamChange = z.infer<typeof teamChangeSchema>;
export type TeamMemberQuery = z.infer<typeof teamMemberQuerySchema>;
export type TeamMemberList = z.infer<typeof teamMemberListSchema>;
export type Team = z.infer<typeof teamSchema>;
