import type { Browser, Page } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { refusedFetch } from '../../src/agent/delivery/refused-bundle.ts';
import { decideChange, type GateView, refusalBody } from '../../src/agent/enforcement/gate.ts';
import { storageFailure, storageRefusal } from '../../src/agent/files/storage-failure.ts';
import { unixTrust } from '../../src/agent/sources/machine-file-trust.ts';
import type { BundleRefusal } from '../../src/shared/contracts/bundle.ts';
import type { ChangeRequest, ManagedBy } from '../../src/shared/contracts/local-api.ts';
import { REFUSALS, type Refusal, type RefusalCode } from '../../src/shared/contracts/refusal.ts';
import type { FreezeCode, Layer, Problem } from '../../src/shared/policy/model.ts';
import { readChoices } from '../../src/shared/policy/read-choices.ts';
import { readDocument } from '../../src/shared/policy/read-document.ts';
import { readProfile } from '../../src/shared/policy/read-profile.ts';
import { resolve } from '../../src/shared/policy/resolve.ts';
import { desktopCatalog } from '../../src/shared/settings/desktop-catalog.ts';
import { spokenDe } from '../../src/shared/text/agent/de/spoken.ts';
import { spoken } from '../../src/shared/text/agent/spoken.ts';
import { catalogDe } from '../../src/shared/text/de/catalog.ts';
import { createRetell } from '../../src/shared/text/retell.ts';
import { launchBrowser } from '../browser.ts';
import { type BuiltDashboard, buildDashboard } from './build-dashboard.ts';
import { openDashboard } from './open-dashboard.ts';
import { frozenWorld, managedWorld, walledWorld } from './stand-in-world.ts';

const retell = createRetell(spoken, spokenDe, catalogDe.labels);
const leftOf = (words: string) =>
  retell(words)
    .filter(({ left }) => left)
    .map(({ text }) => text);

/** What the gate says of a change, in a world where policy locks one setting. */
function refusedBy(
  set: NonNullable<ChangeRequest['set']>,
  view: Partial<GateView> = {},
  freeze?: FreezeCode,
): Refusal {
  const layer = readDocument(
    { analyticsEnabled: { locked: true, value: false } },
    'organization-policy',
    desktopCatalog,
  );
  const input = {
    catalog: desktopCatalog,
    platform: 'mac' as const,
    layers: [layer],
    choices: { state: 'ok' as const, values: new Map(), invalid: new Map(), problems: [] },
  };
  const resolution = resolve(
    freeze === undefined
      ? input
      : { ...input, freeze: { code: freeze, source: 'user-policy', present: new Map() } },
  );
  const decision = decideChange(
    {
      ...{ catalog: desktopCatalog, resolution, wall: null, managedBy: () => null },
      book: { values: new Map(), kept: new Map(), invalid: new Map(), problems: [] },
      ...view,
    },
    { set },
  );
  if (decision.ok) throw new Error('the change was not refused');
  return decision.refusal;
}

const BY: ManagedBy = {
  ...{
    source: 'organization-policy',
    label: 'Engineering (acme)',
    organization: 'acme',
    policy: 'Engineering',
  },
};
const PROFILE: ManagedBy = {
  ...{ source: 'configuration-profile', label: 'configuration profile', location: '/Library/a b.plist' },
};
const wall = (problem?: string): GateView['wall'] => ({
  ...{ method: 'configuration profile', organizations: problem === undefined ? ['acme'] : [] },
  ...(problem === undefined ? {} : { problem }),
});

/** A policy that was fetched and refused, for each reason, in the words of its verification. */
function policyRefusals(): Readonly<Record<BundleRefusal, readonly Refusal[]>> {
  const of = (code: BundleRefusal, why: string): readonly Refusal[] => [{ code, ...refusedFetch(code, why) }];
  const forAnother = 'It is meant for "mooring-agent-offline", which is imported by file and never fetched.';
  return {
    bad_signature: of('bad_signature', 'Its signature does not hold: it was changed on the way, or forged.'),
    unknown_key: of('unknown_key', 'It is signed by the key "k1", which no pinned key vouches for.'),
    wrong_issuer: of('wrong_issuer', 'It comes from https://a.example, not from https://b.example.'),
    wrong_audience: of('wrong_audience', forAnother),
    wrong_subject: of('wrong_subject', 'It is meant for another user.'),
    wrong_organization: of('wrong_organization', 'It belongs to "labs", not to "acme".'),
    expired: of('expired', 'It ended on 2026-01-01T00:00:00.000Z.'),
    rolled_back: of('rolled_back', 'It is older (1) than one already accepted (20).'),
    malformed: of('malformed', 'It is not a signed bundle.'),
  };
}

/** A refusal of every code: from the engine itself where it makes it of what it is given, else in its words. */
const SAID: Readonly<Record<RefusalCode, readonly Refusal[]>> = {
  setting_locked: [
    refusedBy({ analyticsEnabled: true }, { managedBy: () => BY }),
    refusedBy({ analyticsEnabled: true }, { managedBy: () => PROFILE }),
    refusedBy({ analyticsEnabled: true }),
  ],
  override_not_allowed: [
    {
      code: 'override_not_allowed',
      message:
        '“Send usage data” (analyticsEnabled) cannot be overridden: the policy makes no exception for it.',
      help: 'Ask an administrator of the organization.',
    },
  ],
  invalid_value: [
    refusedBy({ theme: 'pink' }),
    refusedBy({ cpus: 0 }),
    refusedBy({ memoryMiB: 'much' }),
    refusedBy({ engineRegistryMirrors: [1] }),
    refusedBy({ vpnkitCIDR: 'x' }),
    refusedBy({ diskImageLocation: 'a\u0000b' }),
    ...desktopCatalog.onPlatform.mac
      .filter(({ id }) => id !== 'analyticsEnabled')
      .map(({ id }) => refusedBy({ [id]: { odd: 1 } })),
  ],
  unknown_setting: [refusedBy({ themes: 'dark' }), refusedBy({ zzzzzzzzzzzzzz: 1 })],
  not_applicable: [refusedBy({ wslEngineEnabled: true })],
  policy_source_broken: [refusedBy({ theme: 'dark' }, {}, 'policy_source_broken')],
  policy_stale: [refusedBy({ theme: 'dark' }, {}, 'policy_stale')],
  sign_in_required: [
    refusedBy({ theme: 'dark' }, { wall: wall() }),
    refusedBy(
      { theme: 'dark' },
      { wall: wall('allowedOrgs names no organization. Write at least one name into it.') },
    ),
  ],
  // The hub's own words, in English: the agent only passes them on.
  recent_sign_in_required: [{ code: 'recent_sign_in_required', message: 'Prove again who you are.' }],
  bad_request: [
    { code: 'bad_request', message: 'The body of the request is not JSON.' },
    { code: 'bad_request', message: 'The body of the request is nested more than 150 deep.' },
    { code: 'bad_request', message: '"theme" is both set and reset in one change. Ask for one of the two.' },
  ],
  unauthenticated: [
    {
      code: 'unauthenticated',
      message: 'This address of the dashboard was already used, or is older than a minute.',
      help: 'Open the dashboard again from the tray, or run "mooring agent run --headless --dashboard".',
    },
  ],
  forbidden: [
    {
      code: 'forbidden',
      message: 'The sign-in was refused or called off.',
      help: 'Start it again, or ask an administrator.',
    },
  ],
  not_found: [{ code: 'not_found', message: 'There is no such sign-in.', help: 'Start a new one.' }],
  method_not_allowed: [{ code: 'method_not_allowed', message: '/v1/sync does not take GET. It takes POST.' }],
  conflict: [{ code: 'conflict', message: 'Another sign-in, or a sign-out, came after this one.' }],
  precondition_failed: [{ code: 'precondition_failed', message: 'Somebody else changed it first.' }],
  too_large: [
    { code: 'too_large', message: 'The body of the request is larger than 4194304 bytes.' },
    refusedBy({ proxyHttp: 'x'.repeat(1024 * 1024) }),
  ],
  unsupported_media_type: [
    {
      code: 'unsupported_media_type',
      message: 'This address takes JSON only: send the header "Content-Type: application/json".',
    },
  ],
  rate_limited: [
    {
      code: 'rate_limited',
      message: 'The window asked too much at once.',
      help: 'Wait for the answers that are still to come.',
    },
  ],
  unreachable: [
    {
      code: 'unreachable',
      message: 'https://hub.example was not reached directly: the connection was refused.',
      help: 'Check the network and try again.',
    },
  ],
  ...policyRefusals(),
  storage_failed: [
    'ENOSPC',
    'EDQUOT',
    'EROFS',
    'EACCES',
    'EISDIR',
    'ENOTDIR',
    'ENOENT',
    'EIO',
    'EBUSY',
    'EFBIG',
    'EMFILE',
    'EODD',
  ].map((code) =>
    storageRefusal(storageFailure('/home/a b/store.json', 'written', Object.assign(new Error(), { code }))),
  ),
  internal: [
    {
      code: 'internal',
      message: 'The agent met a fault of its own (reference 4f2a).',
      help: 'Try again. If it happens again, run "mooring doctor" and report the reference.',
    },
  ],
};
/** Codes that only the hub gives, in words of its own. */
const OF_THE_HUB = new Set<RefusalCode>(['recent_sign_in_required', 'precondition_failed']);

const bytes = (...parts: number[]) => Uint8Array.from(parts);
const documents: readonly unknown[] = [
  '',
  '{',
  '[1,2',
  '{"a" 1}',
  "{'a':1}",
  '{"a":\'b\'}',
  '{"a":"b',
  '{"a":"\n"}',
  '{"a":"\\q"}',
  '{}x',
  '/* never',
  '/',
  '{,}',
  '['.repeat(2000),
  '{"analyticsEnabled":{"locked":"yes","value":1},}',
  '{"analyticsEnabled":{"value":true},"analyticsEnabled":{"value":true}}',
  '\ufeff{"themes":{"value":"dark"}}',
  bytes(0xff, 0xfe, 0x7b, 0),
  bytes(0x7b, 0xff, 0x7d),
  new Uint8Array(1024 * 1024 + 1).fill(0x20),
  '[]',
  '{"configurationFileVersion":1}',
  '{"configurationFileVersion":3}',
  '{"proxy":5,"memoryMiB":{"locked":true,"value":"x"},"filesharingAllowedDirectories":[{"pat":1}],"zzzz":1}',
  '{"filesharingAllowedDirectories":[{"path":1}],"enhancedContainerIsolation":{"locked":true,"value":true,"dockerSocketMount":7}}',
  '{"proxy":{"locked":true,"mode":"manual","exclude":"a,b"},"cpus":{"value":0}}',
  JSON.stringify(Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`zz${index}`, 1]))),
];
const profiles: readonly unknown[] = [
  [],
  { hubUrl: 'x', hubKeys: 5, layout: 'other', zzz: 1, settings: 7 },
  { hubUrl: 7, layout: 7, settings: { analyticsEnabled: 1 } },
];
const choices: readonly unknown[] = ['[]', '{"theme":"pink","themes":1,"zzzzzzzzz":1}'];

const layers: readonly Layer[] = [
  ...documents.map((document) => readDocument(document, 'admin-settings', desktopCatalog)),
  ...profiles.map((profile) => readProfile(profile, desktopCatalog).layer),
];
const problems: readonly Problem[] = [
  ...layers.flatMap((layer) => layer.problems),
  ...choices.flatMap((given) => readChoices(given, desktopCatalog).problems),
];

test('every refusal is said in German, down to the last word but those of the hub', () => {
  expect(Object.keys(SAID).toSorted()).toEqual(Object.keys(REFUSALS).toSorted());
  for (const [code, refusals] of Object.entries(SAID)) {
    for (const { code: given, message, help } of refusals) {
      expect(given).toBe(code);
      const left = leftOf([message, help].filter((part) => part !== undefined).join(' '));
      expect([code, message, left]).toEqual([code, message, OF_THE_HUB.has(given) ? [message] : []]);
    }
  }
});

test('every problem that a document can have is said in German', async () => {
  const codes = new Set(problems.map(({ code }) => code));
  // The other two are of files, not of what is in them.
  expect([...codes].toSorted()).toEqual(
    [
      ...[
        'byte_order_mark',
        'duplicate_key',
        'empty',
        'encoding',
        'invalid_value',
        'legacy_shape',
        'lenient_json',
      ],
      ...['malformed', 'newer_version', 'too_large', 'unknown_key', 'unsupported_version', 'wrong_type'],
    ].toSorted(),
  );
  for (const { message } of problems) expect([message, leftOf(message)]).toEqual([message, []]);
  const info = { uid: 501, gid: 20, mode: 0o100644, ino: 1, ctimeMs: 1 };
  for (const part of [{}, { uid: 0, mode: 0o100666 }, { uid: 0, mode: 0o100664 }]) {
    const disk = { lstat: async () => ({ ...info, ...part }), realpath: async (path: string) => path };
    const words = (await unixTrust(false, disk)('/etc/x.json', { ...info, ...part })) ?? '';
    expect(words).toContain('/etc/x.json');
    expect([words, leftOf(words)]).toEqual([words, []]);
  }
});

test('every reason of a value is said in German', () => {
  const value = (locked: boolean, given: unknown = true) => ({ analyticsEnabled: { locked, value: given } });
  const read = (document: unknown, source: Layer['source']) => readDocument(document, source, desktopCatalog);
  const invalid = new Map([['analyticsEnabled', 'It has to be true or false, and is the number 1.']]);
  const reasons = new Set<string>();
  for (const top of [
    value(true),
    value(false),
    value(true, 'x'),
    { analyticsEnabled: { locked: true } },
    {},
  ]) {
    for (const values of [new Map(), new Map([['analyticsEnabled', true]])]) {
      const { settings } = resolve({
        ...{ catalog: desktopCatalog, platform: 'linux' },
        layers: [
          read(top, 'configuration-profile'),
          read(value(false), 'user-policy'),
          read(value(true), 'organization-policy'),
          read(value(false, 'x'), 'admin-settings'),
        ],
        choices: { state: 'ok', values, invalid: values.size === 0 ? invalid : new Map(), problems: [] },
      });
      for (const { reason } of settings.get('analyticsEnabled')?.contributions ?? []) reasons.add(reason);
    }
  }
  expect(reasons.size).toBeGreaterThan(8);
  for (const reason of reasons) expect([reason, leftOf(reason)]).toEqual([reason, []]);
});

/** Words that are not German, outside of what is marked as English and of code. */
const ENGLISH_LEFT = `(() => {
  const walker = document.createTreeWalker(document.querySelector('main') ?? document.body, NodeFilter.SHOW_TEXT);
  const left = [];
  while (walker.nextNode()) {
    const { data, parentElement } = walker.currentNode;
    if (parentElement.closest('[lang="en"], code, pre, script, style')) continue;
    if (/\\b(the|is|and|cannot|has|been|this|your|with|that|of|it|policy|locked)\\b/i.test(data)) left.push(data);
  }
  return left;
})()`;
const englishLeft = async (page: Page) =>
  z
    .array(z.string())
    .parse(await page.evaluate(ENGLISH_LEFT))
    .filter((text) => !/Developer Productivity|Acme Research|of-a-newer-hub/.test(text));

describe('the dashboard of a German reader', () => {
  let browser: Browser;
  let built: BuiltDashboard;
  beforeAll(async () => {
    [browser, built] = await Promise.all([launchBrowser(), buildDashboard()]);
  });
  afterAll(async () => {
    await browser.close();
    await built.remove();
  });

  test('says every refusal, problem, reason and notice in German', async () => {
    const world = managedWorld();
    world.documents['admin-settings'] = '{"proxy":5,"memoryMiB":{"locked":true,"value":"x"},"zzzz":1,}';
    world.labels['configuration-profile'] = 'configuration profile';
    world.documents['configuration-profile'] = { analyticsEnabled: { locked: true, value: false } };
    world.sync = {
      ...{ ...world.sync, state: 'failed' },
      error: {
        code: 'unreachable',
        message: 'https://hub.acme.example was not reached directly: there is no network.',
      },
    };
    world.store = {
      ...{ ...world.store, state: 'failed' },
      message: '/Users/a b/settings-store.json could not be written: the disk is full.',
    };
    world.account = {
      ...{ ...world.account, sessionStorage: 'memory' },
      sessionStorageReason: 'No D-Bus session runs here, so no keyring can be reached.',
    };
    const dashboard = await openDashboard(browser, built.folder, world, { locale: 'de' });
    const { page } = dashboard;
    try {
      await page.getByText('es gibt kein Netz').waitFor();
      await page.getByText('der Datenträger ist voll').waitFor();
      expect(await englishLeft(page)).toEqual([]);

      await page
        .getByRole('button', { name: /Von „?Konfigurationsprofil|Konfigurationsprofil/ })
        .first()
        .click();
      await page.getByText('Das Konfigurationsprofil ist die stärkste Ebene').waitFor();
      expect(await page.getByRole('dialog').textContent()).not.toMatch(/\b(the|locks it|is stronger)\b/);
      await page.keyboard.press('Escape');

      await page.evaluate(`location.hash = '#/account'`);
      await page.getByText('Hier läuft keine D-Bus-Sitzung').waitFor();
      expect(await englishLeft(page)).toEqual([]);

      await page.evaluate(`location.hash = '#/policy'`);
      await page.getByText('kann nicht verwendet werden').first().waitFor();
      expect(await englishLeft(page)).toEqual([]);

      let refusal: Refusal | null = null;
      await page.route('**/v1/sync', (route) =>
        refusal === null
          ? route.continue()
          : route.fulfill({ status: REFUSALS[refusal.code].status, json: { error: refusalBody(refusal) } }),
      );
      for (const [code, [first]] of Object.entries(SAID)) {
        if (first === undefined) throw new Error(`no refusal ${code}`);
        // That one ends the session of the page, which says so in words of its own.
        if (first.code === 'unauthenticated') continue;
        // One shows for all of them how it is told; their words are held above.
        if (first.code in policyRefusals() && first.code !== 'rolled_back') continue;
        refusal = first;
        await page.getByRole('button', { name: 'Jetzt abgleichen' }).last().click();
        const german = retell([first.message, first.help].filter((part) => part !== undefined).join(' '));
        await page
          .getByRole('main')
          .getByText(
            german
              .map(({ text }) => text)
              .join('')
              .trim(),
            { exact: false },
          )
          .first()
          .waitFor();
        expect([code, await englishLeft(page)]).toEqual([code, []]);
      }
      expect(dashboard.complaints).toEqual([]);
    } finally {
      await dashboard.close();
    }
  });

  test('does not say that the hub is out of reach where it answered, and its policy was refused', async () => {
    const world = managedWorld();
    const { message } = refusedFetch('rolled_back', 'It is older (1) than one already accepted (20).');
    world.sync = { ...world.sync, state: 'failed', error: { code: 'rolled_back', message } };
    const dashboard = await openDashboard(browser, built.folder, world, { locale: 'de' });
    const { page } = dashboard;
    try {
      await page.getByText('Der letzte Abgleich ist nicht gelungen').waitFor();
      await page.getByText('Es ist älter (1) als eines, das schon angenommen wurde (20).').first().waitFor();
      expect(await page.getByText('nicht erreichbar').count()).toBe(0);
      expect(await englishLeft(page)).toEqual([]);
    } finally {
      await dashboard.close();
    }
  });

  test('says at a setting why it was not changed', async () => {
    const dashboard = await openDashboard(browser, built.folder, managedWorld(), { locale: 'de' });
    const { page } = dashboard;
    try {
      const refused = refusalBody(refusedBy({ analyticsEnabled: true }, { managedBy: () => BY }));
      await page.route('**/v1/settings', (route) =>
        route.request().method() === 'PATCH'
          ? route.fulfill({
              status: 423,
              json: {
                results: [{ id: 'resourceSaver', outcome: 'refused', error: refused }],
                error: refused,
              },
            })
          : route.continue(),
      );
      const row = page.locator('[data-setting="resourceSaver"]');
      await row.locator('[role="switch"] + span').click();
      await page.getByRole('button', { name: 'Übernehmen' }).click();
      await row.getByText('wurde nicht geändert. Gesperrt von: Engineering (acme).').waitFor();
      expect(await englishLeft(page)).toEqual([]);
    } finally {
      await dashboard.close();
    }
  });

  test('the wall and the freeze', async () => {
    const walled = walledWorld();
    walled.account.signIn.problem = 'allowedOrgs names no organization. Write at least one name into it.';
    const worlds = [
      [walled, 'allowedOrgs nennt keine Organisation.'],
      [frozenWorld(), 'Einstellungen'],
    ] as const;
    for (const [world, words] of worlds) {
      const dashboard = await openDashboard(browser, built.folder, world, { locale: 'de' });
      try {
        await dashboard.page.getByText(words).first().waitFor();
        expect(await englishLeft(dashboard.page)).toEqual([]);
      } finally {
        await dashboard.close();
      }
    }
  });
});
