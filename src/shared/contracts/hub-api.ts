/*
 * The hub's HTTP API for administrators, used by the Admin Console, the command line and other programs. The
 * routes, the OpenAPI document and the clients are all made from these shapes.
 */

export * from './hub-assignments.ts';
export * from './hub-audit.ts';
export * from './hub-documents.ts';
export * from './hub-domains.ts';
export {
  emailSchema,
  memberPathSchema,
  organizationNameSchema,
  organizationPathSchema,
  policyPathSchema,
  revisionPathSchema,
  roleSchema,
  teamMemberPathSchema,
  teamPathSchema,
  tokenPathSchema,
} from './hub-fields.ts';
export * from './hub-members.ts';
export * from './hub-organizations.ts';
export * from './hub-policies.ts';
export * from './hub-teams.ts';
export * from './hub-tokens.ts';
export { errorBodySchema } from './local-error.ts';
