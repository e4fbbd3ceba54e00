// `npm run icons`: every icon of the app, from the one drawing in assets/mark.svg. With --check: fails where a file is
// not what would be written.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Resvg } from '@resvg/resvg-js';
import { TRAY_FACES, type TrayFace } from '../src/main/tray/face.ts';
import { icnsFile, icoFile } from './icon-containers.ts';

const assets = join(import.meta.dirname, '..', 'assets');

/** Shape and colours of the mark, read from its drawing so that there is only one. */
interface Mark {
  readonly body: string;
  readonly rope: string;
  readonly bodyColour: string;
  readonly ropeColour: string;
}

interface Colours {
  readonly body: string;
  readonly rope: string;
  readonly badge: string;
}

const APP_SIZES = [16, 24, 32, 48, 64, 128, 256, 512, 1024];
/** Windows takes no larger one. */
const WINDOWS_SIZES = APP_SIZES.filter((size) => size <= 256);
/** Windows and mac choose among these by the display's scale. */
const SCALES = [1, 1.25, 1.5, 2, 3];
const TRAY_SIZE = 16;
/** Hosts on Linux scale down what they are given. */
const LARGE_SIZE = 48;

function readMark(): Mark {
  const drawing = readFileSync(join(assets, 'mark.svg'), 'utf8');
  const [body, rope] = [...drawing.matchAll(/<path [^>]*>/g)].map(([path]) => path);
  if (body === undefined || rope === undefined)
    throw new Error('assets/mark.svg does not hold its two paths');
  return {
    body: attribute(body, 'd'),
    rope: attribute(rope, 'd'),
    bodyColour: attribute(body, 'fill'),
    ropeColour: attribute(rope, 'stroke'),
  };
}

function attribute(element: string, name: string): string {
  const value = new RegExp(`\\s${name}="([^"]+)"`).exec(element)?.[1];
  if (value === undefined) throw new Error(`assets/mark.svg: a path has no ${name}`);
  return value;
}

function png(svg: string, size: number): Buffer {
  return new Resvg(svg, { fitTo: { mode: 'width', value: size } }).render().asPng();
}

function svg(content: string, box = '0 0 64 64'): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${box}">${content}</svg>`;
}

/** The app's icon: the mark on a plate, which stands on any background. */
function appIcon({ body, rope, bodyColour, ropeColour }: Mark): string {
  return svg(
    `<rect x="-8" y="-8" width="80" height="80" rx="18" fill="#fff"/>
    <path fill="${bodyColour}" d="${body}"/>
    <path fill="none" stroke="${ropeColour}" stroke-width="6.5" stroke-linecap="round" d="${rope}"/>`,
    '-12 -12 88 88',
  );
}

/** One face. What is laid over the mark is cut out of it first, so that it is seen in one colour too. */
function trayIcon({ body, rope }: Mark, face: TrayFace, colours: Colours): string {
  const hollow = face === 'signed-out';
  const mark = hollow
    ? `<path fill="none" stroke="${colours.body}" stroke-width="5" stroke-linejoin="round" d="${body}"/>`
    : `<path fill="${colours.body}" d="${body}"/>`;
  const line = `fill="none" stroke-linecap="round" stroke-linejoin="round" d="${rope}"`;
  const roped = hollow ? '' : `<path ${line} stroke="${colours.rope}" stroke-width="6.5"/>`;
  const cut = { 'in-force': '', 'signed-out': '', ...OVERLAYS.cut }[face];
  const over = { 'in-force': '', 'signed-out': '', ...OVERLAYS.over(colours.badge) }[face];
  // In one colour the rope would vanish in the mark: there it is cut out.
  const oneColour = colours.body === colours.rope && !hollow;
  const ropeCut = oneColour ? `<path ${line} stroke="#000" stroke-width="6.5"/>` : '';
  return svg(
    `<mask id="m"><rect x="-4" y="-4" width="72" height="72" fill="#fff"/>${ropeCut}${cut}</mask>
    <g mask="url(#m)">${mark}${oneColour ? '' : roped}</g>${over}`,
    '0 2 64 60',
  );
}

const OVERLAYS = {
  cut: {
    attention: '<circle cx="48" cy="46" r="19" fill="#000"/>',
    offline: '<path d="M6 58L58 8" stroke="#000" stroke-width="16"/>',
  },
  over: (colour: string) => ({
    attention: `<mask id="b"><circle cx="48" cy="46" r="15" fill="#fff"/><path d="M48 37v10M48 54v.5" stroke="#000" stroke-width="5" stroke-linecap="round"/></mask><circle cx="48" cy="46" r="15" fill="${colour}" mask="url(#b)"/>`,
    offline: `<path d="M8 57L57 9" stroke="${colour}" stroke-width="6" stroke-linecap="round"/>`,
  }),
};

function drawAll(): ReadonlyMap<string, Buffer> {
  const mark = readMark();
  const drawn = new Map<string, Buffer>();
  const sizes = new Map(APP_SIZES.map((size) => [size, png(appIcon(mark), size)]));
  for (const [size, image] of sizes) drawn.set(join('icons', `${size}x${size}.png`), image);
  drawn.set('mooring.icns', icnsFile(sizes));
  drawn.set('mooring.ico', icoFile(new Map([...sizes].filter(([size]) => WINDOWS_SIZES.includes(size)))));
  const black = { body: '#000', rope: '#000', badge: '#000' };
  const kinds = {
    light: { body: mark.bodyColour, rope: mark.ropeColour, badge: '#c62828' },
    dark: { body: '#7ad3e2', rope: '#ff9a5c', badge: '#ff8a80' },
  };
  for (const face of TRAY_FACES) {
    const template = trayIcon(mark, face, black);
    for (const scale of [1, 2])
      drawn.set(join('tray', `${face}-Template${suffix(scale)}.png`), png(template, TRAY_SIZE * scale));
    for (const [kind, colours] of Object.entries(kinds)) {
      const drawing = trayIcon(mark, face, colours);
      for (const scale of SCALES)
        drawn.set(join('tray', `${face}-${kind}${suffix(scale)}.png`), png(drawing, TRAY_SIZE * scale));
      drawn.set(join('tray', `${face}-${kind}-large.png`), png(drawing, LARGE_SIZE));
    }
  }
  return drawn;
}

const suffix = (scale: number): string => (scale === 1 ? '' : `@${scale}x`);

function main(checkOnly: boolean): number {
  const stale: string[] = [];
  for (const [name, bytes] of drawAll()) {
    const file = join(assets, name);
    if (existsSync(file) && readFileSync(file).equals(bytes)) continue;
    stale.push(name);
    if (checkOnly) continue;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  }
  if (!checkOnly || stale.length === 0) return 0;
  process.stderr.write(
    `Not drawn from assets/mark.svg as it is now: ${stale.join(', ')}. Run "npm run icons".\n`,
  );
  return 1;
}

process.exitCode = main(process.argv.includes('--check'));
