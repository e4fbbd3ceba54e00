import { sql } from 'kysely';
import type { Db } from '../database/connection.ts';
import type { Mailer } from '../mail/mailer.ts';
import './tables.ts';

interface FailingDomain {
  readonly id: string;
  readonly name: string;
  readonly organization_id: string;
  readonly organization: string;
  readonly failing_since: Date;
}

/**
 * Writes to the owners of every domain that began to fail, once (docs/identity.md section 6). Owners who came by SCIM
 * get no mail. Where no letter went out (no mail server, or it is down), the next look tries again; the warning stands
 * in the attention list all the while. Answers how many letters went out.
 */
export async function writeToOwnersOfFailingDomains(
  db: Db,
  mail: Mailer,
  publicUrl: string,
): Promise<number> {
  // Taken before it is sent, so that two processes of a hub do not both write.
  const { rows } =
    await sql<FailingDomain>`update domains d set warned_of = d.failing_since from organizations o
    where o.id = d.organization_id and d.failing_since is not null and d.warned_of is distinct from d.failing_since
    returning d.id, d.name, d.organization_id, o.display_name as organization, d.failing_since`.execute(db);
  let sent = 0;
  for (const domain of rows) {
    const letters = await Promise.all(
      (await mailedOwners(db, domain.organization_id)).map((to) => mail.send(letter(to, domain, publicUrl))),
    );
    const taken = letters.filter(Boolean).length;
    sent += taken;
    if (taken === 0)
      await sql`update domains set warned_of = null where id = ${domain.id}
        and warned_of = ${domain.failing_since}`.execute(db);
  }
  return sent;
}

async function mailedOwners(db: Db, organizationId: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('memberships as m')
    .innerJoin('users as u', 'u.id', 'm.user_id')
    .where('m.organization_id', '=', organizationId)
    .where('m.role', '=', 'owner')
    .where('m.origin', '!=', 'scim')
    .where('u.disabled_at', 'is', null)
    .select('u.email')
    .orderBy('u.email')
    .execute();
  return rows.map(({ email }) => email);
}

function letter(to: string, domain: FailingDomain, publicUrl: string) {
  const organization = domain.organization.replaceAll(/[\r\n]+/g, ' ');
  return {
    to,
    subject: `${domain.name} could not be verified again for ${organization}`,
    text: `The DNS record that proves ${domain.name} for ${organization} in Mooring was not found.\n\nNothing has changed yet: the domain stays verified, and single sign-on and SCIM go on. It is lost when another organization proves it.\n\nPut the TXT record back, or give the domain up:\n${publicUrl}\n`,
  };
}
