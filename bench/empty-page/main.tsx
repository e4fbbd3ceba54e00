// What the dashboard is measured against: React, the theme and the texts, as every page of the build has them, and
// nothing but a button.
import '../../src/shared-ui/no-eval.ts';

import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { readerTexts } from '../../src/renderer/reader-texts.ts';
import { Identity } from '../../src/shared-ui/Identity.tsx';

const element = document.getElementById('root');
if (element === null) throw new Error('index.html has no #root');

void readerTexts(navigator.languages).then((texts) => {
  createRoot(element).render(
    <StrictMode>
      <Identity texts={texts}>
        <button type="button">Empty</button>
      </Identity>
    </StrictMode>,
  );
});
