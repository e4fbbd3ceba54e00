import { explain, type View } from './dashboard-views.ts';
import { tidyWorld } from './picture-worlds.ts';

/** A picture of the documentation. */
export interface DocumentedView extends Omit<View, 'name' | 'full' | 'few'> {
  /** Its file in docs/screenshots. */
  readonly file: string;
  readonly width: number;
  readonly height: number;
  readonly scheme: 'light' | 'dark';
}

const WINDOW = { world: tidyWorld, width: 1180, height: 740 } as const;

/** What README and docs show of the dashboard. */
export const DOCUMENTED: readonly DocumentedView[] = [
  { ...WINDOW, file: 'settings-light.png', place: 'settings/Resources', scheme: 'light' },
  { ...WINDOW, file: 'settings-dark.png', place: 'settings/Resources', scheme: 'dark' },
  {
    ...WINDOW,
    file: 'why-locked-light.png',
    place: 'settings/General',
    scheme: 'light',
    act: explain('analyticsEnabled'),
  },
  { ...WINDOW, file: 'policy-page-light.png', place: 'policy', scheme: 'light', height: 900 },
  {
    world: tidyWorld,
    file: 'settings-320-dark.png',
    place: 'settings/General',
    width: 320,
    height: 640,
    scheme: 'dark',
  },
];
