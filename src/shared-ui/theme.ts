import {
  type CSSVariablesResolver,
  createTheme,
  defaultCssVariablesResolver,
  type MantineColorsTuple,
} from '@mantine/core';

/** Deep water: the one accent of everything that can be acted on. Shade 7 carries white text at 6.9:1. */
const harbor: MantineColorsTuple = [
  '#eaf6f8',
  '#d3eaee',
  '#a9d6de',
  '#7cc0cc',
  '#52a9b8',
  '#2f919f',
  '#1d7a89',
  '#13636f',
  '#0f4f5a',
  '#0a3a43',
];

/** The rope and the buoy: used sparingly, for what waits on a person. */
const buoy: MantineColorsTuple = [
  '#fff3ea',
  '#ffe3d0',
  '#ffc5a1',
  '#fea26d',
  '#f98343',
  '#f26b22',
  '#d95812',
  '#b3460c',
  '#8c370a',
  '#682906',
];

/** Neutrals with a breath of the harbor in them, so that greys and accent belong together. */
const gray: MantineColorsTuple = [
  '#f5f8f9',
  '#edf1f3',
  '#e1e8ea',
  '#cfd8dc',
  '#87969e',
  '#6f7f87',
  '#586870',
  '#414f57',
  '#2a363d',
  '#151e24',
];

/** Surfaces and text of the dark scheme, from text (0) to the deepest ground (9). */
const dark: MantineColorsTuple = [
  '#e4ebee',
  '#bccad0',
  '#98a9b1',
  '#71848d',
  '#566a74',
  '#2a3a43',
  '#1c2931',
  '#131d23',
  '#0d151a',
  '#080e12',
];

const SANS =
  '"Geist Variable", system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", Arial, sans-serif';
const MONO = 'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "Liberation Mono", monospace';

/** The one theme of every page of Mooring: dashboard, tray window, Admin Console. */
export const theme = createTheme({
  colors: { harbor, buoy, gray, dark },
  primaryColor: 'harbor',
  // White text on a filled control: 6.9:1 in the light scheme, 5:1 in the dark one.
  primaryShade: { light: 7, dark: 6 },
  white: '#ffffff',
  black: '#151e24',
  fontFamily: SANS,
  fontFamilyMonospace: MONO,
  defaultRadius: 'md',
  radius: { xs: '0.25rem', sm: '0.375rem', md: '0.5rem', lg: '0.75rem', xl: '1rem' },
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.9375rem', lg: '1.0625rem', xl: '1.25rem' },
  lineHeights: { xs: '1.4', sm: '1.5', md: '1.55', lg: '1.55', xl: '1.5' },
  respectReducedMotion: true,
  cursorType: 'pointer',
  headings: {
    fontFamily: SANS,
    fontWeight: '620',
    textWrap: 'balance',
    sizes: {
      h1: { fontSize: '1.75rem', lineHeight: '1.2' },
      h2: { fontSize: '1.1875rem', lineHeight: '1.3' },
      h3: { fontSize: '1rem', lineHeight: '1.4' },
    },
  },
  components: {
    // A scroll lock injects a <style> element, which the pages' content security policy refuses.
    ModalRoot: { defaultProps: { lockScroll: false, centered: true } },
    DrawerRoot: { defaultProps: { lockScroll: false } },
    Switch: { defaultProps: { size: 'md', withThumbIndicator: false } },
  },
});

/**
 * Every CSS variable of the theme. Resolved when the style sheet `theme-variables.css` is generated, never in the
 * page: a page under `style-src 'self'` cannot carry the <style> element that Mantine would otherwise inject.
 */
export const resolveVariables: CSSVariablesResolver = (merged) => {
  const base = defaultCssVariablesResolver(merged);
  return {
    variables: base.variables,
    light: {
      ...base.light,
      '--mantine-color-dimmed': 'var(--mantine-color-gray-6)',
      '--mantine-color-placeholder': 'var(--mantine-color-gray-6)',
      '--mantine-color-error': '#b42323',
      '--mantine-color-default-border': 'var(--mantine-color-gray-3)',
      '--mantine-color-disabled': 'var(--mantine-color-gray-1)',
      '--mantine-color-disabled-color': 'var(--mantine-color-gray-6)',
      '--mantine-color-disabled-border': 'var(--mantine-color-gray-3)',
    },
    dark: {
      ...base.dark,
      '--mantine-color-dimmed': 'var(--mantine-color-dark-2)',
      '--mantine-color-placeholder': 'var(--mantine-color-dark-2)',
      '--mantine-color-anchor': 'var(--mantine-color-harbor-3)',
      '--mantine-color-error': '#ff9a8f',
      '--mantine-color-default': 'var(--mantine-color-dark-7)',
      '--mantine-color-default-border': '#33444d',
      '--mantine-color-disabled-color': 'var(--mantine-color-dark-2)',
      '--mantine-color-disabled-border': 'var(--mantine-color-dark-5)',
    },
  };
};
