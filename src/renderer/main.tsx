import '../shared-ui/no-eval.ts';

import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Guarded } from '../shared-ui/Guarded.tsx';
import { Identity } from '../shared-ui/Identity.tsx';
import { App } from './App.tsx';
import { type Door, openDoor } from './open-door.ts';
import { readerTexts } from './reader-texts.ts';
import { askAhead } from './transport/ask-ahead.ts';
import { bridgeCarrier } from './transport/bridge-carrier.ts';

const element = document.getElementById('root');
if (element === null) throw new Error('index.html has no #root');

/** How long a page stays empty for answers that come at once, in milliseconds: shorter than a flash of "Loading…". */
const EMPTY_MS = 150;

const door: Promise<Door> = (
  window.mooring === undefined
    ? openDoor(window)
    : Promise.resolve<Door>({ state: 'open', carrier: bridgeCarrier(window.mooring) })
).then(async (opened) => {
  if (opened.state !== 'open') return opened;
  const carrier = askAhead(opened.carrier);
  const patience = new Promise((resolve) => setTimeout(resolve, EMPTY_MS));
  return { ...opened, carrier, first: await carrier.first(patience) };
});

void Promise.all([door, readerTexts(navigator.languages)]).then(([opened, texts]) => {
  document.documentElement.lang = texts.locale;
  createRoot(element).render(
    <StrictMode>
      <Identity texts={texts}>
        <Guarded>
          <App door={opened} />
        </Guarded>
      </Identity>
    </StrictMode>,
  );
});

// A new one-time address pasted over the old one changes only the fragment, which loads nothing by itself.
window.addEventListener('hashchange', () => {
  if (window.mooring === undefined && window.location.hash.startsWith('#token=')) window.location.reload();
});
