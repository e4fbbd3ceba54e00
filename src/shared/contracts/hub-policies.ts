import { z } from 'zod';
import { exceptionSchema } from './bundle.ts';
import { documentParts, documentProblemSchema } from './hub-documents.ts';
import {
  instant,
  jsonObject,
  name,
  pageAnswer,
  pageQuerySchema,
  policyReferenceSchema,
  searchSchema,
  sortSchema,
  uuid,
  words,
} from './hub-fields.ts';
import { rolloutSchema } from './hub-rollouts.ts';

/* Policies of an organization. */

export const policySummarySchema = z.object({
  id: uuid,
  name: z.string(),
  description: z.string(),
  /** Number of the document in force, from 1. */
  revision: z.int(),
  /** Changes with every change of the policy: send it back as `If-Match`. */
  version: z.int(),
  isDefault: z.boolean(),
  assignedUsers: z.int(),
  /** Teams whose members receive it, unless they have a policy of their own. */
  teams: z.array(z.object({ id: uuid, name: z.string() })),
  /** A later or earlier revision on its way to some members; `null`: everyone receives `revision`. */
  rollout: rolloutSchema.nullable(),
  /** What users may override for a time (docs/delivery.md section 6). */
  exceptions: z.array(exceptionSchema),
  createdAt: instant,
  /** When what devices receive of this policy last changed. */
  updatedAt: instant,
  /** Who wrote the document in force. */
  changedBy: z.string(),
});
export const policySchema = policySummarySchema.extend({
  document: jsonObject,
  /** The document exactly as it was saved. */
  text: z.string(),
  /** Warnings: a document with errors is never saved. */
  problems: z.array(documentProblemSchema),
});
export const policyQuerySchema = pageQuerySchema.extend({
  /** Part of the name or the description. */
  search: searchSchema,
  /** `order`: the order of the list, which decides among teams. */
  sort: sortSchema(['order', 'name', 'revision', 'assigned', 'changed']).optional(),
});
export const policyListSchema = z.object({ policies: z.array(policySummarySchema), ...pageAnswer });
/** How many devices that should have each policy follow it. */
export const policyComplianceSchema = z.object({
  policies: z.array(
    z.object({
      policyId: uuid,
      devices: z.int(),
      /** Compliant, or but for a granted override. */
      following: z.int(),
    }),
  ),
});
export const policyCreationSchema = z
  .object({
    name: name(),
    description: words(2000).default(''),
    ...documentParts,
    reason: words(1000).default(''),
  })
  .refine(
    (body) => (body.text === undefined) !== (body.document === undefined),
    'needs either text or document',
  );
export const policyChangeSchema = z
  .object({
    name: name().optional(),
    description: words(2000).optional(),
    ...documentParts,
    reason: words(1000).default(''),
  })
  .refine(
    (body) => body.text === undefined || body.document === undefined,
    'takes text or document, not both',
  );
/** Forms of a policy as a file; the signed bundle is asked for by itself (`offline-bundles`). */
export const POLICY_FILE_FORMATS = ['admin-settings', 'mobileconfig', 'reg'] as const;
export const policyExportQuerySchema = z.object({
  format: z.enum(POLICY_FILE_FORMATS).default('admin-settings'),
});
export const policyDuplicationSchema = z.object({ name: name() });
/** All policies in their order, first those that count first. */
export const policyOrderListSchema = z.object({
  policies: z.array(policyReferenceSchema.extend({ teams: z.array(z.string()) })),
});
export const policyOrderSchema = z.object({ policyIds: z.array(uuid).max(10_000) });

export type PolicySummary = z.infer<typeof policySummarySchema>;
export type Policy = z.infer<typeof policySchema>;
export type PolicyCreation = z.infer<typeof policyCreationSchema>;
export type PolicyQuery = z.infer<typeof policyQuerySchema>;
export type PolicyList = z.infer<typeof policyListSchema>;
export type PolicyFileFormat = (typeof POLICY_FILE_FORMATS)[number];
export type PolicyChange = z.infer<typeof policyChangeSchema>;
