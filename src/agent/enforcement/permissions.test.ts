import { chmod, stat } from 'node:fs/promises';
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

  it('leave alone what stands in the place of a file', async () => {
    world = await enforcementWorld();
    const agent = await world.begin(inputsOf({}));
    expect(agent.resolution().problems).toEqual([]);
    await agent.check();
    expect(agent.resolution().problems).toEqual([]);
  });
});
