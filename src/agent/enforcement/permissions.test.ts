import { chmod, readFile, stat } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { type EnforcementWorld, enforcementWorld, inputsOf } from '../../../test/enforcement-world.ts';

let world: EnforcementWorld;
afterEach(() => world.end());

const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

describe.skipIf(process.platform === 'win32')('rights of other users', () => {
  it('to the files that are the user’s alone are taken away again at once, and shown', async () => {
    world = await enforcementWorld();
    const agent = await world.begin(
      inputsOf({ 'organization-policy': { theme: { locked: true, value: 'light' } } }),
      true,
    );
    await agent.change({ set: { memoryMiB: 4242 } });
    expect([await modeOf(world.paths.choices), await modeOf(world.paths.state)]).toEqual(['600', '600']);
    await chmod(world.paths.choices, 0o666);
    await expect.poll(() => modeOf(world.paths.choices)).toBe('600');
    await expect
      .poll(() => agent.resolution().problems.map(({ message }) => message))
      .toEqual([expect.stringContaining('user-settings.json')]);
    expect(agent.choices().get('memoryMiB')).toBe(4242);
  });

  it('to the policy state are taken away at the next look', async () => {
    world = await enforcementWorld();
    const agent = await world.begin(inputsOf({}));
    await chmod(world.paths.state, 0o644);
    await agent.check();
    expect(await modeOf(world.paths.state)).toBe('600');
  });

  it('to any of the files are drift: in the log, told, and given back within the pass', async () => {
    world = await enforcementWorld();
    const agent = await world.begin(inputsOf({}));
    await chmod(world.paths.store, 0o666);
    await chmod(world.paths.choices, 0o640);
    await chmod(world.paths.state, 0o604);
    await agent.check();
    expect([await modeOf(world.paths.store), await modeOf(world.paths.state)]).toEqual(['644', '600']);
    const expected = [
      { kind: 'permissions', setting: null, file: 'settings-store.json', wrong: '0666', right: '0644' },
      { kind: 'permissions', setting: null, file: 'user-settings.json', wrong: '0640', right: '0600' },
      { kind: 'permissions', setting: null, file: 'policy-state.json', wrong: '0604', right: '0600' },
    ];
    expect(agent.drift()).toMatchObject(expected);
    const log = (await readFile(world.paths.drift, 'utf8')).trimEnd().split('\n');
    const [begun, ...entries] = log.map((line) => JSON.parse(line));
    expect(begun).toMatchObject({ begun: expected });
    expect(entries).toMatchObject(expected);
    expect(world.events.filter(({ type }) => type === 'drift')).toHaveLength(3);
    await agent.check();
    expect(agent.drift(), 'what is right already is no drift').toHaveLength(3);
  });

  it('to the store are taken away while it is watched; who may read it stays', async () => {
    world = await enforcementWorld();
    const agent = await world.begin(inputsOf({}), true);
    await chmod(world.paths.store, 0o644);
    await chmod(world.paths.store, 0o622);
    await expect.poll(() => modeOf(world.paths.store)).toBe('600');
    expect(agent.drift()).toMatchObject([
      { kind: 'permissions', file: 'settings-store.json', wrong: '0622' },
    ]);
  });

  it('that come back all the time are repaired at the pace of a contended file', async () => {
    world = await enforcementWorld();
    const agent = await world.begin(inputsOf({}));
    for (let time = 0; time < 20; time += 1) {
      await chmod(world.paths.store, 0o666);
      await agent.check();
    }
    expect(agent.drift()).toHaveLength(20);
    expect(agent.storeState().state).toBe('contended');
  });

  it('to write a machine file make it ignored, and that is recorded once until it is mended', async () => {
    world = await enforcementWorld();
    const agent = await world.begin(inputsOf({}, { untrusted: ['/etc/mooring/admin-settings.json'] }));
    await agent.check();
    const entry = { kind: 'permissions', setting: null, file: '/etc/mooring/admin-settings.json' };
    expect(agent.drift()).toMatchObject([entry]);
    await agent.apply(inputsOf({}));
    await agent.apply(inputsOf({}, { untrusted: ['/etc/mooring/admin-settings.json'] }));
    expect(agent.drift()).toMatchObject([entry, entry]);
  });

  it('leave alone what stands in the place of a file', async () => {
    world = await enforcementWorld();
    const agent = await world.begin(inputsOf({}));
    expect(agent.resolution().problems).toEqual([]);
    await agent.check();
    expect(agent.resolution().problems).toEqual([]);
  });
});
