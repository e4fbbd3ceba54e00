import { Button } from '@mantine/core';
import { clearOf } from '../../shared-ui/clear-of.ts';
import { useLabels } from '../../shared-ui/labels-context.ts';
import { Notice } from '../../shared-ui/Notice.tsx';
import { useText } from '../../shared-ui/text-context.tsx';
import { useAgent } from '../agent/agent-context.tsx';
import { FailureText } from '../agent/FailureText.tsx';
import { useDrafts } from './DraftsContext.tsx';
import type { Applied } from './drafts.ts';
import { problemCount } from './drafts.ts';
import classes from './PendingBar.module.css';

/** The bar that stays in sight while there are unsaved changes, and tells how applying them ended. */
export function PendingBar() {
  const { t, list } = useText();
  const { drafts, applying, applied, overtaken, apply, discard, dismiss } = useDrafts();
  const { connection } = useAgent();
  const labelOf = useLabels();
  const problems = problemCount(drafts);
  const dirty = drafts.size > 0;
  if (!dirty && applied === null && overtaken.length === 0) return null;
  return (
    <section ref={clearOf} className={classes.bar} aria-label={t('settings.pendingLabel')}>
      {overtaken.length === 0 ? null : (
        <Notice
          tone="warn"
          live
          actions={
            <Button variant="default" size="xs" onClick={dismiss}>
              {t('action.close')}
            </Button>
          }
        >
          {t('settings.overtaken', { count: overtaken.length, settings: list(overtaken.map(labelOf)) })}
        </Notice>
      )}
      {applied === null ? null : <Outcome applied={applied} onClose={dirty ? null : dismiss} />}
      {dirty ? (
        <div className={classes.actions}>
          <span className={classes.count} role="status">
            <strong>{t('settings.pending', { count: drafts.size })}</strong>
            {problems === 0 ? null : (
              <span className={classes.problems}>{t('settings.pendingProblems', { count: problems })}</span>
            )}
          </span>
          <div className={classes.buttons}>
            <Button variant="default" disabled={applying} onClick={discard}>
              {t('action.cancel')}
            </Button>
            <Button
              disabled={problems > 0 || connection === 'lost'}
              loading={applying}
              onClick={() => void apply()}
            >
              {applying ? t('settings.applying') : t('action.apply')}
            </Button>
          </div>
        </div>
      ) : null}
    </section>
  );
}

function Outcome({ applied, onClose }: { readonly applied: Applied; readonly onClose: (() => void) | null }) {
  const { t } = useText();
  const close =
    onClose === null ? undefined : (
      <Button variant="default" size="xs" onClick={onClose}>
        {t('action.close')}
      </Button>
    );
  switch (applied.outcome) {
    case 'saved':
      return (
        <Notice tone="good" live actions={close}>
          {t('settings.applied', { count: applied.count })}
        </Notice>
      );
    case 'refused': {
      const first = applied.ids[0];
      return (
        <Notice
          tone="bad"
          live
          actions={
            first === undefined ? undefined : (
              <Button variant="default" size="xs" onClick={() => showSetting(first)}>
                {t('settings.showRefused')}
              </Button>
            )
          }
        >
          {t('settings.refused', { count: applied.ids.length })}
        </Notice>
      );
    }
    case 'failed':
      return (
        <Notice tone="bad" live actions={close}>
          {/* The agent's own words say what was saved and what was not. */}
          {applied.failure.kind === 'refused' ? null : `${t('settings.applyFailed')} `}
          <FailureText failure={applied.failure} />
        </Notice>
      );
  }
}

/** Brings the row of a setting into view and puts the focus on its first control. */
function showSetting(id: string): void {
  const row = document.querySelector(`[data-setting="${CSS.escape(id)}"]`);
  row?.scrollIntoView({ block: 'center' });
  row?.querySelector<HTMLElement>('input, select, textarea, button')?.focus({ preventScroll: true });
}
