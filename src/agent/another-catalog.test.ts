import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { memoryKeychain } from '../../test/memory-keychain.ts';
import { catalogAnswerSchema } from '../shared/contracts/local-api.ts';
import { defineCatalog } from '../shared/settings/define-catalog.ts';
import { defineSetting } from '../shared/settings/define-setting.ts';
import { type Agent, createAgent } from './agent.ts';

/* Whoever embeds the agent gives it settings of their own. */

const about = { category: 'Editor', description: 'd', editableIn: ['gui'] } as const;
const catalog = defineCatalog([
  defineSetting({
    ...about,
    id: 'theme',
    label: 'Theme',
    type: 'enum',
    choices: ['light', 'dark'],
    default: 'light',
  }),
  defineSetting({ ...about, id: 'wrapLines', label: 'Wrap lines', type: 'boolean', default: false }),
]);

let folder: string;
let agent: Agent;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mooring-catalog-'));
  const admin = join(folder, 'usr/share/mooring-desktop/admin-settings.json');
  await mkdir(dirname(admin), { recursive: true });
  await writeFile(admin, '{ "theme": { "locked": true, "value": "dark" }, "cpus": { "value": 2 } }');
  agent = await createAgent({
    ...{ version: '0', catalog, keychain: memoryKeychain(), environment: {} },
    host: {
      ...{ platform: 'linux', home: '/home/dev', userName: 'dev' },
      ...{ temporary: folder, testRoot: folder, exists: () => false },
    },
  });
  await agent.start({ schedule: false, watch: false });
});
afterAll(async () => {
  await agent.stop();
  await rm(folder, { recursive: true, force: true });
});

async function change(changes: Readonly<Record<string, unknown>>): Promise<number> {
  const request = new Request('http://agent/v1/settings', {
    ...{ method: 'PATCH', headers: { 'content-type': 'application/json' } },
    body: JSON.stringify({ set: changes }),
  });
  return (await agent.fetch(request)).status;
}

test('the agent enforces the settings of another catalog, and knows no others', async () => {
  expect(await change({ theme: 'light' })).toBe(423);
  expect(await change({ cpus: 4 })).toBe(404);
  expect(await change({ wrapLines: true })).toBe(200);
  expect(JSON.parse(await readFile(agent.paths.store, 'utf8'))).toEqual({ Theme: 'dark', WrapLines: true });
  const answer = await agent.fetch(new Request('http://agent/v1/catalog'));
  const { settings } = catalogAnswerSchema.parse(await answer.json());
  expect(settings.map(({ id }) => id)).toEqual(['theme', 'wrapLines']);
});
