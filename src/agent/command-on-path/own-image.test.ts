import { mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ownImage } from './own-image.ts';

const APPIMAGE = '/home/ada/Mooring.AppImage';
const APPDIR = '/tmp/.mount_MooriXyz';
const PROGRAM = `${APPDIR}/mooring-desktop`;

// Paths of Linux, which alone has AppImages.
test.runIf(process.platform !== 'win32').each([
  ['of what runs from its mount', { APPIMAGE, APPDIR }, PROGRAM, APPIMAGE],
  ['of another app, from whose terminal it was started', { APPIMAGE, APPDIR }, '/opt/Mooring/mooring', null],
  ['of one beside it', { APPIMAGE, APPDIR }, `${APPDIR}2/mooring-desktop`, null],
  ['of nobody', {}, PROGRAM, null],
  ['without its mount', { APPIMAGE }, PROGRAM, null],
  ['whose name is no path', { APPIMAGE: 'Mooring.AppImage', APPDIR }, PROGRAM, null],
])('the AppImage %s', (_, environment, program, image) => {
  expect(ownImage(environment, program)).toBe(image);
});

test.runIf(process.platform !== 'win32')('a folder of temporary files that is a link changes nothing', () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'mooring-image-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  symlinkSync(folder, join(folder, 'link'));
  expect(ownImage({ APPIMAGE, APPDIR: join(folder, 'link') }, join(folder, 'link'))).toBe(null);
  symlinkSync(process.execPath, join(folder, 'program'));
  const APPDIR = join(process.execPath, '..');
  expect(ownImage({ APPIMAGE, APPDIR }, join(folder, 'program'))).toBe(APPIMAGE);
});
