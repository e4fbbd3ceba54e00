import { z } from 'zod';
import type { BundlePayload } from '../../shared/contracts/bundle.ts';
import type { StateFiles } from '../state-file.ts';
import { verifyBundle, verifyOfflineBundle } from './bundle-verification.ts';
import type { HubKeyTrust } from './hub-key-trust.ts';

/** For whom a bundle was accepted. */
export interface BundleOwner {
  readonly issuer: string;
  readonly userId: string;
  readonly organization: string;
}

const keptBundleSchema = z.object({
  /** As the hub sent it, so that it can be verified again. */
  jws: z.string(),
  etag: z.string().nullable(),
  /** ISO 8601. */
  fetchedAt: z.string(),
  issuer: z.string(),
  userId: z.string(),
  organization: z.string(),
  /** It came by file (docs/delivery.md section 4). */
  offline: z.boolean().default(false),
});

/**
 * The bundle file. Bundle and numbers stand in one file because they change together: a bundle without its number
 * could be rolled back, a number without its bundle would refuse the bundle that is in force.
 */
const deliveryFileSchema = z.object({
  version: z.literal(1),
  bundle: keptBundleSchema.nullable(),
  /** `seqKey` of a user and organization to the highest number accepted for them. */
  highest: z.record(z.string(), z.int()),
  /** Grace period, wall clock in milliseconds (grace.ts). */
  grace: z.object({ lastSuccess: z.number(), latestSeen: z.number(), stale: z.boolean() }).nullable(),
});

export type KeptBundle = z.infer<typeof keptBundleSchema>;
export type DeliveryFile = z.infer<typeof deliveryFileSchema>;

export const EMPTY_DELIVERY_FILE: DeliveryFile = { version: 1, bundle: null, highest: {}, grace: null };

/** Names a user of a hub in an organization; JSON, because any of the three may hold any sign. */
export function seqKey(owner: BundleOwner): string {
  return JSON.stringify([owner.issuer, owner.userId, owner.organization]);
}

/** The file as it stands. `broken`: it is there and cannot be read, which is not the same as absent. */
export async function readDeliveryFile(
  files: StateFiles,
  path: string,
): Promise<{ readonly file: DeliveryFile; readonly broken: string | null }> {
  try {
    const text = await files.read(path);
    if (text === null) return { file: EMPTY_DELIVERY_FILE, broken: null };
    const parsed = deliveryFileSchema.safeParse(JSON.parse(text));
    if (parsed.success) return { file: parsed.data, broken: null };
    return { file: EMPTY_DELIVERY_FILE, broken: `The kept policy in ${path} is damaged.` };
  } catch {
    return { file: EMPTY_DELIVERY_FILE, broken: `The kept policy in ${path} cannot be read.` };
  }
}

export async function writeDeliveryFile(files: StateFiles, path: string, file: DeliveryFile): Promise<void> {
  await files.write(path, `${JSON.stringify(file)}\n`);
}

/**
 * Verifies a kept bundle again. Its end (`exp`) and its number are not looked at: they decided when it was accepted,
 * and a bundle in force ends by nobody's clock (docs/delivery.md section 4).
 */
export async function verifyKept(
  kept: KeptBundle,
  trust: HubKeyTrust,
): Promise<
  | { readonly payload: BundlePayload }
  | { readonly refusal: Exclude<Awaited<ReturnType<typeof verifyBundle>>, { ok: true }> }
> {
  const { issuer, userId, organization } = kept;
  const common = { issuer, now: null, key: (kid: string) => trust.key(issuer, kid, 'kept') };
  const verdict = kept.offline
    ? await verifyOfflineBundle(kept.jws, {
        ...{ ...common, userId, organizations: [organization], highestSeq: () => null },
      })
    : await verifyBundle(kept.jws, { ...common, userId, organization, highestSeq: null });
  return verdict.ok ? { payload: verdict.payload } : { refusal: verdict };
}
