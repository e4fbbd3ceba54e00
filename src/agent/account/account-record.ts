import { z } from 'zod';
import { agentOrganizationSchema, sessionEndSchema } from '../../shared/contracts/agent-api.ts';
import type { StateFiles } from '../state-file.ts';

/** Who signed in on this device. Holds nothing that opens anything: the refresh token lives in the keychain. */
const signedInSchema = z.object({
  hubUrl: z.string(),
  issuer: z.string(),
  userId: z.string(),
  email: z.string(),
  name: z.string(),
  organizations: z.array(agentOrganizationSchema),
  /** What `useOrganization` chose; counts while it is eligible. */
  chosenOrganization: z.string().nullable(),
  signedInAt: z.string(),
  sessionExpiresAt: z.string().nullable(),
  /** Where the session was kept, and why not in the keychain. */
  storage: z.enum(['keychain', 'memory']),
  storageReason: z.string().nullable(),
  /** `ended`: the hub refused the session for good; the person must sign in again. */
  session: z.enum(['open', 'ended']),
  /** Why the hub ended it, where the hub said. */
  sessionEnd: sessionEndSchema.optional().catch(undefined),
});

const recordSchema = z.object({
  version: z.literal(1),
  /** Names this device at the hub and in the keychain; survives every sign-out. */
  deviceId: z.uuid(),
  /** The hub of the last sign-in, offered again. */
  lastHubUrl: z.string().nullable(),
  account: signedInSchema.nullable(),
  /** The person signed out where sign-in was not enforced, which ends the bundle (docs/delivery.md section 4). */
  policyEnded: z.boolean(),
});

export type SignedIn = z.infer<typeof signedInSchema>;
export type AccountRecord = z.infer<typeof recordSchema>;

/** The record as it stands; a missing or damaged one is begun anew, with another device id. */
export async function readAccountRecord(
  files: StateFiles,
  path: string,
  newId: () => string,
): Promise<AccountRecord> {
  const fresh: AccountRecord = {
    version: 1,
    deviceId: newId(),
    lastHubUrl: null,
    account: null,
    policyEnded: false,
  };
  try {
    const text = await files.read(path);
    if (text === null) return fresh;
    const parsed = recordSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : fresh;
  } catch {
    return fresh;
  }
}

export async function writeAccountRecord(
  files: StateFiles,
  path: string,
  record: AccountRecord,
): Promise<void> {
  await files.write(path, `${JSON.stringify(record, null, 2)}\n`);
}
