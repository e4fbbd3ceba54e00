import { lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { desktopText } from '../../shared/text/desktop-text.ts';
import type { CommandRunner } from '../agent-options.ts';
import { createCommandOffer } from './command-offer.ts';
import { type CommandPlace, commandPlace, isSearched, type OwnCopy } from './command-place.ts';

/** A folder that may not be made; root, as whom tests may run, could make any. */
const forbidden = vi.hoisted(() => ({ folder: '' }));
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  const refuse = async (path: string, options: { recursive: true }) => {
    if (path === forbidden.folder)
      throw Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
    return real.mkdir(path, options);
  };
  return { ...real, mkdir: refuse };
});

/*
 * The command of copies that no installer put into their place: dragged from mac's image, or run as an AppImage.
 */
let folder: string;
let image: CommandPlace;
let dragged: CommandPlace;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mooring-command-'));
  const source = join(folder, 'app', 'cli', 'mooring');
  await mkdir(dirname(source), { recursive: true });
  await writeFile(source, 'first');
  const link = join(folder, 'bin', 'mooring');
  image = {
    link,
    source,
    everybodys: false,
    copy: { folder: join(folder, 'command'), app: '/home/ada/Mooring.AppImage' },
  };
  dragged = { link, source, everybodys: true, copy: null };
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const noRunner: CommandRunner = async () => expect.unreachable('nobody is asked for a password');
const offerOf = (place: CommandPlace | null, change: { run?: CommandRunner; version?: string } = {}) =>
  createCommandOffer({
    ...{ place: () => place, version: change.version ?? '1.0.0', run: change.run ?? noRunner },
    ...{ searched: ['/usr/bin', join(folder, 'bin')].join(delimiter), text: desktopText(['en']) },
    log: (message) => expect.unreachable(message),
  });
const note = () => JSON.parse(readFileSync(join(folder, 'command', 'app.json'), 'utf8'));

describe('which copies have nothing on the PATH', () => {
  const paths = { userData: '/u', testPaths: false };
  const copy = (platform: OwnCopy['paths']['platform'], change: Partial<OwnCopy> = {}) =>
    commandPlace({
      ...{
        installed: true,
        resources: '/r',
        image: null,
        paths: { ...paths, platform },
        location: 'system',
      },
      ...change,
    });

  test('an AppImage, and an app of mac; neither a package, nor Windows, nor a checkout', () => {
    expect(copy('linux')).toBe(null);
    expect(copy('windows', { image: '/x' })).toBe(null);
    expect(copy('mac', { installed: false })).toBe(null);
    expect(copy('linux', { image: '/home/ada/M.AppImage' })).toMatchObject({
      link: expect.stringMatching(/[\\/]\.local[\\/]bin[\\/]mooring$/),
      copy: { folder: join('/u', 'command'), app: '/home/ada/M.AppImage' },
    });
    expect(copy('mac')).toEqual({
      ...{ link: join('/usr/local/bin', 'mooring'), source: join('/r', 'cli', 'mooring') },
      ...{ everybodys: true, copy: null },
    });
    expect(offerOf(null).offered()).toBe(false);
  });

  test('by the setting that says so, an app of mac has it in the person’s own folder', () => {
    expect(copy('mac', { location: 'user' })).toMatchObject({
      link: expect.stringMatching(/[\\/]\.local[\\/]bin[\\/]mooring$/),
      everybodys: false,
    });
    const image = { image: '/home/ada/M.AppImage' };
    expect(copy('linux', { ...image, location: 'user' })).toEqual(copy('linux', image));
  });

  test('every terminal looks into the system’s folder, and into others where the PATH has them', () => {
    expect(isSearched('/usr/local/bin', '/usr/bin')).toBe(true);
    expect(isSearched('/home/ada/.local/bin', '/usr/bin')).toBe(false);
    expect(isSearched('/opt/bin', ['/usr/bin', '/opt/bin'].join(delimiter))).toBe(true);
  });
});

// Windows makes links for administrators only, and its installers need none.
describe.runIf(process.platform !== 'win32')('putting the command on the PATH', () => {
  test('of an AppImage is a copy that stays when the app ends, and follows its version and place', async () => {
    const offer = offerOf(image);
    expect(offer.offered()).toBe(true);
    expect(await offer.put()).toMatchObject({ ok: true, body: 'A terminal that is opened now knows it.' });
    expect(offer.offered()).toBe(false);
    expect([readFileSync(image.link, 'utf8'), note()]).toEqual([
      'first',
      { app: '/home/ada/Mooring.AppImage', version: '1.0.0' },
    ]);
    expect((await stat(image.link)).mode & 0o777).toBe(0o755);
    await writeFile(image.source, 'second');
    await offer.refresh();
    expect(readFileSync(image.link, 'utf8')).toBe('first');
    await offerOf(image, { version: '2.0.0' }).refresh();
    expect(readFileSync(image.link, 'utf8')).toBe('second');
    const moved = { ...image, copy: { folder: join(folder, 'command'), app: '/opt/M.AppImage' } };
    await offerOf(moved, { version: '2.0.0' }).refresh();
    expect(note()).toEqual({ app: '/opt/M.AppImage', version: '2.0.0' });
  });

  test('is done only when a person asked for it', async () => {
    await offerOf(image).refresh();
    expect(() => lstatSync(join(folder, 'command'))).toThrow('ENOENT');
  });

  test('of an app of mac is a link, made without a password where none is needed', async () => {
    const offer = offerOf(dragged);
    expect(await offer.put()).toMatchObject({ ok: true });
    expect([readlinkSync(dragged.link), offer.offered()]).toEqual([dragged.source, false]);
  });

  test('is offered anew where the settings want it elsewhere, and says where to look for it', async () => {
    const elsewhere = { ...dragged, link: join(folder, 'own', 'mooring') };
    let place = dragged;
    const offer = createCommandOffer({
      ...{ place: () => place, version: '1.0.0', run: noRunner, text: desktopText(['en']) },
      ...{ searched: join(folder, 'bin'), log: (message) => expect.unreachable(message) },
    });
    expect(await offer.put()).toMatchObject({ ok: true, body: 'A terminal that is opened now knows it.' });
    expect(offer.offered()).toBe(false);
    place = elsewhere;
    expect(offer.offered()).toBe(true);
    const said = await offer.put();
    expect(said?.body).toContain(`It stands in ${join(folder, 'own')}, where this session does not look`);
    expect([readlinkSync(elsewhere.link), offer.offered()]).toEqual([elsewhere.source, false]);
  });

  test('asks for a password where it must, and hands the path over as a word of its own', async () => {
    // A folder cannot be made where a file stands.
    await writeFile(join(folder, 'bin'), '');
    const asked: (readonly string[])[] = [];
    const answers = [
      { exitCode: 1, stderr: 'execution error: User canceled. (-128)' },
      { exitCode: 1, stderr: 'execution error: no disk (1)\n' },
      { exitCode: 0, stderr: '' },
    ];
    const run: CommandRunner = async (file, args) => {
      asked.push([file, ...args]);
      return { kind: 'ended', stdout: '', ...(answers.shift() ?? expect.unreachable()) };
    };
    const hostile = { ...dragged, source: join(folder, `"; touch 'x' $(id)`, 'cli', 'mooring') };
    expect(await offerOf(hostile, { run }).put()).toBe(null);
    expect(await offerOf(hostile, { run }).put()).toMatchObject({
      ...{ ok: false, body: expect.stringContaining('execution error: no disk (1). Mend that') },
    });
    expect(await offerOf(hostile, { run }).put()).toMatchObject({ ok: true });
    expect(asked[0]?.at(0)).toBe('/usr/bin/osascript');
    expect(asked[0]?.slice(-3)).toEqual([hostile.source, hostile.link, dirname(hostile.link)]);
    expect(asked[0]?.filter((word) => word.includes('touch'))).toEqual([hostile.source]);
  });

  test('asks no administrator about the person’s own folder: it says what is wrong there', async () => {
    await writeFile(join(folder, 'bin'), '');
    for (const place of [image, { ...dragged, everybodys: false }])
      expect(await offerOf(place).put()).toMatchObject({
        ...{ ok: false, body: expect.stringContaining('EEXIST') },
      });
  });

  test('says whose the person’s own folder is where they may not write to it, and asks nobody', async () => {
    forbidden.folder = join(folder, 'bin');
    for (const place of [image, { ...dragged, everybodys: false }])
      expect(await offerOf(place).put()).toMatchObject({
        ...{ ok: false, body: expect.stringContaining('belongs to somebody else. Ask an administrator') },
      });
    forbidden.folder = '';
    expect(await offerOf(image).put()).toMatchObject({ ok: true });
  });

  test('leaves another command of that name alone, and replaces an older link of ours', async () => {
    await mkdir(join(folder, 'bin'));
    const refused = { ok: false, body: expect.stringContaining('another command of that name') };
    await writeFile(image.link, 'theirs');
    for (const place of [image, dragged]) expect(await offerOf(place).put()).toMatchObject(refused);
    expect(readFileSync(image.link, 'utf8')).toBe('theirs');
    await rm(image.link);
    await symlink('../lib/node_modules/mooring/bin/mooring.js', image.link);
    expect(await offerOf(dragged).put()).toMatchObject(refused);
    await rm(image.link);
    await symlink('/Applications/Old/Mooring.app/Contents/Resources/cli/mooring', image.link);
    expect(await offerOf(dragged).put()).toMatchObject({ ok: true });
  });

  test.each(['/Volumes/Mooring 1.0/Mooring.app', '/private/var/folders/x/AppTranslocation/y/d/Mooring.app'])(
    'makes no link into %s, which is gone tomorrow',
    async (app) => {
      const passing = { ...dragged, source: `${app}/Contents/Resources/cli/mooring` };
      expect(await offerOf(passing).put()).toMatchObject({
        ...{ ok: false, body: expect.stringContaining('Move it to the folder Applications') },
      });
    },
  );
});
