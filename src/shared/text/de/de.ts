import type { TextKey } from '../en.ts';
import type { Catalog } from '../text.ts';
import { accountDe } from './account.ts';
import { checksDe } from './checks.ts';
import { commonDe } from './common.ts';
import { overridesDe } from './overrides.ts';
import { pagesDe } from './pages.ts';
import { settingsDe } from './settings.ts';

/** Every text of the pages in German; the compiler refuses a missing one. */
export const de: Catalog<TextKey> = {
  ...commonDe,
  ...settingsDe,
  ...pagesDe,
  ...overridesDe,
  ...accountDe,
  ...checksDe,
};
