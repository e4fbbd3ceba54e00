import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'src/**/*.test.tsx', 'test/**/*.test.ts'],
    // Two noisy cores: tests wait on conditions, never on the clock, so the bound only catches a hang. Much of the time is
    // spent waiting for processes that end and start, so one worker more than there are cores.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
    maxWorkers: 3,
    allowOnly: false,
    passWithNoTests: false,
  },
});
