import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { IDP_ONE, IDP_TWO } from '../../src/hub/connections/test-certificates.ts';
import { metadataOf } from '../../src/hub/connections/test-metadata.ts';
import { enConsole } from '../../src/shared/text/en-console.ts';
import { violationsInBothSchemes } from '../accessibility.ts';
import { DRIFTED, signInDevice } from './devices.ts';
import { consoleForFile, type OpenConsole } from './open-console.ts';

/*
 * Every dialog of the console by the text that is its title, which are found in the sources: a new one that is not looked
 * at here fails the first test.
 */

const { hub, open } = consoleForFile();

type Press = string | RegExp | ((page: Page) => Promise<unknown>);
/** A page, and what has to be pressed there: buttons by their names, or whatever else leads to the dialog. */
type Way = readonly [place: string, ...press: Press[]];

const everybody = (page: Page) => page.getByRole('checkbox', { name: 'Choose all on this page' }).check();
const invite = (addresses: string) => async (page: Page) => {
  await page.getByRole('dialog').getByLabel('E-mail addresses').fill(addresses);
  await page.getByRole('dialog').getByRole('button', { name: 'Check' }).click();
};
const send = async (page: Page) =>
  page.getByRole('dialog').getByRole('button', { name: 'Invite 1 person' }).click();

function ways({ device, designer, team, dead, policy }: Places): Readonly<Record<string, Way>> {
  const connection = `sso/${hub.said.connectionId}`;
  const mine = `members/${designer}`;
  return {
    'policies.create': ['policies', 'New policy'],
    'policies.order': ['policies', 'Order'],
    'policies.renameTitle': [policy, 'Rename'],
    'policies.duplicate': [policy, 'Duplicate'],
    'policies.deleteTitle': [policy, 'Delete'],
    'policies.restoreNamed': [`${policy}/history`, 'Roll back to revision 1'],
    'rollout.promoteTitle': [`${policy}/rollout`, 'Give it to everyone'],
    'rollout.backTitle': [`${policy}/rollout`, 'Roll back'],
    'overrides.revokeTitle': [`policies/${hub.said.defaultPolicyId}/exceptions`, /^Revoke /],
    'deleted.restoreTitle': ['policies', `Restore “${dead}”`],
    'members.add': ['members', 'Add member'],
    'members.bulkRoleTitle': ['members', everybody, 'Change role'],
    'members.bulkTeamTitle': ['members', everybody, 'Add to team'],
    'members.bulkRemoveTitle': ['members', everybody, 'Remove'],
    'members.removeTitle': [mine, 'Remove member'],
    'members.passwordLinkTitle': [mine, 'Password link'],
    'members.signOutTitle': [mine, 'Sign out everywhere'],
    'members.signOutOneTitle': [mine, /^End the session of /],
    'invite.title': ['invitations', 'Invite', invite('not an address\nnew@acme.example')],
    'invite.done': ['invitations', 'Invite', invite('another@acme.example'), send],
    'invitations.revokeTitle': ['invitations', /^Revoke the invitation of /],
    'teams.create': ['teams', 'New team'],
    'teams.renameTitle': [team, 'Rename'],
    'teams.deleteTitle': [team, 'Delete team'],
    'device.renameTitle': [device, 'Rename'],
    'device.forgetTitle': [device, 'Forget'],
    'domains.add': ['domains', 'Add domain'],
    'domains.removeTitle': ['domains', /^Remove /],
    'sso.create': ['sso', 'Connect an identity provider'],
    'sso.accept': ['sso', 'Accept a connection'],
    'sso.removeTitle': [connection, 'Remove connection'],
    'sso.certificateAdd': [connection, 'Add a certificate'],
    'sso.certificateRemoveTitle': [connection, 'Remove CN=idp-one.test'],
    'sso.keyAddTitle': [connection, 'Add a key'],
    'sso.revokeTitle': [`${connection}/organizations`, 'End for globex'],
    'scim.offTitle': [`${connection}/scim`, 'Switch SCIM off'],
    'scim.rotateTitle': [`${connection}/scim`, 'Make a successor'],
    'scim.tokenRevokeTitle': [`${connection}/scim`, /^Revoke the token/],
    'scim.log': [`${connection}/scim`, /^Show /],
    'migration.cancelTitle': [`${connection}/migration`, 'Begin the move', 'Cancel the move'],
    'tokens.create': ['tokens', 'New token'],
    'tokens.revokeTitle': ['tokens', /^Revoke “/],
    'keys.rotateTitle': ['keys', 'Rotate the key'],
    'audit.event': ['audit', /^Show /],
  };
}

/** They need an identity provider that answers: `identity-providers.test.ts` looks at them. */
const WITH_A_PROVIDER = [
  ...['sso.enforceTitle', 'sso.enforceEndTitle', 'sso.keySignTitle', 'sso.keyRetireTitle'],
  ...['migration.finishTitle', 'migration.removeTitle'],
];

interface Places {
  readonly device: string;
  readonly designer: string;
  readonly team: string;
  /** Name of a policy that was deleted. */
  readonly dead: string;
  /** A policy of two revisions, of which a third is on its way. */
  readonly policy: string;
}

/** Something for each dialog to be about. */
async function fill({ api }: OpenConsole): Promise<Places> {
  const made = z.looseObject({ id: z.string() });
  const make = async (path: string, body: object) => made.parse(await api('POST', path, body)).id;
  const now = { 'if-match': '*' };
  const daves = await signInDevice(
    hub,
    'designer',
    'A laptop with a name as long as people sometimes give them',
  );
  await daves.report(DRIFTED);
  const exceptions = { exceptions: [{ setting: 'analyticsEnabled', maxSeconds: 7200 }] };
  await api('PUT', `/policies/${hub.said.defaultPolicyId}/exceptions`, exceptions, now);
  await daves.ask('POST', 'overrides', {
    ...{ deviceId: daves.deviceId, setting: 'analyticsEnabled', value: true },
    ...{ seconds: 3600, reason: 'A large build before noon' },
  });
  const policy = await make('/policies', { name: 'On its way', document: {} });
  const document = (memoryMiB: number) => ({
    document: { configurationFileVersion: 2, memoryMiB: { locked: true, value: memoryMiB } },
  });
  await api('PATCH', `/policies/${policy}`, { ...document(2048), reason: 'Second' }, now);
  await api('POST', `/policies/${policy}/rollout`, { ...document(4096), percentage: 50, reason: '' }, now);
  const dead = 'Of last year';
  await api('DELETE', `/policies/${await make('/policies', { name: dead, document: {} })}`, undefined, now);
  const team = await make('/teams', { name: 'Platform engineering, reliability and developer experience' });
  await api('POST', '/tokens', { name: 'Nightly export', role: 'editor' });
  await api('POST', '/invitations', { emails: ['somebody.with.a.rather.long.address@acme.example'] });
  const connection = `/connections/${hub.said.connectionId}`;
  const xml = metadataOf([IDP_ONE.certificate, IDP_TWO.certificate]);
  await api('PUT', `${connection}/metadata`, { xml });
  await api('POST', `${connection}/scim/tokens`);
  const globex = await open('secondOwner');
  await globex.api('PUT', `/accepted-connections/${hub.said.connectionId}`);
  await globex.close();
  const shape = z.object({
    devices: z.array(z.object({ id: z.string().nullable(), user: z.object({ id: z.string() }) })),
  });
  const reported = shape.parse(await api('GET', '/devices')).devices.find(({ id }) => id !== null);
  if (reported === undefined) throw new Error('no device has reported');
  const [device, designer] = [`compliance/${reported.id}`, reported.user.id];
  return { device, designer, team: `teams/${team}`, dead, policy: `policies/${policy}` };
}

const CONSOLE = join(import.meta.dirname, '..', '..', 'src', 'console');
const OPENS = /<(?:FormDialog|ConfirmDialog|DeleteDialog|RenameDialog|SidePanel|PolicyStepDialog)\b/g;

/** Texts that are the title of a dialog, as the sources have them. */
function titlesInSources(): readonly string[] {
  const sources = readdirSync(CONSOLE, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.tsx') && !file.startsWith('parts'))
    .map((file) => readFileSync(join(CONSOLE, file), 'utf8'));
  const keys = (text: string) => [...text.matchAll(/'([a-z]+\.[\w.]+)'/gi)].map(([, key = '']) => key);
  return sources.flatMap((source) =>
    [...source.matchAll(OPENS)].flatMap(({ index }) => {
      const [, title = ''] = /title=\{(.*?)\}\s/s.exec(source.slice(index)) ?? [];
      const [, table = ''] = title.includes('TITLES') ? (/TITLES = \{(.*?)\}/s.exec(source) ?? []) : [];
      // A dialog that is given its title by others.
      return title === 'title' ? [] : keys(table === '' ? title : table).filter((key) => key in enConsole);
    }),
  );
}

test('every dialog of the sources is looked at', () => {
  const any = { device: '', designer: '', team: '', dead: '', policy: '' };
  const looked = [...Object.keys(ways(any)), ...WITH_A_PROVIDER].sort();
  expect([...new Set(titlesInSources())].sort()).toEqual(looked);
});

/** What a dialog holds at 320 pixels: nothing of it is reached by scrolling to the side. */
const WIDER = `[...document.querySelectorAll('[role="dialog"], [role="dialog"] *')]
  .filter((each) => each.scrollWidth > each.clientWidth + 1 && ['auto', 'scroll'].includes(getComputedStyle(each).overflowX))
  .map((each) => each.outerHTML.slice(0, 120))`;

test('axe finds nothing in any dialog in either scheme, and nothing in it is wider than a narrow window', async () => {
  const opened = await open('owner', { colorScheme: 'light' });
  const { page, go, complaints, close } = opened;
  const found: string[] = [];
  try {
    for (const [title, [place, ...presses]] of Object.entries(ways(await fill(opened)))) {
      await go(place);
      for (const press of presses) {
        if (typeof press === 'function') await press(page);
        else
          await page
            .getByRole('button', { name: press, exact: typeof press === 'string' })
            .first()
            .click();
      }
      await page
        .getByRole('dialog')
        .filter({ hasText: wordsOf(title) })
        .waitFor();
      found.push(
        ...(await violationsInBothSchemes(page, '[role="dialog"]')).map((each) => `${title}: ${each}`),
      );
      await page.setViewportSize({ width: 320, height: 640 });
      const wider = z.array(z.string()).parse(await page.evaluate(WIDER));
      found.push(...wider.map((each) => `${title}: wider than 320: ${each}`));
      await page.setViewportSize({ width: 1280, height: 720 });
    }
    expect(found).toEqual([]);
    expect(complaints).toEqual([]);
  } finally {
    await close();
  }
}, 600_000);

const messages = z.record(z.string(), z.union([z.string(), z.looseObject({ other: z.string() })]));

/** The words of a text, whatever its placeholders hold. */
function wordsOf(key: string): RegExp {
  const message = messages.parse(enConsole)[key] ?? key;
  const forms = typeof message === 'string' ? [message] : Object.values(message).map(String);
  const escaped = forms.map((form) => form.replace(/[?.()[\]]/g, '\\$&').replace(/\{\w+\}/g, '.*'));
  return new RegExp(escaped.join('|'));
}
