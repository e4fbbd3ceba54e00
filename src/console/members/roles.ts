/** Roles, least first. */
export const ROLES = ['member', 'editor', 'owner'] as const;
export type Role = (typeof ROLES)[number];

/** How people became members. */
export const ORIGINS = ['manual', 'invitation', 'jit', 'scim'] as const;

/** Whether an account may sign in. */
export const STATUSES = ['active', 'disabled'] as const;

/** The role of that name, as a list of choices gives it back. */
export function roleNamed(name: string): Role | undefined {
  return ROLES.find((role) => role === name);
}
