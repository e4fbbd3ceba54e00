import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { appendToLog } from './log-file.ts';

it('hides the user-info of addresses, wherever in an entry they stand', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mooring-log-'));
  try {
    const file = join(folder, 'mooring.log');
    const facts = {
      fault: 'Error: http://me:hunter2@proxy:3128 refused',
      tried: ['https://me:hunter2@hub/'],
    };
    expect(appendToLog(file, { level: 'error', message: 'a fault', facts })).toBe(true);
    const text = await readFile(file, 'utf8');
    expect(text).not.toContain('hunter2');
    expect(JSON.parse(text)).toMatchObject({
      facts: { fault: 'Error: http://***@proxy:3128 refused', tried: ['https://***@hub/'] },
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
