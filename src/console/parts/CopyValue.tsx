import { CopyButton } from '../../shared-ui/CopyButton.tsx';
import classes from './CopyValue.module.css';

/** A value to take elsewhere, exactly as it is. `label` says what is copied. */
export function CopyValue({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    <span className={classes.value}>
      <code>{text}</code>
      <CopyButton text={() => text} label={label} />
    </span>
  );
}
