import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { FLEET_MARK, isEncrypted, updateChannel } from './update-channel.ts';

let resources = '';
beforeEach(() => {
  resources = mkdtempSync(join(tmpdir(), 'mooring-resources-'));
  onTestFinished(() => rmSync(resources, { recursive: true, force: true }));
});

const FEED = 'app-update.yml';
const PERSON = 501;

test.each<[string, NodeJS.Platform, number, readonly string[], string]>([
  ['a copy of one person', 'win32', 0, [FEED], 'self'],
  ['an AppImage, whose files always seem to be root’s', 'linux', 0, [FEED], 'self'],
  ['an app dragged from the image', 'darwin', PERSON, [FEED], 'self'],
  ['an app from the package of mac', 'darwin', 0, [FEED], 'fleet'],
  ['a machine-wide copy of Windows', 'win32', 0, [FEED, FLEET_MARK], 'fleet'],
  ['a package of Linux', 'linux', 0, [FEED, FLEET_MARK], 'fleet'],
  ['a release that names no feed', 'darwin', PERSON, [], 'no-feed'],
])('%s', (_, platform, owner, files, channel) => {
  for (const name of files) writeFileSync(join(resources, name), '');
  const image = platform === 'linux' ? '/home/ada/Mooring.AppImage' : null;
  expect(updateChannel({ installed: true, resources, platform, image, ownerOf: () => owner })).toBe(channel);
});

test('what was taken out of an AppImage has nothing that could be replaced, whichever AppImage it was started from', () => {
  writeFileSync(join(resources, FEED), '');
  expect(updateChannel({ installed: true, resources, platform: 'linux', image: null })).toBe('checkout');
});

test('a checkout asks nobody, whatever lies beside it', () => {
  writeFileSync(join(resources, FEED), '');
  expect(updateChannel({ installed: false, resources, platform: 'win32', image: null })).toBe('checkout');
});

test('the mark is the one that the installers bring', () => {
  expect(existsSync(join(import.meta.dirname, '..', '..', '..', 'packaging', FLEET_MARK))).toBe(true);
});

test.each([
  ['provider: generic\nurl: https://updates.example.com\n', true],
  ["provider: generic\nurl: 'https://updates.example.com'\n", true],
  ['owner: acme\nrepo: mooring\nprovider: github\n', true],
  ['provider: generic\nurl: http://updates.example.com\n', false],
  ['provider: generic\nurl: "http://updates.example.com"\n', false],
  ['url: ftp://updates.example.com\n', false],
  ['owner: acme\nrepo: mooring\nprovider: github\nhost: git.acme.example\nprotocol: http\n', false],
  ['provider: s3\nbucket: mooring\nendpoint: http://files.acme.example\n', false],
  ['provider: generic\n"url": "http://updates.example.com"\n', false],
])('whether nobody on the way can answer in the place of the feed: %j', (text, encrypted) => {
  expect(isEncrypted(text)).toBe(encrypted);
});
