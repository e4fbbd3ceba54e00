import type { Setting } from './setting.ts';

/** An object that only holds further keys, such as `linuxVM`. */
export interface ContainerNode {
  readonly kind: 'container';
  readonly segments: readonly string[];
  readonly children: ReadonlyMap<string, GrammarNode>;
}

/** An object whose `locked` covers all its members. */
export interface GroupNode {
  readonly kind: 'group';
  readonly segments: readonly string[];
  readonly group: string;
  readonly children: ReadonlyMap<string, GrammarNode>;
  /** Every member, also those nested deeper than one key. */
  readonly members: readonly Setting[];
}

/** The place of one setting. */
export interface SettingNode {
  /**
   * `entry`: an object of `locked` and `value`. `member`: a value whose lock is its group's. `bare`: a value that has
   * no lock, and is enforced by being there.
   */
  readonly kind: 'entry' | 'member' | 'bare';
  readonly segments: readonly string[];
  /** Where the value is: `segments`, or `value` within them. */
  readonly valueSegments: readonly string[];
  readonly setting: Setting;
  // Registrations are objects of many shapes, and what is read from them again and again is slow to find.
  readonly id: string;
  readonly isSwitch: boolean;
}

/** One known place in a policy document. */
export type GrammarNode = ContainerNode | GroupNode | SettingNode;

function settingNode(kind: SettingNode['kind'], setting: Setting, segments: readonly string[]): SettingNode {
  const valueSegments = setting.valuePath.split('.');
  return { kind, segments, valueSegments, setting, id: setting.id, isSwitch: setting.type === 'boolean' };
}

/** The key that states the version of the grammar; and, beside `$schema`, the only top-level key that is no setting. */
export const VERSION_KEY = 'configurationFileVersion';

/** Tells an editor which JSON Schema to use; readers pass it over. */
export const SCHEMA_KEY = '$schema';

/** The grammar of policy documents, derived from the registrations alone. */
export interface DocumentGrammar {
  readonly root: ContainerNode;
  readonly groups: ReadonlyMap<string, GroupNode>;
  /** Why registrations contradict each other; empty for a catalog that can be used. */
  readonly conflicts: readonly string[];
}

/** An object of the tree while it is being filled. */
interface Branch {
  readonly node: ContainerNode | GroupNode;
  readonly children: Map<string, GrammarNode>;
  readonly branches: Map<string, Branch>;
}

interface GroupBranch extends Branch {
  readonly members: Setting[];
}

interface Building {
  readonly root: Branch;
  readonly groups: Map<string, GroupBranch>;
  readonly conflicts: string[];
}

function containerBranch(segments: readonly string[]): Branch {
  const children = new Map<string, GrammarNode>();
  return { node: { kind: 'container', segments, children }, children, branches: new Map() };
}

function groupBranch(segments: readonly string[], group: string): GroupBranch {
  const children = new Map<string, GrammarNode>();
  const members: Setting[] = [];
  return {
    node: { kind: 'group', segments, group, children, members },
    children,
    branches: new Map(),
    members,
  };
}

/** Hangs `node` into the tree below `from`, making containers on the way. */
function place(building: Building, id: string, node: GrammarNode, from: Branch): Branch | null {
  let branch = from;
  for (const key of node.segments.slice(from.node.segments.length, -1)) {
    const known = branch.branches.get(key);
    if (known === undefined && branch.children.has(key)) {
      building.conflicts.push(`${id}: its path leads through a value, ${node.segments.join('.')}`);
      return null;
    }
    const next = known ?? containerBranch([...branch.node.segments, key]);
    branch.branches.set(key, next);
    branch.children.set(key, next.node);
    branch = next;
  }
  const last = node.segments.at(-1) ?? '';
  const reserved = branch === building.root && (last === VERSION_KEY || last === SCHEMA_KEY);
  if (last === '' || reserved || branch.children.has(last)) {
    building.conflicts.push(`${id}: its path ${node.segments.join('.')} is taken`);
    return null;
  }
  branch.children.set(last, node);
  return branch;
}

function groupFor(
  building: Building,
  setting: Setting,
  name: string,
  segments: readonly string[],
): GroupBranch {
  const known = building.groups.get(name);
  if (known !== undefined) {
    if (known.node.segments.join('.') !== segments.join('.')) {
      building.conflicts.push(`${setting.id}: its lock is not the lock of the group ${name}`);
    }
    return known;
  }
  const made = groupBranch(segments, name);
  building.groups.set(name, made);
  place(building, setting.id, made.node, building.root)?.branches.set(segments.at(-1) ?? '', made);
  return made;
}

/** Hangs one setting into the tree, and says what speaks against it. */
function placeSetting(building: Building, setting: Setting): string | null {
  const value = setting.valuePath.split('.');
  const owner = setting.lockPath?.split('.').slice(0, -1) ?? null;
  if (setting.lockPath?.endsWith('.locked') === false) return 'its lock path does not end in ".locked"';
  if (setting.group !== null) {
    const group = groupFor(building, setting, setting.group, owner ?? []);
    const { segments } = group.node;
    group.members.push(setting);
    const inside = segments.every((key, i) => key === value[i]) && value[segments.length] !== 'locked';
    if (!inside) return 'its path is outside its group';
    place(building, setting.id, settingNode('member', setting, value), group);
    return null;
  }
  if (owner === null) {
    place(building, setting.id, settingNode('bare', setting, value), building.root);
    return null;
  }
  if (value.at(-1) !== 'value' || value.slice(0, -1).join('.') !== owner.join('.')) {
    return 'value and lock do not share one object';
  }
  place(building, setting.id, settingNode('entry', setting, owner), building.root);
  return null;
}

/** Builds the grammar tree out of every registration's value and lock path. */
export function documentGrammar(settings: readonly Setting[]): DocumentGrammar {
  const root = containerBranch([]);
  const building: Building = { root, groups: new Map(), conflicts: [] };
  for (const setting of settings) {
    const why = placeSetting(building, setting);
    if (why !== null) building.conflicts.push(`${setting.id}: ${why}`);
  }
  const groups = new Map<string, GroupNode>();
  for (const [name, { node }] of building.groups) if (node.kind === 'group') groups.set(name, node);
  return {
    root: { kind: 'container', segments: [], children: root.children },
    groups,
    conflicts: building.conflicts,
  };
}
