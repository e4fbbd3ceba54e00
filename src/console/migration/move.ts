import type { Migration, MigrationPerson } from '../../shared/contracts/hub-provisioning.ts';
import type { Connection } from '../../shared/contracts/hub-sso.ts';

/** One move under way, and everybody in it. */
export interface Move {
  readonly connection: Connection;
  readonly migration: Migration;
  readonly people: readonly MigrationPerson[];
}
