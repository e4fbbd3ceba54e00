import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { prepareApp } from './prepare-app.ts';

function prepared(installed: boolean) {
  const did: unknown[] = [];
  const app = Object.assign(new EventEmitter(), {
    setAppUserModelId: (id: string) => did.push(id),
    setAboutPanelOptions: (about: unknown) => did.push(about),
    setAsDefaultProtocolClient: (scheme: string) => did.push(`links of ${scheme}`),
    dock: { hide: () => did.push('no dock') },
  });
  prepareApp({ app: app as never, installed, version: '1.2.3' });
  return { app, did };
}

test('an installed copy takes the links, names itself, and stands in no dock', () => {
  expect(prepared(true).did).toEqual([
    'dev.mooring.desktop',
    { applicationName: 'Mooring', applicationVersion: '1.2.3', version: '' },
    ...['links of mooring', 'no dock'],
  ]);
});

test('a copy that is not installed takes no links: they would start Electron itself', () => {
  expect(prepared(false).did).not.toContain('links of mooring');
});

test('closing the last window ends nothing, and web contents that are no window of ours open none', () => {
  const { app } = prepared(false);
  // Electron quits where nobody listens.
  expect(app.listenerCount('window-all-closed')).toBe(1);
  let answer: unknown;
  app.emit(
    'web-contents-created',
    {},
    {
      setWindowOpenHandler: (handler: () => unknown) => {
        answer = handler();
      },
    },
  );
  expect(answer).toEqual({ action: 'deny' });
});
