import Compass from 'lucide-react/icons/compass';
import Lock from 'lucide-react/icons/lock';
import classes from './ManagedNote.module.css';
import { useText } from './text-context.tsx';

/**
 * The one line below a control that says who manages it; a real button, so that keyboard and screen reader reach the
 * reason where the disabled control itself cannot be focused.
 */
export function ManagedNote({
  id,
  setting,
  label,
  locked,
  onExplain,
}: {
  readonly id?: string;
  /** Label of the setting. */
  readonly setting: string;
  /** Who manages it, as a person knows them. */
  readonly label: string;
  readonly locked: boolean;
  readonly onExplain: () => void;
}) {
  const { t } = useText();
  return (
    <button
      id={id}
      type="button"
      className={classes.note}
      data-locked={locked || undefined}
      aria-label={
        locked ? t('managed.why', { setting, label }) : t('managed.whySuggested', { setting, label })
      }
      aria-haspopup="dialog"
      onClick={onExplain}
    >
      {locked ? <Lock size={13} aria-hidden data-padlock /> : <Compass size={13} aria-hidden />}
      <span className={classes.words}>
        {locked ? t('managed.by', { label }) : t('managed.suggestedBy', { label })}
      </span>
    </button>
  );
}
