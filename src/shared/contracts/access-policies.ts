import { z } from 'zod';

/*
 * Registry and image access of an organization: from where images may come (docs/delivery.md section 3). They travel
 * in the signed bundle as `registries` and `images`, and agents of this version show them without enforcing them.
 */

/** Most registries that an organization may list, and most repositories. */
export const MOST_REGISTRIES = 100;
const MOST_REPOSITORIES = 500;

/**
 * Kinds of images of the public registry: `organization`: published by this organization; `official`: curated;
 * `verified-publisher`: of publishers that the registry verified; `community`: everything else.
 */
export const IMAGE_CLASSES = ['organization', 'official', 'verified-publisher', 'community'] as const;
export const imageClassSchema = z.enum(IMAGE_CLASSES);

const LABEL = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';

/** A registry by its host name alone, in lower case: registries are told apart by name, never by port or path. */
export const registryHostSchema = z
  .string()
  .trim()
  .toLowerCase()
  .max(253, 'must be at most 253 characters long')
  .regex(
    new RegExp(`^${LABEL}(\\.${LABEL})*$`),
    'must be a host name such as registry.example.com: no https://, no port, no path, no *',
  );

/** A repository of the public registry that may be used whatever its class: `name` or `namespace/name`. */
export const repositorySchema = z
  .string()
  .trim()
  .max(255, 'must be at most 255 characters long')
  .regex(
    /^([a-z0-9]+([._-]+[a-z0-9]+)*\/)?[a-z0-9]+([._-]+[a-z0-9]+)*$/,
    'must be a repository such as library/postgres: lower case, no tag, no registry',
  );

const eachOnce = (list: readonly string[]) => new Set(list).size === list.length;

/** Registries that may be used; the list is never empty, because an empty one would forbid every image. */
export const registryAccessSchema = z.object({
  hosts: z
    .array(registryHostSchema)
    .min(1, 'needs at least one registry; allow every registry to have no list')
    .max(MOST_REGISTRIES, `must be at most ${MOST_REGISTRIES} registries`)
    .refine(eachOnce, 'names a registry twice'),
});

/** Kinds of images of the public registry that may be used, and repositories that may be whatever their kind. */
export const imageAccessSchema = z.object({
  classes: z.array(imageClassSchema).max(IMAGE_CLASSES.length).refine(eachOnce, 'names a class twice'),
  repositories: z
    .array(repositorySchema)
    .max(MOST_REPOSITORIES, `must be at most ${MOST_REPOSITORIES} repositories`)
    .refine(eachOnce, 'names a repository twice')
    .default([]),
});

/** What an organization decided. `null`: nothing, so every registry or image may be used. */
export const accessPoliciesSchema = z.object({
  registries: registryAccessSchema.nullable(),
  images: imageAccessSchema.nullable(),
  /** Counted up by each change; what `If-Match` names. */
  version: z.int(),
  /** `null`: never changed. */
  updatedAt: z.string().nullable(),
  updatedBy: z.string().nullable(),
});
/** What is left out stays as it is. */
export const accessPoliciesChangeSchema = z.object({
  registries: registryAccessSchema.nullable().optional(),
  images: imageAccessSchema.nullable().optional(),
});

/*
 * As devices receive them. A newer hub may know kinds and forms of names that an agent does not: those are shown as
 * they are, and never make an agent refuse the policy that comes with them.
 */
export const deliveredRegistriesSchema = z.object({ hosts: z.array(z.string()) });
export const deliveredImagesSchema = z.object({
  classes: z.array(z.string()),
  repositories: z.array(z.string()).default([]),
});

export type RegistryAccess = z.infer<typeof registryAccessSchema>;
export type ImageAccess = z.infer<typeof imageAccessSchema>;
export type AccessPolicies = z.infer<typeof accessPoliciesSchema>;
export type AccessPoliciesChange = z.infer<typeof accessPoliciesChangeSchema>;
