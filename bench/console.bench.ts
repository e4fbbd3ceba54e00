import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { launchBrowser } from '../test/browser.ts';
import { openConsole, startConsoleHub } from '../test/console/open-console.ts';
import { type Benchmark, ratioOf } from './benchmark.ts';
import { watchUsable } from './usable.ts';

const assets = join(import.meta.dirname, '..', 'out', 'console');

/** From the address until the first control can be used; both pages are of the same build, hub and browser. */
const editor: Benchmark = {
  what: 'the policy editor can be used',
  against: 'an empty page of the same console',
  atMost: 2.5,
  unit: '×',
  async measure() {
    const [hub, browser] = await Promise.all([startConsoleHub(), launchBrowser()]);
    try {
      // A window of its own for each: a link of the editor, told late, would count for the empty page, and a page
      // behind another draws nothing.
      const { page, close } = await openConsole(browser, hub, 'owner');
      const { page: empty, close: closeEmpty } = await openConsole(browser, hub, 'owner');
      const control = await watchUsable(page, '[data-setting] select');
      const link = await watchUsable(empty, 'main a');
      const result = await ratioOf(
        () => control.after(() => page.goto(`/o/acme/policies/${hub.said.defaultPolicyId}`)),
        () => link.after(() => empty.goto('/o/acme/nothing-here')),
        9,
      );
      await close();
      await closeEmpty();
      return result;
    } finally {
      await browser.close();
      await hub.stop();
    }
  },
};

const MIB = 1024 * 1024;

/** What the document itself asks for, packed: other pages are loaded when somebody goes there. */
const firstLoad: Benchmark = {
  what: 'first load of the console, gzip',
  against: 'nothing (300 KiB)',
  atMost: 300 / 1024,
  unit: 'MiB',
  async measure() {
    const document = readFileSync(join(assets, 'index.html'), 'utf8');
    const files = staticallyLoaded(document);
    const all = readdirSync(assets, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.js'),
    );
    if (files.length < 2) throw new Error('the document of out/console names no scripts and styles');
    if (files.length >= all.length) throw new Error('nothing is left to be loaded later');
    const bytes = files.reduce(
      (sum, name) => sum + gzipSync(readFileSync(name)).length,
      gzipSync(document).length,
    );
    return { result: bytes / MIB, ours: `${(bytes / 1024).toFixed(1)} KiB`, theirs: '0 KiB' };
  },
};

/** Scripts and styles that the document names, and what those import at once. */
function staticallyLoaded(document: string): readonly string[] {
  const found = new Set<string>();
  const add = (file: string): void => {
    if (found.has(file)) return;
    found.add(file);
    if (!file.endsWith('.js')) return;
    const imports = readFileSync(file, 'utf8').matchAll(/(?:\bfrom|\bimport)\s*["'](\.[^"']+\.js)["']/g);
    for (const [, path = ''] of imports) add(join(dirname(file), path));
  };
  for (const [, path = ''] of document.matchAll(/(?:src|href)="\/console\/([^"]+\.(?:js|css))"/g))
    add(join(assets, path));
  return [...found];
}

export default [editor, firstLoad];
