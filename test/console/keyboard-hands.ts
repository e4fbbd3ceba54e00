import type { Locator, Page } from '@playwright/test';

/** Hands that have only a keyboard: nothing is clicked, and no script moves the focus. */
export interface Hands {
  /** Tab, or Shift and Tab where that is nearer, until it has the focus. */
  reach(target: Locator): Promise<void>;
  /** Reaches it and presses Enter, or the key named. */
  press(target: Locator, key?: string): Promise<void>;
  /** Reaches a field, takes everything in it and types over it. */
  type(target: Locator, text: string): Promise<void>;
  /** Reaches a choice and goes down its entries until it holds `value`. */
  choose(target: Locator, value: string): Promise<void>;
  /** Waits until something on the page has the focus, and it can be seen. */
  holdsFocus(where?: Locator): Promise<void>;
}

const MOST_STEPS = 200;

/** Before or after what has the focus, and whether what has it now shows so. */
const LOOK = `
  const at = document.activeElement;
  const drawn = at === null ? [] : [at, at.nextElementSibling, at.parentElement].filter(Boolean);
  const shown = drawn.some((each) => {
    const style = getComputedStyle(each);
    return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  });
  return {
    there: it === at,
    lost: at === null || at === document.body,
    unseen: at === null || at === document.body || at.matches('main, h1, [role="dialog"]') || shown ? null : at.outerHTML.slice(0, 200),
    back: at !== null && (at.compareDocumentPosition(it) & Node.DOCUMENT_POSITION_PRECEDING) !== 0,
  };`;
/** The browser's own types are not known here, so it is text that becomes a function there. */
const look = new Function('it', LOOK) as (it: unknown) => Look;

interface Look {
  readonly there: boolean;
  readonly lost: boolean;
  readonly unseen: string | null;
  readonly back: boolean;
}

export function handsOn(page: Page): Hands {
  const reach: Hands['reach'] = async (target) => {
    await target.waitFor({ state: 'attached' });
    let lost = 0;
    let back: boolean | null = null;
    for (let step = 0; step < MOST_STEPS; step += 1) {
      const now = await target.evaluate(look);
      if (now.unseen !== null) throw new Error(`the focus cannot be seen on ${now.unseen}`);
      if (now.there) return;
      // The end of the page is the browser's own for one press, no more.
      lost = now.lost ? lost + 1 : 0;
      if (lost > 2) throw new Error('the focus is lost');
      if (back === null && !now.lost) back = now.back;
      await page.keyboard.press(back === true ? 'Shift+Tab' : 'Tab');
    }
    throw new Error(`no number of presses reaches ${target}`);
  };
  const press: Hands['press'] = async (target, key = 'Enter') => {
    await reach(target);
    await page.keyboard.press(key);
  };
  return {
    reach,
    press,
    type: async (target, text) => {
      await reach(target);
      await page.keyboard.press('ControlOrMeta+a');
      await page.keyboard.type(text);
    },
    choose: async (target, value) => {
      await reach(target);
      await page.keyboard.press('Home');
      for (let step = 0; step < MOST_STEPS && (await target.inputValue()) !== value; step += 1)
        await page.keyboard.press('ArrowDown');
      if ((await target.inputValue()) !== value) throw new Error(`${target} has no ${value}`);
    },
    holdsFocus: async (where = page.locator('body')) => {
      await where
        .locator(':focus')
        .or(where.and(page.locator(':focus')))
        .first()
        .waitFor();
    },
  };
}
