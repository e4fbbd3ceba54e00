import { describe, expect, test } from 'vitest';
import type { CommandResult } from '../agent-options.ts';
import { dockerBackendQuit } from './docker-backend.ts';

describe('whether the backend of the original product has quit', () => {
  const ended = (exitCode: number): CommandResult => ({ kind: 'ended', exitCode, stdout: '', stderr: '' });
  test.each([
    ['a process was found', ended(0), false],
    ['no process was found', ended(1), true],
    ['the probe was used wrongly', ended(2), false],
    ['the probe could not be run', { kind: 'failed', reason: 'ENOENT' } as const, false],
  ])('%s', async (_, result, quit) => {
    const asked: string[] = [];
    const probe = dockerBackendQuit(async (file, args) => {
      asked.push([file, ...args].join(' '));
      return result;
    });
    expect(await probe()).toBe(quit);
    expect(asked).toEqual(['/usr/bin/pgrep -f /com\\.docker\\.backend( |$)']);
  });
});
