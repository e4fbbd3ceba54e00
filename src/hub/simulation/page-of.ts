import type {
  SimulatedDevice,
  Simulation,
  SimulationRequest,
} from '../../shared/contracts/hub-simulation.ts';
import { badCursor, readCursor, writeCursor } from '../database/keyset.ts';

type Order = 'user' | 'device' | 'changes';

/** What a row is sorted by, as text that sorts as the values do. */
const KEYS: Readonly<Record<Order, (row: SimulatedDevice) => string>> = {
  user: ({ user, device }) => `${user.email} ${device?.name ?? ''}`.toLowerCase(),
  device: ({ device }) => (device?.name ?? '').toLowerCase(),
  changes: ({ changes }) => String(changes.length).padStart(6, '0'),
};

/** Of what a simulation found, the page that was asked for: those that change or are hindered, searched and sorted. */
export function pageOf(
  found: readonly SimulatedDevice[],
  { search, sort = 'user', cursor, limit }: Pick<SimulationRequest, 'search' | 'sort' | 'cursor' | 'limit'>,
): Pick<Simulation, 'devices' | 'total' | 'next'> {
  const backwards = sort.startsWith('-');
  const key = KEYS[orderNamed(backwards ? sort.slice(1) : sort)];
  const wanted = search?.toLowerCase() ?? '';
  const rows = found
    .filter(({ changes, obstacles }) => changes.length > 0 || obstacles.length > 0)
    .filter(({ user, device }) =>
      [user.email, device?.name ?? ''].some((text) => text.toLowerCase().includes(wanted)),
    )
    .map((row): Keyed => ({ row, at: [key(row), row.device?.id ?? row.user.id] }))
    .sort((a, b) => (backwards ? compare(b.at, a.at) : compare(a.at, b.at)));
  const after = cursor === undefined ? null : readCursor(cursor, 'text', 'uuid');
  const rest =
    after === null
      ? rows
      : rows.filter(({ at }) => (backwards ? compare(at, after) < 0 : compare(at, after) > 0));
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  return {
    devices: page.map(({ row }) => row),
    total: rows.length,
    next: rest.length > page.length && last !== undefined ? writeCursor(...last.at) : null,
  };
}

interface Keyed {
  readonly row: SimulatedDevice;
  readonly at: readonly [key: string, id: string];
}

function compare(a: readonly [string, string], b: readonly [string, string]): number {
  const [one, other] = a[0] === b[0] ? [a[1], b[1]] : [a[0], b[0]];
  return one < other ? -1 : one > other ? 1 : 0;
}

function orderNamed(name: string): Order {
  if (name === 'user' || name === 'device' || name === 'changes') return name;
  throw badCursor();
}
