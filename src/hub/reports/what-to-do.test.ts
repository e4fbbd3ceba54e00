import { expect, it } from 'vitest';
import { BUNDLE_REFUSALS } from '../../shared/contracts/bundle.ts';
import { whatToDo } from './what-to-do.ts';

it('names the reason of a refused policy, and what an administrator does about it', () => {
  const advice = BUNDLE_REFUSALS.map((refused) => {
    const said = whatToDo({
      ...{ status: 'outdated' as const, hasDevice: true, hasApplied: true, frozen: null, errors: 0 },
      refused,
    });
    expect(said).toContain(`(${refused})`);
    return said;
  });
  expect(advice[BUNDLE_REFUSALS.indexOf('rolled_back')]).toMatch(/new number/);
  expect(advice[BUNDLE_REFUSALS.indexOf('unknown_key')]).toMatch(/hubKeys/);
  expect(advice[BUNDLE_REFUSALS.indexOf('bad_signature')]).toMatch(/proxies/);
});

it('tells a policy that grew too old from one that cannot be read', () => {
  for (const status of ['compliant', 'non_compliant', 'exception'] as const) {
    const said = (frozen: string | null) =>
      whatToDo({ status, hasDevice: true, hasApplied: true, refused: null, errors: 0, frozen });
    expect(said('policy_stale')).toMatch(/reaches the hub/);
    expect(said('policy_source_broken')).toMatch(/policy source/);
    expect(said(null)).not.toMatch(/frozen/);
  }
});
