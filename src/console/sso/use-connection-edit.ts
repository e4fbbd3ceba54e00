import { use } from 'react';
import { type Connection, type ConnectionChange, connectionSchema } from '../../shared/contracts/hub-sso.ts';
import type { Answer } from '../hub/hub-client.ts';
import { useHere } from '../organization-context.tsx';
import { type Change, useChange } from '../parts/use-change.ts';
import { type MadeFrom, useMadeFrom } from '../parts/use-made-from.ts';
import { ConnectionTag } from './connection-tag.ts';

/** Changing one connection. */
export interface ConnectionEdit {
  readonly change: Change;
  readonly made: MadeFrom<Connection>;
  /** Sends what differs. */
  save(body: ConnectionChange): Promise<Answer<Connection>>;
}

/** Sends changes of a connection and remembers how the last one went. `atOnce`: for what is begun by opening a dialog. */
export function useConnectionEdit(connection: Connection, atOnce = false): ConnectionEdit {
  const { api } = useHere();
  const change = useChange();
  const made = useMadeFrom(connection, use(ConnectionTag), change, atOnce);
  return {
    change,
    made,
    save: async (body) => {
      const path = api('connections', connection.id);
      const wanted = { method: 'PATCH' as const, path, body, ifMatch: made.tag, answer: connectionSchema };
      const answer = await change.send(wanted);
      if (answer.ok) made.end();
      return answer;
    },
  };
}
