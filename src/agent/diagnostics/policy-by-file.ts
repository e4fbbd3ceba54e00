import type { AcceptedBundle } from '../delivery/policy-delivery.ts';

/** The policy in force came by file, as on a site without a network (docs/delivery.md section 4). */
export interface PolicyByFile {
  /** RFC 3339: where it ends. */
  readonly until: string;
  /** It ended, or was imported longer ago than the organization allows: settings are frozen. */
  readonly stale: boolean;
}

/** `null`: what is in force was fetched, or there is nothing. */
export function policyByFile(bundle: AcceptedBundle | null): PolicyByFile | null {
  if (bundle === null || !bundle.offline) return null;
  const end = new Date((bundle.payload.exp ?? 0) * 1000);
  const until = Number.isNaN(end.getTime()) ? String(bundle.payload.exp) : end.toISOString();
  return { until, stale: bundle.stale };
}
