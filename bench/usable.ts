import { randomUUID } from 'node:crypto';
import type { Page } from '@playwright/test';

/**
 * Watches a page from within, a frame at a time, until a control is there, enabled, at rest and uncovered. What a
 * driver outside sees is no measure: it looks again only after pauses that grow to half a second.
 */
export interface UsableWatch {
  /** Milliseconds from the start of the navigation that `go` makes until the control can be used. */
  after(go: () => Promise<unknown>): Promise<number>;
}

/** Prepares a page that nothing else watches, before its first navigation of interest. `selector`: the control, the first of its kind. */
export async function watchUsable(page: Page, selector: string): Promise<UsableWatch> {
  let told: (ms: number) => void = () => {};
  const tell = `usable${randomUUID().replaceAll('-', '')}`;
  await page.exposeFunction(tell, (ms: number) => told(ms));
  // An init script stands outside the page's content security policy.
  await page.addInitScript(`(() => {
    let last = '';
    const look = () => {
      const control = document.querySelector(${JSON.stringify(selector)});
      const box = control === null || control.disabled ? null : control.getBoundingClientRect();
      const now = box === null ? '' : [box.x, box.y, box.width, box.height].join();
      if (box !== null && box.width > 0 && now === last) {
        const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
        // A control below the fold is at rest there; nothing can cover it.
        if (top === null || control.contains(top)) return void ${tell}(performance.now());
      }
      last = now;
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  })()`);
  return {
    after: async (go) => {
      const usable = new Promise<number>((resolve) => {
        told = resolve;
      });
      await go();
      return usable;
    },
  };
}
