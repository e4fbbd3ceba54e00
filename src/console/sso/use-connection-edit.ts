import { type Connection, type ConnectionChange, connectionSchema } from '../../shared/contracts/hub-sso.ts';
import { useHere } from '../organization-context.tsx';
import { type Change, useChange } from '../parts/use-change.ts';

/** Changing one connection. */
export interface ConnectionEdit {
  readonly change: Change;
  /** Sends what differs; `true`: it was taken over. */
  save(body: ConnectionChange): Promise<boolean>;
}

/** Sends changes of a connection and remembers how the last one went. */
export function useConnectionEdit(connection: Pick<Connection, 'id'>): ConnectionEdit {
  const { api } = useHere();
  const change = useChange();
  return {
    change,
    save: async (body) => {
      const path = api('connections', connection.id);
      return (await change.send({ method: 'PATCH', path, body, answer: connectionSchema })).ok;
    },
  };
}
