import { Button } from '@mantine/core';
import { type RefObject, useEffect, useMemo, useRef } from 'react';
import { flushSync } from 'react-dom';
import { clearOf } from '../../shared-ui/clear-of.ts';
import { useLabels } from '../../shared-ui/labels-context.ts';
import { Notice } from '../../shared-ui/Notice.tsx';
import { useText } from '../../shared-ui/text-context.tsx';
import { useAgent } from '../agent/agent-context.tsx';
import { FailureText } from '../agent/FailureText.tsx';
import { useResource } from '../agent/use-resource.ts';
import { useDrafts } from './DraftsContext.tsx';
import { type Applied, type Drafts, draftsOf, isHeld, withProblems } from './drafts.ts';
import classes from './PendingBar.module.css';
import { showSetting } from './show-setting.ts';

/** The bar that stays in sight while there are unsaved changes, and tells how applying them ended. */
export function PendingBar({
  of,
  onShow = showSetting,
}: {
  /** The only settings that this page can change; all, where left out. */
  readonly of?: ReadonlySet<string>;
  /** Brings a setting before the reader. */
  readonly onShow?: (id: string) => void;
}) {
  const { t, list } = useText();
  const { drafts: all, applied, overtaken, dismiss } = useDrafts();
  const drafts = useMemo(() => draftsOf(all, of), [all, of]);
  const labelOf = useLabels();
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
      {applied === null ? null : (
        <Outcome applied={applied} onClose={dirty ? null : dismiss} onShow={onShow} />
      )}
      {dirty ? <Pending drafts={drafts} onShow={onShow} /> : null}
    </section>
  );
}

function Pending({ drafts, onShow }: { readonly drafts: Drafts; readonly onShow: (id: string) => void }) {
  const { t } = useText();
  const { applying, apply, discard } = useDrafts();
  const { connection } = useAgent();
  const settings = useResource('settings');
  const problems = withProblems(drafts);
  const [first] = problems;
  const ref = useRef<HTMLButtonElement>(null);
  useApplyKeys(ref);
  const waits =
    settings.state === 'ready' && settings.value.settings.some((each) => drafts.has(each.id) && isHeld(each));
  return (
    <div className={classes.actions}>
      <span className={classes.count} role="status">
        <strong>{t('settings.pending', { count: drafts.size })}</strong>
        {problems.length === 0 ? null : (
          <span className={classes.problems}>
            {t('settings.pendingProblems', { count: problems.length })}
          </span>
        )}
        {waits ? <span className={classes.problems}>{t('settings.pendingHeld')}</span> : null}
      </span>
      <div className={classes.buttons}>
        {first === undefined ? null : (
          <Button variant="default" onClick={() => onShow(first)}>
            {t('settings.showRefused')}
          </Button>
        )}
        <Button variant="default" disabled={applying} onClick={() => discard(drafts)}>
          {t('action.cancel')}
        </Button>
        <Button
          ref={ref}
          aria-keyshortcuts="Control+S Meta+S"
          title={t('settings.applyHint')}
          disabled={problems.length > 0 || waits || connection === 'lost'}
          loading={applying}
          onClick={() => void apply(drafts)}
        >
          {applying ? t('settings.applying') : t('action.apply')}
        </Button>
      </div>
    </div>
  );
}

/** From the first of a hundred settings it is a long way to the bar: Ctrl+S, or ⌘S, presses the button from anywhere. */
function useApplyKeys(button: RefObject<HTMLButtonElement | null>): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 's' || !(event.ctrlKey || event.metaKey)) return;
      if (event.altKey || event.shiftKey || document.querySelector('[role="dialog"]') !== null) return;
      // Else the browser offers to save the page, which nobody means who has just changed a setting.
      event.preventDefault();
      // What is done to a field when it is left belongs to what is applied.
      const field = document.activeElement;
      if (field instanceof HTMLElement)
        flushSync(() => {
          field.blur();
          field.focus({ preventScroll: true });
        });
      button.current?.click();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [button]);
}

function Outcome({
  applied,
  onClose,
  onShow,
}: {
  readonly applied: Applied;
  readonly onClose: (() => void) | null;
  readonly onShow: (id: string) => void;
}) {
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
              <Button variant="default" size="xs" onClick={() => onShow(first)}>
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
