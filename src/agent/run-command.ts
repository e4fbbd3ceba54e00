import { execFile } from 'node:child_process';
import type { CommandRunner } from './agent-options.ts';

const OUTPUT_LIMIT = 16 * 1024 * 1024;
const TIME_LIMIT_MS = 20_000;

/** Runs a system program by its absolute path, without a shell, without a window, within a time limit. */
export function systemCommandRunner(): CommandRunner {
  return (file, args, options = {}) =>
    new Promise((resolve) => {
      execFile(
        file,
        [...args],
        {
          encoding: 'utf8',
          windowsHide: true,
          maxBuffer: OUTPUT_LIMIT,
          timeout: options.timeoutMs ?? TIME_LIMIT_MS,
          env: { ...process.env, ...options.environment },
        },
        (error, stdout, stderr) => {
          if (error === null) return resolve({ kind: 'ended', exitCode: 0, stdout, stderr });
          if (typeof error.code === 'number') {
            return resolve({ kind: 'ended', exitCode: error.code, stdout, stderr });
          }
          resolve({ kind: 'failed', reason: error.message });
        },
      );
    });
}
