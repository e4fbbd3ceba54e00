import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { violationsInBothSchemes } from '../../test/accessibility.ts';

/** Where pictures are put, and what is said of those that could not be taken. */
export interface Album {
  /** One view in both colour schemes: wide, wider, narrow, and at the width that twice the size leaves of a wide window. */
  take(page: Page, name: string): Promise<void>;
  /** Reaches a view and takes it; what could not be reached is told at the end, and the others are taken. */
  reach(page: Page, name: string, reach: () => Promise<unknown>): Promise<void>;
  /** Views that could not be reached, and why. */
  readonly missed: readonly string[];
  /** What axe finds wrong with those that were taken, in either scheme. */
  readonly wrong: readonly string[];
}

/** A view that is not there by then is missed, and the next one taken. */
const LONGEST_MS = 8000;
const WIDE = { width: 1280, height: 800 };
const LOOKS = [
  ['light', 1280],
  ['dark', 1280],
  ['dark', 360],
  ['light', 360],
  ['light', 720],
  ['dark', 720],
  ['light', 1920],
] as const;

/**
 * `shown`: called with the wide pictures, for those that are kept elsewhere as well. `wanted`: the only view to be taken,
 * and only wide.
 */
export async function openAlbum(
  folder: string,
  shown: (page: Page, name: string, file: string) => Promise<void> = async () => undefined,
  wanted?: string,
): Promise<Album> {
  await mkdir(folder, { recursive: true });
  const missed: string[] = [];
  const wrong: string[] = [];
  const looks = wanted === undefined ? LOOKS : LOOKS.filter(([, width]) => width === WIDE.width);
  const take: Album['take'] = async (page, name) => {
    await page.evaluate('document.fonts.ready');
    // What is fixed to the window would stand in the middle of the whole page.
    await page.evaluate('window.scrollTo(0, 0)');
    // A dialog stands in the middle of the window, not of the whole page.
    const fullPage = (await page.getByRole('dialog').count()) === 0;
    for (const [colorScheme, width] of looks) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ ...WIDE, width });
      const file = `console-${name}-${colorScheme}${width === WIDE.width ? '' : `-${width}`}.png`;
      await page.screenshot({ path: join(folder, file), fullPage, animations: 'disabled' });
      if (width === WIDE.width) await shown(page, name, file);
    }
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize(WIDE);
    // The pages without the console have no script that would say the scheme, and tests of their own.
    if ((await page.locator('html[data-mantine-color-scheme]').count()) > 0)
      wrong.push(...(await violationsInBothSchemes(page)).map((each) => `${name}: ${each}`));
  };
  return {
    take,
    missed,
    wrong,
    reach: async (page, name, reach) => {
      if (wanted !== undefined && name !== wanted) return;
      page.setDefaultTimeout(LONGEST_MS);
      try {
        await reach();
        await take(page, name);
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        missed.push(`${name}: ${why}`);
      }
      await page.unrouteAll({ behavior: 'ignoreErrors' });
    },
  };
}
