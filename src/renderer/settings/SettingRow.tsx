import KeyRound from 'lucide-react/icons/key-round';
import RotateCcw from 'lucide-react/icons/rotate-ccw';
import Snowflake from 'lucide-react/icons/snowflake';
import { memo, useId } from 'react';
import type { CatalogSetting, SettingState } from '../../shared/contracts/local-api.ts';
import { checkDraft } from '../../shared-ui/check-draft.ts';
import { controlKind, isFieldset, isWide } from '../../shared-ui/controls/control.ts';
import { SettingControl } from '../../shared-ui/controls/SettingControl.tsx';
import { useFieldName } from '../../shared-ui/field-name.ts';
import type { JsonValue } from '../../shared-ui/json-value.ts';
import { ManagedNote } from '../../shared-ui/ManagedNote.tsx';
import { Prose } from '../../shared-ui/Prose.tsx';
import { useHints } from '../../shared-ui/setting-hints.ts';
import { Tag } from '../../shared-ui/Tag.tsx';
import { useText } from '../../shared-ui/text-context.tsx';
import { useValueText } from '../../shared-ui/value-text.ts';
import { WrappingButton } from '../../shared-ui/WrappingButton.tsx';
import { AgentSays, useManager } from '../agent/AgentSays.tsx';
import { refusalWords } from '../agent/FailureText.tsx';
import { useDraftActions } from './DraftsContext.tsx';
import { type Draft, isHeld } from './drafts.ts';
import { SEARCHED } from './mark-words.ts';
import classes from './SettingRow.module.css';

interface SettingRowProps {
  readonly registration: CatalogSetting;
  readonly state: SettingState;
  readonly draft?: Draft | undefined;
  /** Without effect at present, for what it needs is otherwise. */
  readonly idle: boolean;
  /** Opens "Why is this locked?". */
  readonly onExplain: (id: string) => void;
}

/**
 * One setting: its words, its control, who manages it, and what became of an edit. Drawn again only when something of
 * it changed: there are a hundred of them, and every edit passes by here. A search never does: it hides and marks.
 */
export const SettingRow = memo(function SettingRow({ draft: edited, ...props }: SettingRowProps) {
  const { registration, state, idle } = props;
  const { t } = useText();
  const { edit, reset } = useDraftActions();
  const id = useId();
  const fieldName = useFieldName();
  const hints = useHints(registration, idle);
  const held = isHeld(state);
  // What is held shows what is in force: the edit waits, and is not called the value that is held.
  const draft = held ? undefined : edited;
  const kind = controlKind(registration);
  const refusal = draft?.refusal ?? null;
  const error = draft?.problem ?? (refusal === null ? null : <AgentSays words={refusalWords(refusal)} />);
  const describedBy = [
    `${id}-text`,
    hints.length === 0 ? null : `${id}-hint`,
    state.managedBy === null ? null : `${id}-by`,
    state.frozen ? `${id}-held` : null,
    error === null ? null : `${id}-error`,
  ]
    .filter((each) => each !== null)
    .join(' ');

  const onChange = (value: JsonValue) => {
    // Emptying a field whose suggestion is "this computer decides" is the wish to return to that.
    const unset = state.suggestion === null && (value === null || value === '');
    if (unset) return state.choice === undefined ? edit(state, null, null) : reset(state);
    edit(state, value, checkDraft(registration, value, { t, fieldName }));
  };
  return (
    <div
      className={classes.row}
      data-setting={state.id}
      data-locked={state.locked || undefined}
      data-changed={draft === undefined ? undefined : true}
      data-wide={isWide(kind) || undefined}
      data-depends={(registration.requires ?? []).length > 0 || undefined}
      data-idle={idle || undefined}
      data-switch={kind === 'switch' || undefined}
    >
      <div className={classes.words}>
        <div className={classes.head}>
          <label
            id={`${id}-label`}
            htmlFor={isFieldset(kind) ? undefined : `${id}-control`}
            className={classes.label}
            {...SEARCHED}
          >
            {registration.label}
          </label>
          {draft === undefined ? null : <Tag tone="warn">{t('settings.changed')}</Tag>}
        </div>
        <p id={`${id}-text`} className={classes.text} {...SEARCHED}>
          <Prose text={registration.description} />
        </p>
        {hints.length === 0 ? null : (
          <p id={`${id}-hint`} className={classes.hint}>
            {hints.join(' · ')}
          </p>
        )}
      </div>
      <div className={classes.control}>
        <SettingControl
          registration={registration}
          value={draft === undefined ? state.value : draft.value}
          disabled={held}
          locked={state.locked}
          invalid={error !== null}
          canBeUnset={state.suggestion === null}
          controlId={`${id}-control`}
          labelId={`${id}-label`}
          describedBy={describedBy}
          onChange={onChange}
        />
      </div>
      {error === null ? null : (
        <p id={`${id}-error`} className={classes.error} role="alert">
          {error}
        </p>
      )}
      <RowNotes {...props} draft={draft} id={id} />
    </div>
  );
});

function RowNotes({ registration, state, draft, id, onExplain }: SettingRowProps & { readonly id: string }) {
  const { t, dateTime } = useText();
  const manager = useManager();
  const valueText = useValueText();
  const override = state.managedBy?.override;
  const canReset = state.choice !== undefined && !isHeld(state);
  if (state.managedBy === null && state.frozen === undefined && !canReset) return null;
  return (
    <div className={classes.notes}>
      {state.managedBy === null ? null : (
        <ManagedNote
          id={`${id}-by`}
          setting={registration.label}
          label={manager(state.managedBy)}
          locked={state.locked}
          onExplain={() => onExplain(state.id)}
        />
      )}
      {override === undefined ? null : (
        <Tag tone="warn" icon={<KeyRound size={12} aria-hidden />}>
          {t('override.note', { time: dateTime(override.until) })}
        </Tag>
      )}
      {state.frozen === undefined ? null : (
        <span
          id={`${id}-held`}
          className={classes.held}
          title={t(state.frozen === 'policy_stale' ? 'managed.heldStale' : 'managed.heldBroken')}
        >
          <Snowflake size={13} aria-hidden />
          {t('managed.held')}
        </span>
      )}
      {canReset && draft?.reset === true ? (
        <span className={classes.pending}>
          {t('settings.resetPending', { value: valueText(state.suggestion, registration) })}
        </span>
      ) : null}
      {canReset && draft?.reset !== true ? <ResetButton registration={registration} state={state} /> : null}
    </div>
  );
}

function ResetButton({
  registration,
  state,
}: {
  readonly registration: CatalogSetting;
  readonly state: SettingState;
}) {
  const { t } = useText();
  const { reset } = useDraftActions();
  const valueText = useValueText();
  return (
    <WrappingButton
      variant="subtle"
      size="compact-xs"
      data-reset
      leftSection={<RotateCcw size={13} aria-hidden />}
      title={t('settings.resetOf', {
        setting: registration.label,
        value: valueText(state.suggestion, registration),
      })}
      onClick={() => reset(state)}
    >
      {t(state.managedBy === null ? 'settings.resetDefault' : 'settings.reset')}
    </WrappingButton>
  );
}
