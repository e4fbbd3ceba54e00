import { sql } from 'kysely';
import type {
  AcceptanceList,
  AcceptanceQuery,
  AcceptedConnectionList,
  AcceptedConnectionQuery,
} from '../../shared/contracts/hub-sso.ts';
import type { Reader } from '../database/connection.ts';
import { searching } from '../database/contains.ts';
import type { ListOrder } from '../database/keyset.ts';
import { readPage } from '../database/read-page.ts';
import { readRow } from './connection-service.ts';

const ORDERS = {
  organization: { by: sql`o.name`, kind: 'text' },
  name: { by: sql`lower(c.name)`, kind: 'text' },
  accepted: { by: sql`co.accepted_at`, kind: 'time' },
} satisfies Readonly<Record<string, ListOrder>>;

/** Connections of other organizations that may provision into this one; all of them without a limit. */
export async function listAccepted(
  reader: Reader,
  organizationId: string,
  { search, sort = 'organization', cursor, limit }: AcceptedConnectionQuery = {},
): Promise<AcceptedConnectionList> {
  const { rows, total, next } = await readPage<{
    id: string;
    name: string;
    organization: string;
    accepted_at: Date;
  }>(
    reader,
    {
      columns: sql`c.id, c.name, o.name as organization, co.accepted_at`,
      from: sql`connection_organizations co join connections c on c.id = co.connection_id
        join organizations o on o.id = c.organization_id`,
      where: sql`co.organization_id = ${organizationId} and ${searching(search, sql`c.name`, sql`o.name`)}`,
      orders: ORDERS,
      id: { by: sql`c.id`, kind: 'uuid' },
    },
    { sort, cursor, limit },
  );
  const connections = rows.map(({ id, name, organization, accepted_at }) => ({
    ...{ id, name, organization },
    acceptedAt: accepted_at.toISOString(),
  }));
  return { connections, total, next };
}

/** Other organizations whose owner accepted a connection of this one; all of them without a limit. */
export async function listAcceptances(
  reader: Reader,
  where: { readonly organizationId: string; readonly connectionId: string },
  { search, sort = 'organization', cursor, limit }: AcceptanceQuery = {},
): Promise<AcceptanceList> {
  await readRow(reader, where.organizationId, where.connectionId);
  const { rows, total, next } = await readPage<{ organization: string; accepted_at: Date }>(
    reader,
    {
      columns: sql`o.name as organization, co.accepted_at`,
      from: sql`connection_organizations co join organizations o on o.id = co.organization_id`,
      where: sql`co.connection_id = ${where.connectionId} and ${searching(search, sql`o.name`)}`,
      orders: { organization: ORDERS.organization, accepted: ORDERS.accepted },
      id: { by: sql`o.id`, kind: 'uuid' },
    },
    { sort, cursor, limit },
  );
  const organizations = rows.map(({ organization, accepted_at }) => ({
    organization,
    acceptedAt: accepted_at.toISOString(),
  }));
  return { organizations, total, next };
}
