import type { Page } from '@playwright/test';
import { explain, type View } from './dashboard-views.ts';
import { tidyWorld } from './picture-worlds.ts';

/** A picture of the documentation. */
export interface DocumentedView extends Omit<View, 'name' | 'full' | 'few'> {
  /** Its file in docs/screenshots. */
  readonly file: string;
  readonly width: number;
  readonly height: number;
  /** Pixels of the picture to one of the page. */
  readonly scale: number;
  readonly scheme: 'light' | 'dark';
}

const WINDOW = { world: tidyWorld, width: 1280, height: 800, scale: 1.5 } as const;

const onlyManaged = (page: Page) => page.getByLabel('Managed only').check();
const toTable = async (page: Page) => {
  await page.getByRole('region', { name: 'Managed settings' }).waitFor();
  await page.evaluate("scrollTo(0, document.querySelector('table').closest('section').offsetTop - 28)");
};

/** What README and docs show of the dashboard. */
export const DOCUMENTED: readonly DocumentedView[] = [
  { ...WINDOW, file: 'settings-light.png', place: 'settings', scheme: 'light', act: onlyManaged },
  { ...WINDOW, file: 'settings-dark.png', place: 'settings', scheme: 'dark', act: onlyManaged },
  {
    ...WINDOW,
    file: 'why-locked-light.png',
    place: 'settings/General',
    scheme: 'light',
    height: 960,
    act: explain('analyticsEnabled'),
  },
  { ...WINDOW, file: 'policy-page-light.png', place: 'policy', scheme: 'light', act: toTable },
  {
    world: tidyWorld,
    file: 'settings-320-dark.png',
    place: 'settings/Resources',
    width: 320,
    height: 640,
    scale: 2,
    scheme: 'dark',
  },
];
