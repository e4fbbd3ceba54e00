import { describe, expect, it } from 'vitest';
import type { AgentOrganization } from '../../shared/contracts/agent-api.ts';
import { activeOrganization, eligibleOrganizations } from './active-organization.ts';

const member = (name: string, joinedAt: string, verifiedDomain = false): AgentOrganization => ({
  name,
  displayName: name,
  role: 'member',
  teams: [],
  joinedAt,
  verifiedDomain,
});
const OLD = member('old', '2020-01-01T00:00:00Z');
const MIDDLE = member('middle', '2022-01-01T00:00:00Z');
const NEW = member('new', '2024-01-01T00:00:00Z', true);
const TWIN = member('aaa', '2020-01-01T00:00:00.000+00:00');

describe('the active organization', () => {
  const table: [
    what: string,
    of: AgentOrganization[],
    allowed: string[] | null,
    chosen: string | null,
    active: string | null,
  ][] = [
    ['none', [], null, null, null],
    ['the only one', [OLD], null, null, 'old'],
    ['the earliest joined', [MIDDLE, OLD], null, null, 'old'],
    ['the one that verified the domain, though joined last', [OLD, MIDDLE, NEW], null, null, 'new'],
    ['equal in all, by name', [OLD, TWIN], null, null, 'aaa'],
    [
      'the first of the list, before the verified domain',
      [OLD, MIDDLE, NEW],
      ['middle', 'new', 'old'],
      null,
      'middle',
    ],
    ['the first of the list that the user belongs to', [OLD, NEW], ['middle', 'old', 'new'], null, 'old'],
    ['none of the list', [OLD, NEW], ['middle'], null, null],
    ['an empty list', [OLD, NEW], [], null, null],
    ['names compared exactly', [OLD], ['OLD', ' old'], null, null],
    ['the chosen one', [OLD, MIDDLE, NEW], null, 'middle', 'middle'],
    ['the chosen one within the list', [OLD, MIDDLE, NEW], ['old', 'middle'], 'middle', 'middle'],
    ['a choice outside the list does not count', [OLD, MIDDLE, NEW], ['old', 'middle'], 'new', 'old'],
    ['a choice the user left does not count', [OLD, MIDDLE], null, 'new', 'old'],
    ['a name twice in the list', [OLD, MIDDLE], ['middle', 'middle', 'old'], null, 'middle'],
  ];
  it.each(table)('%s', (_, memberships, allowed, chosen, active) => {
    expect(activeOrganization(memberships, allowed, chosen)).toBe(active);
  });

  it('is chosen among the eligible ones alone, each once, in order', () => {
    expect(
      eligibleOrganizations([OLD, MIDDLE, NEW], ['new', 'old', 'new', 'gone']).map((each) => each.name),
    ).toEqual(['new', 'old']);
    const given = [MIDDLE, OLD];
    eligibleOrganizations(given, null);
    expect(given).toEqual([MIDDLE, OLD]);
  });
});
