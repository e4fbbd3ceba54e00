import type { ColumnType } from 'kysely';

/** The policy of a team: one at most. */
interface PolicyTeamsTable {
  organization_id: string;
  team_id: string;
  policy_id: string;
  assigned_at: ColumnType<Date, Date, Date>;
}

/** A revision that goes to some members first. */
interface PolicyRolloutsTable {
  policy_id: string;
  revision: number;
  /** Share of the members who receive the policy, 0 to 100. */
  percentage: number;
  /** Members of these teams receive it whatever the percentage. */
  team_ids: string[];
  started_at: ColumnType<Date, Date, never>;
  /** Set: nobody new gets it. */
  paused_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
}

/** Which policy and revision each member receives: a view, read only. */
interface MemberPoliciesView {
  organization_id: ColumnType<string, never, never>;
  user_id: ColumnType<string, never, never>;
  policy_id: ColumnType<string | null, never, never>;
  team_id: ColumnType<string | null, never, never>;
  via: ColumnType<'member' | 'team' | 'default' | null, never, never>;
  revision: ColumnType<number | null, never, never>;
}

declare module '../database/schema.ts' {
  interface Database {
    policy_teams: PolicyTeamsTable;
    policy_rollouts: PolicyRolloutsTable;
    member_policies: MemberPoliciesView;
  }
}
