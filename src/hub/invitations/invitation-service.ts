import { sql } from 'kysely';
import type {
  Invitation,
  InvitationCreation,
  InvitationList,
  InvitationQuery,
  InvitationResult,
} from '../../shared/contracts/hub-provisioning.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { demandRecentSignIn } from '../access.ts';
import { type ChangeContext, recordChange } from '../audit/record.ts';
import type { Db, Reader, Trx } from '../database/connection.ts';
import { having, searching } from '../database/contains.ts';
import type { ListOrder } from '../database/keyset.ts';
import { readPage } from '../database/read-page.ts';
import type { Role } from '../database/schema.ts';
import { lockOrganization } from '../policies/recipients.ts';
import { createOneTimeSecret } from '../secrets/one-time-secret.ts';
import { addressesOfCsv, addressesOfList, readAddresses } from './address-list.ts';
import { DAYS, type InvitingPlace, letter, linkOf, sendLetters } from './invitation-letters.ts';

const DAY_MS = 86_400_000;

interface InvitationRow {
  readonly id: string;
  readonly email: string;
  readonly role: Role;
  readonly team_id: string | null;
  readonly team_name: string | null;
  readonly invited_by: string | null;
  readonly created_at: Date;
  readonly expires_at: Date;
}

const COLUMNS = sql`i.id, i.email, i.role, i.team_id, t.name as team_name, u.email as invited_by, i.created_at, i.expires_at`;
const FROM = sql`invitations i left join teams t on t.id = i.team_id left join users u on u.id = i.invited_by`;

/** Neither accepted nor revoked. */
const OPEN = sql`i.accepted_at is null and i.revoked_at is null`;
const ORDERS: Readonly<Record<string, ListOrder>> = {
  created: { by: sql`i.created_at`, kind: 'time' },
  expires: { by: sql`i.expires_at`, kind: 'time' },
  email: { by: sql`lower(i.email)`, kind: 'text' },
  role: { by: sql`i.role`, kind: 'text' },
};

/** Invitations that nobody accepted or revoked, newest first. */
export async function listInvitations(
  reader: Reader,
  organizationId: string,
  at: Date,
): Promise<readonly Invitation[]> {
  return (await pageInvitations(reader, organizationId, at, {})).invitations;
}

/** The same a page at a time, searched, filtered and sorted, with how many there are. */
export async function pageInvitations(
  reader: Reader,
  organizationId: string,
  at: Date,
  query: Partial<InvitationQuery>,
): Promise<InvitationList> {
  const { search, role, state, sort = '-created', cursor, limit } = query;
  const inState =
    state === undefined
      ? sql`true`
      : state === 'pending'
        ? sql`i.expires_at > ${at}`
        : sql`i.expires_at <= ${at}`;
  const { rows, total, next } = await readPage<InvitationRow>(
    reader,
    {
      columns: COLUMNS,
      from: FROM,
      where: sql`i.organization_id = ${organizationId} and ${OPEN} and ${inState}
        and ${searching(search, sql`i.email`)} and ${having(sql`i.role`, role)}`,
      orders: ORDERS,
      id: { by: sql`i.id`, kind: 'uuid' },
    },
    { sort, cursor, limit },
  );
  return { invitations: rows.map((row) => view(row, at)), total, next };
}

/**
 * Invites by address: each answers for itself, so that one wrong line spoils nothing. Letters go out after the
 * invitations are kept; a link to hand over is answered for each that no letter reached.
 */
export async function invite(
  db: Db,
  context: ChangeContext,
  place: InvitingPlace,
  wanted: InvitationCreation,
): Promise<readonly InvitationResult[]> {
  const listed = readAddresses(
    wanted.csv === undefined ? addressesOfList(wanted.emails ?? []) : addressesOfCsv(wanted.csv),
  );
  const { results, name } = await db.transaction().execute(async (trx) => {
    await lockOrganization(trx, place.organizationId);
    const organization = await trx
      .selectFrom('organizations')
      .select('display_name')
      .where('id', '=', place.organizationId)
      .executeTakeFirstOrThrow();
    if (wanted.teamId !== undefined) await requireTeam(trx, place.organizationId, wanted.teamId);
    const made: InvitationResult[] = [];
    for (const { line, email, fault } of listed) {
      const result =
        fault === null ? await inviteOne(trx, context, place, { ...wanted, email }) : faulty(email, fault);
      made.push({ ...result, line });
    }
    return { results: made, name: organization.display_name };
  });
  return sendLetters(place, name, results);
}

/** Makes a new link for an invitation, good for another 14 days; the one before ends. */
export async function resendInvitation(
  db: Db,
  context: ChangeContext,
  place: InvitingPlace,
  invitationId: string,
): Promise<{ readonly invitation: Invitation; readonly link: string; readonly mailed: boolean }> {
  const { secret, hash } = createOneTimeSecret('');
  const { invitation, name } = await db.transaction().execute(async (trx) => {
    await lockOrganization(trx, place.organizationId);
    const changed = await trx
      .updateTable('invitations')
      .set({ secret_hash: hash, expires_at: expiry(context.at) })
      .where('id', '=', invitationId)
      .where('organization_id', '=', place.organizationId)
      .where('accepted_at', 'is', null)
      .where('revoked_at', 'is', null)
      .returning(['id', 'email', 'role'])
      .executeTakeFirst();
    if (changed === undefined) throw noSuchInvitation();
    // The new link makes an owner of whoever has it.
    if (changed.role === 'owner') demandRecentSignIn(context.actor, { now: () => context.at.getTime() });
    await record(trx, context, place.organizationId, 'invitation.resend', changed);
    const { rows } = await sql<InvitationRow>`
      select ${COLUMNS} from ${FROM} where i.id = ${changed.id} and ${OPEN}`.execute(trx);
    const [row] = rows;
    if (row === undefined) throw noSuchInvitation();
    const organization = await trx
      .selectFrom('organizations')
      .select('display_name')
      .where('id', '=', place.organizationId)
      .executeTakeFirstOrThrow();
    return { invitation: view(row, context.at), name: organization.display_name };
  });
  const link = linkOf(place, secret);
  return { invitation, link, mailed: await place.mail.send(letter(invitation.email, name, link)) };
}

/** Takes an invitation back: its link ends at once. */
export async function revokeInvitation(
  db: Db,
  context: ChangeContext,
  organizationId: string,
  invitationId: string,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await lockOrganization(trx, organizationId);
    const revoked = await trx
      .updateTable('invitations')
      .set({ revoked_at: context.at })
      .where('id', '=', invitationId)
      .where('organization_id', '=', organizationId)
      .where('accepted_at', 'is', null)
      .where('revoked_at', 'is', null)
      .returning(['id', 'email'])
      .executeTakeFirst();
    if (revoked === undefined) throw noSuchInvitation();
    await record(trx, context, organizationId, 'invitation.revoke', revoked);
  });
}

async function inviteOne(
  trx: Trx,
  context: ChangeContext,
  place: InvitingPlace,
  wanted: InvitationCreation & { readonly email: string },
): Promise<InvitationResult> {
  const { email } = wanted;
  const { rows } = await sql<{ member: boolean; pending: string | null; expired: string | null }>`select
    exists(select 1 from memberships m join users u on u.id = m.user_id
      where m.organization_id = ${place.organizationId} and lower(u.email) = lower(${email})) as member,
    (select id from invitations where organization_id = ${place.organizationId} and lower(email) = lower(${email})
      and accepted_at is null and revoked_at is null and expires_at > ${context.at}) as pending,
    (select id from invitations where organization_id = ${place.organizationId} and lower(email) = lower(${email})
      and accepted_at is null and revoked_at is null and expires_at <= ${context.at}) as expired`.execute(
    trx,
  );
  const standing = rows[0];
  if (standing?.member === true) return answer(email, 'member', 'Is a member already.');
  if (standing?.pending)
    return {
      ...answer(email, 'pending', 'Is invited already: send that one again.'),
      invitationId: standing.pending,
    };
  if (wanted.dryRun) return answer(email, 'would_invite', `Would be invited as ${wanted.role}.`);
  if (standing?.expired)
    await trx
      .updateTable('invitations')
      .set({ revoked_at: context.at })
      .where('id', '=', standing.expired)
      .execute();
  const { secret, hash } = createOneTimeSecret('');
  const made = await trx
    .insertInto('invitations')
    .values({
      organization_id: place.organizationId,
      email,
      role: wanted.role,
      team_id: wanted.teamId ?? null,
      secret_hash: hash,
      invited_by: context.actor.kind === 'user' ? context.actor.userId : null,
      created_at: context.at,
      expires_at: expiry(context.at),
    })
    .returning(['id', 'email'])
    .executeTakeFirstOrThrow();
  await record(trx, context, place.organizationId, 'invitation.create', made, { role: wanted.role });
  return { ...answer(email, 'invited', ''), invitationId: made.id, link: linkOf(place, secret) };
}

function expiry(at: Date): Date {
  return new Date(at.getTime() + DAYS * DAY_MS);
}

function answer(email: string, outcome: InvitationResult['outcome'], detail: string): InvitationResult {
  return { line: 0, email, outcome, detail, invitationId: null, link: null, mailed: false };
}

function faulty(email: string, fault: 'invalid' | 'repeated'): InvitationResult {
  return answer(
    email,
    fault,
    fault === 'invalid' ? 'Is not an e-mail address.' : 'Stands in the list twice.',
  );
}

async function requireTeam(trx: Trx, organizationId: string, teamId: string): Promise<void> {
  const team = await trx
    .selectFrom('teams')
    .select('id')
    .where('organization_id', '=', organizationId)
    .where('id', '=', teamId)
    .executeTakeFirst();
  if (team === undefined)
    throw new RefusalError({ code: 'not_found', message: 'There is no such team in this organization.' });
}

function view(row: InvitationRow, at: Date): Invitation {
  return {
    id: row.id,
    email: row.email,
    role: row.role,
    team: row.team_id === null ? null : { id: row.team_id, name: row.team_name ?? '' },
    invitedBy: row.invited_by,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    state: row.expires_at > at ? 'pending' : 'expired',
  };
}

async function record(
  trx: Trx,
  context: ChangeContext,
  organizationId: string,
  action: string,
  row: { readonly id: string; readonly email: string },
  after?: { readonly role: Role },
): Promise<void> {
  await recordChange(trx, context, {
    organizationId,
    action,
    target: { kind: 'invitation', id: row.id, label: row.email },
    ...(after === undefined ? {} : { after }),
  });
}

function noSuchInvitation(): RefusalError {
  return new RefusalError({
    code: 'not_found',
    message: 'There is no such open invitation in this organization.',
    help: 'It may have been accepted or revoked; the list has those that are open.',
  });
}
