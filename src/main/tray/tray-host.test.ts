import { expect, test } from 'vitest';
import type { CommandResult } from '../../agent/agent-options.ts';
import { hasTrayHost } from './tray-host.ts';

const ended = (exitCode: number, stdout: string): CommandResult => ({
  kind: 'ended',
  exitCode,
  stdout,
  stderr: '',
});

test.each<[string, CommandResult, boolean]>([
  ['nobody shows icons', ended(0, '   boolean false\n'), false],
  ['somebody does', ended(0, '   boolean true\n'), true],
  ['the bus does not answer', ended(1, ''), true],
  ['there is no such command', { kind: 'failed', reason: 'ENOENT' }, true],
])('on Linux, where %s', async (_, answer, expected) => {
  expect(await hasTrayHost('linux', async () => answer)).toBe(expected);
});

test('elsewhere nobody is asked', async () => {
  const never = () => Promise.reject(new Error('asked'));
  expect([await hasTrayHost('mac', never), await hasTrayHost('windows', never)]).toEqual([true, true]);
});
