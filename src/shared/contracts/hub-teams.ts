import { z } from 'zod';
import { instant, name, pageQuerySchema, sortSchema, uuid } from './hub-fields.ts';

/* Teams: groups of members that policies can be assigned to. */

export const teamSchema = z.object({
  id: uuid,
  name: z.string(),
  description: z.string(),
  members: z.int(),
  createdAt: instant,
});
/** Without `limit` all teams are answered: they are chosen from. */
export const teamQuerySchema = z.object({
  /** Part of the name or the description. */
  search: z.string().max(200).optional(),
  sort: sortSchema(['name', 'members', 'created']).optional(),
  limit: z.coerce.number().int().min(1).max(500).optional(),
  cursor: pageQuerySchema.shape.cursor,
});
export const teamListSchema = z.object({
  teams: z.array(teamSchema),
  total: z.int(),
  next: z.string().nullable(),
});
export const teamCreationSchema = z.object({ name: name(), description: z.string().max(2000).default('') });
/** Without `limit` everyone is answered. */
export const teamMemberQuerySchema = z.object({
  search: z.string().max(200).optional(),
  sort: sortSchema(['email', 'name']).optional(),
  limit: z.coerce.number().int().min(1).max(500).optional(),
  cursor: pageQuerySchema.shape.cursor,
});
export const teamMemberListSchema = z.object({
  members: z.array(z.object({ userId: uuid, email: z.string(), name: z.string() })),
  total: z.int(),
  next: z.string().nullable(),
});

export type TeamQuery = z.infer<typeof teamQuerySchema>;
export type TeamList = z.infer<typeof teamListSchema>;
export type TeamMemberQuery = z.infer<typeof teamMemberQuerySchema>;
export type TeamMemberList = z.infer<typeof teamMemberListSchema>;
export type Team = z.infer<typeof teamSchema>;
