import {
  convertCssVariables,
  DEFAULT_THEME,
  defaultCssVariablesResolver,
  mergeMantineTheme,
} from '@mantine/core';
import { resolveVariables, theme } from './theme.ts';

type Variables = Record<string, string>;

/**
 * The text of `theme-variables.css`: what the theme sets differently from Mantine's own static style sheet.
 * Written by `node scripts/generate-theme.ts` and held by a test, so that the page itself injects nothing.
 */
export function themeStyleSheet(): string {
  const ours = resolveVariables(mergeMantineTheme(DEFAULT_THEME, theme));
  const theirs = defaultCssVariablesResolver(DEFAULT_THEME);
  const css = convertCssVariables({
    variables: difference(ours.variables, theirs.variables),
    light: difference(ours.light, theirs.light),
    dark: difference(ours.dark, theirs.dark),
  });
  const lines = css.replaceAll(/([{};])\s*/g, '$1\n').replaceAll(/^(?=--)/gm, '  ');
  return `/* Generated from theme.ts: node scripts/generate-theme.ts */\n${lines.trim()}\n`;
}

function difference(ours: Variables, theirs: Variables): Variables {
  return Object.fromEntries(Object.entries(ours).filter(([name, value]) => theirs[name] !== value));
}
