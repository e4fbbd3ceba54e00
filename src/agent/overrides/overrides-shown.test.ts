import { afterEach, describe, expect, it } from 'vitest';
import type { BundleOverride, BundlePayload } from '../../shared/contracts/bundle.ts';
import { errorBodySchema, overridesAnswerSchema } from '../../shared/contracts/local-api.ts';
import type { PolicyOwner } from '../account/account-service.ts';
import type { HubAnswer } from '../delivery/hub-http.ts';
import type { PolicyDelivery } from '../delivery/policy-delivery.ts';
import { type AgentWorld, bundle, makeWorld, person, type WorldOptions } from '../testing/agent-world.ts';

/* Which overrides and exceptions a person here is shown, and whom the hub is not even asked for. */

let world: AgentWorld;
afterEach(() => world.end());

const OWNER: PolicyOwner = {
  ...{ hubUrl: 'https://hub.example', issuer: 'https://hub.example', userId: 'user-1' },
  ...{ organization: 'acme', memberships: ['acme'] },
};
const LOCKS = {
  configurationFileVersion: 2,
  analyticsEnabled: { locked: true, value: false },
  proxy: { locked: true, mode: 'manual', http: 'http://proxy.acme.example:3128' },
};
const UNTIL = '2999-01-01T00:00:00.000Z';
const granted = (id: string, setting: string, value: BundleOverride['value']): BundleOverride => ({
  ...{ id, setting, value, until: UNTIL },
});

/** An agent that holds this bundle, started. */
async function holding(
  more: Partial<BundlePayload>,
  held: { readonly ofPreviousAccount?: boolean } = {},
  options: Pick<WorldOptions, 'hub' | 'sync'> = {},
): Promise<void> {
  const kept = bundle(LOCKS, {}, more);
  if (kept.bundle === null) throw new Error('no bundle');
  world = await makeWorld({
    delivery: { ...kept, bundle: { ...kept.bundle, ...held } },
    ...options,
  });
  await world.agent.start({ schedule: false, watch: false });
}

async function shown() {
  const answer = await world.agent.fetch(new Request('http://agent/v1/overrides'));
  return overridesAnswerSchema.parse(await answer.json());
}

async function refusalOf(
  path: string,
  body: object,
): Promise<{ readonly code: string; readonly message: string }> {
  const answer = await world.agent.fetch(
    new Request(`http://agent${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    }),
  );
  return errorBodySchema.parse(await answer.json()).error;
}
const asked = () =>
  refusalOf('/v1/overrides', { setting: 'analyticsEnabled', value: true, reason: 'to see', seconds: 60 });
const ended = () => refusalOf('/v1/overrides/end', { setting: 'analyticsEnabled' });

describe('what is shown', () => {
  it('is in force here, with a password in its value masked', async () => {
    await holding({
      overrides: [
        granted('g1', 'analyticsEnabled', true),
        granted('g2', 'proxyHttp', 'http://ada:secret@proxy.example.com:3128'),
      ],
    });
    const { overrides } = await shown();
    expect(overrides.map(({ id, setting }) => [id, setting])).toEqual([
      ['g1', 'analyticsEnabled'],
      ['g2', 'proxyHttp'],
    ]);
    expect(overrides[0]?.value).toBe(true);
    expect(JSON.stringify(overrides)).toContain('proxy.example.com');
    expect(JSON.stringify(overrides)).not.toContain('secret');
  });

  it('of two grants of one setting is the one that is in force', async () => {
    await holding({
      overrides: [granted('g1', 'analyticsEnabled', true), granted('g2', 'analyticsEnabled', false)],
    });
    expect((await shown()).overrides).toHaveLength(1);
  });

  it('may be asked for on this system: what there is on another one only is left out', async () => {
    const exceptions = ['analyticsEnabled', 'wslEngineEnabled', 'timeMachineBackup'].map((setting) => ({
      ...{ setting, maxSeconds: 3600 },
    }));
    await holding({ exceptions });
    expect((await shown()).exceptions.map(({ setting }) => setting)).toEqual(['analyticsEnabled']);
  });

  it('is nobody else\u2019s: the policy of the account before tells neither', async () => {
    const exceptions = [{ setting: 'analyticsEnabled', maxSeconds: 3600 }];
    const overrides = [granted('g1', 'analyticsEnabled', true)];
    await holding({ exceptions, overrides }, { ofPreviousAccount: true });
    expect(await shown()).toEqual({ overrides: [], exceptions: [] });
  });
});

describe('whoever', () => {
  const exceptions = [{ setting: 'analyticsEnabled', maxSeconds: 3600 }];

  it('has no session is told to sign in, without asking the hub', async () => {
    await holding({ exceptions });
    world.signIn({ ...person('acme'), state: 'sign-in-again' }, OWNER);
    expect(await asked()).toMatchObject({
      code: 'sign_in_required',
      message: 'An override is asked for in your name, and nobody is signed in.',
    });
  });

  it('follows no organization is told that there is nothing to override', async () => {
    await holding({ exceptions });
    world.signIn(person(), { ...OWNER, organization: null, memberships: [] });
    expect(await asked()).toMatchObject({
      code: 'override_not_allowed',
      message:
        'No organization of yours decides the settings of this device, so there is nothing to override.',
    });
  });
});

describe('an answer of the hub', () => {
  const exceptions = [{ setting: 'analyticsEnabled', maxSeconds: 3600 }];
  const overrides = [granted('g1', 'analyticsEnabled', true)];
  const answering = (status: number, body: unknown) => async (): Promise<HubAnswer> => ({
    ...{ ok: true, status, headers: {} },
    body: JSON.stringify(body),
  });

  it('that is none is not taken for a grant', async () => {
    await holding({ exceptions }, {}, { hub: answering(200, { granted: 'yes' }) });
    world.signIn(person('acme'), OWNER);
    expect((await asked()).message).toBe(
      'The hub gave an answer about the override that is not understood; it is probably of another version.',
    );
  });

  it('that has not arrived here says so, and why where that is known', async () => {
    let fetched: Awaited<ReturnType<PolicyDelivery['sync']>> = { outcome: 'unchanged', message: 'The same.' };
    const hub = answering(201, {
      override: { ...granted('g1', 'analyticsEnabled', true), reason: 'to see', grantedAt: UNTIL },
      seq: 99,
    });
    await holding({ exceptions }, {}, { hub, sync: async () => fetched });
    world.signIn(person('acme'), OWNER);
    expect((await asked()).message).toBe(
      'The hub has noted it, but its policy has not arrived here yet; it will by itself.',
    );
    const error = { code: 'unreachable' as const, message: 'The hub was not reached.' };
    fetched = { outcome: 'failed', message: error.message, error };
    expect((await asked()).message).toBe(
      'The hub has noted it, but its policy has not arrived here yet; it will by itself. The hub was not reached.',
    );
  });

  it('that it knows no such override any more is as good as the end', async () => {
    const gone = answering(404, { error: { code: 'not_found', message: 'It has ended.' } });
    await holding({ overrides }, {}, { hub: gone });
    world.signIn(person('acme'), OWNER);
    expect((await ended()).message).toContain('has not arrived here yet');
  });

  it('that refuses the end is told in its words', async () => {
    const no = answering(403, { error: { code: 'forbidden', message: 'You may not.' } });
    await holding({ overrides }, {}, { hub: no });
    world.signIn(person('acme'), OWNER);
    expect((await ended()).message).toBe('You may not.');
  });
});
