import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TxtResolver } from '../domains/domain-proof.ts';
import { claimDomain, forceDomain, recheckDomains, verifyDomain } from '../domains/domain-service.ts';
import { writeToOwnersOfFailingDomains } from '../domains/failing-letters.ts';
import { startTestSmtp } from '../invitations/test-smtp.ts';
import { noMail } from '../mail/mailer.ts';
import { smtpMailer } from '../mail/smtp-mailer.ts';
import { noteRefusal } from '../scim/refusals.ts';
import { ScimError } from '../scim/scim-error.ts';
import { changeSignInSettings } from '../sso/sign-in-settings.ts';
import { startTestApi, type TestApi } from '../test-api.ts';

let api: TestApi;
let post: Awaited<ReturnType<typeof startTestSmtp>>;
beforeAll(async () => {
  api = await startTestApi();
  post = await startTestSmtp();
});
afterAll(async () => {
  await post.stop();
  await api.stop();
});

const context = () => ({
  actor: { kind: 'system' as const, name: 'test' },
  sourceAddress: null,
  at: new Date(),
});
const attention = async () => {
  const answer = await api.send({ as: 'owner', method: 'GET', url: '/v1/orgs/acme/attention' });
  expect(answer.statusCode).toBe(200);
  return answer.json().items as readonly { code: string; about: { name: string }; message: string }[];
};
const about = async (code: string) => (await attention()).filter((item) => item.code === code);

it('warns of a failing domain by one letter to each owner, and in the list until it is proved again', async () => {
  const { db } = api.database;
  const organizationId = api.ids.organizationId;
  const { domain } = await claimDomain(db, context(), organizationId, 'failing.example');
  const where = { organizationId, domainId: domain.id };
  const found: TxtResolver = { txt: async () => ({ ok: true, values: [domain.record.value] }) };
  const gone: TxtResolver = { txt: async () => ({ ok: true, values: [] }) };
  await verifyDomain(db, context(), found, where);
  const mail = smtpMailer({ url: post.url, from: 'hub@acme.example', onError: () => undefined });
  const write = (mailer = mail) => writeToOwnersOfFailingDomains(db, mailer, 'https://hub.acme.example');
  expect([await write(), await about('domain_failing')]).toEqual([0, []]);

  await recheckDomains(db, context(), gone, new Date(Date.now() + 1000));
  expect(await about('domain_failing')).toMatchObject([
    { about: { kind: 'domain', name: 'failing.example' }, message: expect.stringContaining('not found') },
  ]);
  // Without a mail server the letter waits for one; then it is sent once, to owners only.
  expect(await write(noMail)).toBe(0);
  expect([await write(), await write()]).toEqual([1, 0]);
  expect(post.letters).toHaveLength(1);
  expect(post.letters[0]).toContain('To: owner@acme.example');
  expect(post.letters[0]).toContain('failing.example could not be verified again');
  await verifyDomain(db, context(), gone, where);
  expect(await write()).toBe(0);

  await verifyDomain(db, context(), found, where);
  expect(await about('domain_failing')).toEqual([]);
  await verifyDomain(db, context(), gone, where);
  expect(await write()).toBe(1);
  await forceDomain(db, context(), where);
  expect(await about('domain_failing')).toEqual([]);
  mail.stop();
});

it('writes to no owner who came by SCIM or is disabled', async () => {
  const { db } = api.database;
  const organizationId = api.ids.organizationId;
  const { domain } = await claimDomain(db, context(), organizationId, 'quiet.example');
  await db
    .updateTable('domains')
    .set({ verified_at: new Date(), failing_since: new Date() })
    .where('id', '=', domain.id)
    .execute();
  const sent: string[] = [];
  const mail = {
    sends: true,
    send: async ({ to }: { readonly to: string }) => sent.push(to) > 0,
    stop: () => undefined,
  };
  const origin = (value: 'scim' | 'manual') =>
    db
      .updateTable('memberships')
      .set({ origin: value })
      .where('organization_id', '=', organizationId)
      .where('role', '=', 'owner')
      .execute();
  await origin('scim');
  expect(await writeToOwnersOfFailingDomains(db, mail, 'https://hub.acme.example')).toBe(0);
  await origin('manual');
  expect(await writeToOwnersOfFailingDomains(db, mail, 'https://hub.acme.example')).toBe(1);
  expect(sent).toEqual(['owner@acme.example']);
});

it('names owners who sign in with a password alone, until they have a factor or are asked for one', async () => {
  const { db } = api.database;
  const CODE = 'owner_without_second_factor';
  const { organizationId } = api.ids;
  const owners = await db
    .selectFrom('memberships as m')
    .innerJoin('users as u', 'u.id', 'm.user_id')
    .select(['u.id', 'u.password_hash as password'])
    .where('m.organization_id', '=', organizationId)
    .where('m.role', '=', 'owner')
    .execute();
  const setPassword = (password: string | null) =>
    db
      .updateTable('users')
      .set({ password_hash: password })
      .where(
        'id',
        'in',
        owners.map(({ id }) => id),
      )
      .execute();
  const ask = (asks: boolean) =>
    changeSignInSettings(db, context(), organizationId, { ownersNeedSecondFactor: asks });
  await setPassword(null);
  // Nobody comes in by a password.
  expect(await about(CODE)).toEqual([]);
  await setPassword('never matches');
  const [said] = await about(CODE);
  expect(said).toMatchObject({
    about: { kind: 'organization', id: organizationId },
    count: owners.length,
    message: expect.stringContaining('with a password alone'),
  });
  const editor = await api.send({ as: 'editor', method: 'GET', url: '/v1/orgs/acme/attention' });
  expect(editor.json()).toEqual({ items: [] });
  await ask(true);
  expect(await about(CODE)).toEqual([]);
  await ask(false);
  const factors = owners.map(({ id }) => ({ user_id: id, sealed: Buffer.from('x'), created_at: new Date() }));
  await db.insertInto('second_factors').values(factors).execute();
  // An app that was begun and never confirmed is none.
  expect(await about(CODE)).toHaveLength(1);
  await db.updateTable('second_factors').set({ confirmed_at: new Date() }).execute();
  expect(await about(CODE)).toEqual([]);
  await db.deleteFrom('second_factors').execute();
  await setPassword(null);
});

it('lists what SCIM was refused in the last day, and nothing of another organization', async () => {
  const { db } = api.database;
  const refuse = (connectionId: string, at: Date, detail: string) =>
    noteRefusal(db, {
      connectionId,
      at,
      method: 'POST',
      path: '/scim/v2/Users',
      sourceAddress: '127.0.0.1',
      error: new ScimError(400, detail, 'invalidValue'),
    });
  await refuse(api.ids.connectionId, new Date(Date.now() - 48 * 3_600_000), 'long ago');
  expect(await about('scim_refused')).toEqual([]);
  await refuse(api.ids.connectionId, new Date(), 'first');
  await refuse(api.ids.connectionId, new Date(), 'second');
  await refuse(api.ids.connectionId, new Date(), 'second');
  await refuse(api.ids.sharedConnectionId, new Date(), 'of another organization');
  const items = await about('scim_refused');
  expect(items).toMatchObject([{ about: { kind: 'connection', name: 'Walk' } }]);
  expect(items[0]?.message).toContain('3 requests in the last day, at last: second');
  const editor = await api.send({ as: 'editor', method: 'GET', url: '/v1/orgs/acme/attention' });
  expect([editor.statusCode, editor.json()]).toEqual([200, { items: [] }]);
});
