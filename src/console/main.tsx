import '../shared-ui/no-eval.ts';

import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Guarded } from '../shared-ui/Guarded.tsx';
import { Identity } from '../shared-ui/Identity.tsx';
import { App } from './App.tsx';
import { ConsoleTextProvider } from './console-text.tsx';
import { HubProvider } from './hub/hub-context.tsx';

const element = document.getElementById('root');
if (element === null) throw new Error('index.html has no #root');

createRoot(element).render(
  <StrictMode>
    <Identity>
      <Guarded text="fault.consoleText">
        <ConsoleTextProvider>
          <HubProvider>
            <App />
          </HubProvider>
        </ConsoleTextProvider>
      </Guarded>
    </Identity>
  </StrictMode>,
);
