import type { Page } from '@playwright/test';
import axe from 'axe-core';
import { z } from 'zod';

const OPTIONS = JSON.stringify({
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  // One element of what passes: to write all of them down takes as long as the rules do.
  resultTypes: ['violations'],
});
const resultSchema = z.object({
  violations: z.array(
    z.object({
      id: z.string(),
      nodes: z.array(z.object({ html: z.string(), failureSummary: z.string().optional() })),
    }),
  ),
  passes: z.array(z.unknown()).min(1),
});

/** What only the colours change: all that has to be looked at again in the other scheme. */
const COLOURS = JSON.stringify({
  runOnly: { type: 'rule', values: ['color-contrast'] },
  resultTypes: ['violations'],
});

/** What axe finds wrong on the page as it is shown. */
export async function violationsOf(page: Page): Promise<readonly string[]> {
  return findings(page, OPTIONS);
}

/** The same of the colours alone: enough where the page was looked at in the other scheme. */
export async function coloursWrongOn(page: Page): Promise<readonly string[]> {
  return findings(page, COLOURS);
}

/**
 * The same in both colour schemes: whole in the light one, and the colours in the dark one. Light it is afterwards.
 * `within`: only of what this selector finds, such as a dialog whose page was looked at already.
 */
export async function violationsInBothSchemes(page: Page, within?: string): Promise<readonly string[]> {
  const found = await findings(page, OPTIONS, within);
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.locator('html[data-mantine-color-scheme="dark"]').waitFor({ state: 'attached' });
  const dark = await findings(page, COLOURS, within);
  await page.emulateMedia({ colorScheme: 'light' });
  await page.locator('html[data-mantine-color-scheme="light"]').waitFor({ state: 'attached' });
  return [...found, ...dark.map((each) => `dark: ${each}`)];
}

/** Run by the page: what still moves for somebody who asked for stillness. */
const MOVING = `[...document.querySelectorAll('body *')].flatMap((each) =>
  ['', '::before', '::after'].flatMap((part) => {
    const { animationName, animationDuration, transitionDuration, transitionProperty } = getComputedStyle(each, part || null);
    const long = (text) => text.split(', ').some((one) => Number.parseFloat(one) > 0.001);
    return (animationName !== 'none' && long(animationDuration)) ||
      (transitionProperty !== 'none' && long(transitionDuration))
      ? [each.outerHTML.slice(0, 120) + part]
      : [];
  }),
)`;

/** What moves on the page although its reader asked the system for less motion; there has to be something that would. */
export async function movingOn(page: Page): Promise<readonly string[]> {
  await page.emulateMedia({ reducedMotion: 'no-preference' });
  const movable = z.array(z.string()).parse(await page.evaluate(MOVING));
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const moving = z.array(z.string()).parse(await page.evaluate(MOVING));
  return movable.length === 0 ? ['nothing moves for anybody: what is looked for?'] : moving;
}

async function findings(page: Page, options: string, within?: string): Promise<readonly string[]> {
  // Evaluated rather than added as a script, which the page's policy would refuse; once per document.
  if ((await page.evaluate('typeof axe')) === 'undefined') await page.evaluate(axe.source);
  const { violations } = resultSchema.parse(
    await page.evaluate(`axe.run(${JSON.stringify(within ?? 'html')}, ${options})`),
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.html} ${node.failureSummary ?? ''}`),
  );
}
