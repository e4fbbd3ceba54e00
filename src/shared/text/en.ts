import { account } from './en-account.ts';
import { checks } from './en-checks.ts';
import { common } from './en-common.ts';
import { overrides } from './en-overrides.ts';
import { pages } from './en-pages.ts';
import { settings } from './en-settings.ts';

/** Every text of the pages, in English: the source that translations are made from. */
export const en = { ...common, ...settings, ...pages, ...overrides, ...account, ...checks } as const;

/** Name of a text. */
export type TextKey = keyof typeof en;
