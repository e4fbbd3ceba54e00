import type { ReactNode } from 'react';
import { Wordmark } from '../../shared-ui/Mark.tsx';
import { useConsoleText } from '../console-text.tsx';
import classes from './Bare.module.css';

/** A page without navigation: before it is known who looks, and where. */
export function Bare({ children }: { readonly children: ReactNode }) {
  const { t } = useConsoleText();
  return (
    <div className={classes.page}>
      <header>
        <Wordmark name={t('app.name')} />
      </header>
      <main>{children}</main>
    </div>
  );
}
