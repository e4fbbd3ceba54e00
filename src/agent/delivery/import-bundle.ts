import type { BundleRefusal } from '../../shared/contracts/bundle.ts';
import type { Refusal } from '../../shared/contracts/refusal.ts';
import type { PolicyOwner } from '../account/account-service.ts';
import { verifyOfflineBundle } from './bundle-verification.ts';
import type { HubKeyTrust } from './hub-key-trust.ts';
import { readHubUrl } from './hub-url.ts';
import type { ImportOutcome, OfflineBinding } from './policy-delivery.ts';
import type { PolicyHold } from './policy-hold.ts';

/**
 * Puts a bundle that came by file in force (docs/delivery.md section 4): signed by a key of the profile, for this hub,
 * an allowed organization and this user or every member, not ended, and not older than what was accepted before.
 */
export async function importBundle(
  parts: {
    readonly hold: PolicyHold;
    readonly trust: HubKeyTrust;
    readonly account: { readonly owner: () => PolicyOwner | null };
    readonly binding: OfflineBinding | null;
  },
  jws: string,
): Promise<ImportOutcome> {
  const { hold, trust, binding } = parts;
  const hub = binding === null ? null : readHubUrl(binding.hubUrl);
  if (binding === null || hub === null || !hub.ok) return { ok: false, refusal: NOT_BOUND };
  const owner = parts.account.owner();
  const known = owner !== null && owner.hubUrl === hub.url;
  const issuer = known ? owner.issuer : hub.url;
  const verdict = await verifyOfflineBundle(jws, {
    issuer,
    userId: known ? owner.userId : null,
    organizations: binding.organizations,
    now: hold.latestTime(),
    key: (kid) => trust.key(issuer, kid, 'fetched'),
    // Numbers are times: what is in force of the same organization, by file or fetched, counts as seen too.
    highestSeq: ({ sub, org }) => {
      const held = hold.accepted(null)?.payload;
      const inForce = held?.iss === issuer && held.org === org ? held.seq : null;
      const seen = hold.highestSeq({ issuer, userId: sub, organization: org });
      return inForce === null ? seen : Math.max(inForce, seen ?? 0);
    },
  });
  if (!verdict.ok) {
    const refusal = refusedImport(verdict.reason, verdict.message);
    hold.refuse(verdict.reason, `A policy imported by file was refused. ${verdict.message} ${refusal.help}`);
    return { ok: false, refusal };
  }
  const { payload } = verdict;
  try {
    const of = { issuer, userId: payload.sub, organization: payload.org };
    if (!(await hold.accept(of, jws, null, payload, { offline: true }))) return importBundle(parts, jws);
  } catch {
    const message = 'The policy could not be kept on disk, so the last one stays in force.';
    return { ok: false, refusal: { code: 'storage_failed', message } };
  }
  const what = payload.policy === null ? 'no policy' : `policy "${payload.policy.name}"`;
  const until = new Date((payload.exp ?? 0) * 1000).toISOString();
  return { ok: true, message: `Imported for "${payload.org}": ${what}, good until ${until}.` };
}

const NOT_BOUND: Refusal = {
  code: 'forbidden',
  message:
    'Policies are imported by file only where the configuration profile of this computer names the hub (hubUrl), its keys (hubKeys) and the organizations (allowedOrgs).',
  help: 'Ask whoever administers this computer to put all three into the profile.',
};

function refusedImport(reason: BundleRefusal, message: string): Refusal & { readonly help: string } {
  return {
    code: reason,
    message: `The file was refused, and the last policy stays in force. ${message}`,
    help:
      reason === 'unknown_key'
        ? 'The profile must hold the whole key (hubKeys) that signed it. Export a new file, or mend the profile.'
        : 'Export a new file at the hub for this organization and user.',
    details: { reason },
  };
}
