import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    globalSetup: 'test/run-folder.ts',
    // Two noisy cores: tests wait on conditions, never on the clock, so the bound only catches a hang. Much of the time is
    // spent waiting for processes that end and start, so one worker more than there are cores.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 30_000 } },
    maxWorkers: 3,
    // Programs that tests start take their types off once, not at each start: half of what a start costs.
    env: { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules', '.cache', 'started-programs') },
    allowOnly: false,
    passWithNoTests: false,
    // A worker keeps what it read for the next file, which is a quarter of the processor time of the tests beside the sources:
    // so no module may keep what one file's tests did.
    isolate: false,
    // In the order of their names: the longest files lie in test/, and small ones fill what is left beside them.
    projects: [
      { extends: true, test: { name: 'end-to-end', include: ['test/**/*.test.ts'] } },
      { extends: true, test: { name: 'src', include: ['src/**/*.test.ts', 'src/**/*.test.tsx'] } },
    ],
  },
});
