import { z } from 'zod';
import {
  type AccessPolicies,
  type AccessPoliciesChange,
  accessPoliciesChangeSchema,
  IMAGE_CLASSES,
} from '../../shared/contracts/access-policies.ts';
import { checkForm, type FormCheck } from '../parts/check-form.ts';

/** The form as it is typed: lists are text, one entry a line. */
export const typedAccessSchema = z.object({
  limitsRegistries: z.boolean(),
  hosts: z.string(),
  limitsImages: z.boolean(),
  classes: z.array(z.string()),
  repositories: z.string(),
});
export type TypedAccess = Readonly<z.infer<typeof typedAccessSchema>>;

/** What stands in the form for what is in force. Lists that are switched on begin with what works today. */
export function typedFrom({ registries, images }: AccessPolicies): TypedAccess {
  return {
    limitsRegistries: registries !== null,
    hosts: (registries?.hosts ?? ['docker.io']).join('\n'),
    limitsImages: images !== null,
    classes: images?.classes ?? IMAGE_CLASSES.filter((each) => each !== 'community'),
    repositories: (images?.repositories ?? []).join('\n'),
  };
}

/** The entries of a list, whatever stands between them. */
export function entriesOf(text: string): readonly string[] {
  return text.split(/[\s,;]+/).filter((entry) => entry !== '');
}

/** Holds the form against the hub's own schema. Problems go by the field: `registries.hosts`, `images.repositories`. */
export function checkAccess(typed: TypedAccess): FormCheck<AccessPoliciesChange> {
  return checkForm(accessPoliciesChangeSchema, {
    registries: typed.limitsRegistries ? { hosts: entriesOf(typed.hosts) } : null,
    images: typed.limitsImages
      ? { classes: typed.classes, repositories: entriesOf(typed.repositories) }
      : null,
  });
}

/** The problem of a list: its own, or that of its first bad entry, with the entry. */
export function listProblem(
  problems: { readonly [field: string]: string },
  field: string,
  entries: readonly string[],
): { readonly entry: string | null; readonly problem: string } | null {
  const own = problems[field];
  if (own !== undefined) return { entry: null, problem: own };
  for (const [index, entry] of entries.entries()) {
    const problem = problems[`${field}.${index}`];
    if (problem !== undefined) return { entry, problem };
  }
  return null;
}
