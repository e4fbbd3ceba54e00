import { expect, test, vi } from 'vitest';
import { desktopText } from '../../shared/text/desktop-text.ts';
import { mayLoseUnsaved } from './unsaved-changes.ts';

const box = vi.hoisted(() => ({ chosen: 0, options: {} as Record<string, unknown> }));
vi.mock('electron', () => ({
  dialog: {
    showMessageBox: async (_: unknown, options: Record<string, unknown>) => {
      box.options = options;
      return { response: box.chosen };
    },
  },
}));

const ask = () => mayLoseUnsaved({} as never, desktopText(['en']));

test('what is unsaved is lost only where the person says so, and not by the Enter or Escape key', async () => {
  expect(await ask()).toBe(true);
  expect(box.options).toMatchObject({
    message: 'There are unsaved changes',
    buttons: ['Close without saving', 'Go on editing'],
    ...{ defaultId: 1, cancelId: 1 },
  });
  box.chosen = 1;
  expect(await ask()).toBe(false);
});
