import type { JsonValue } from '../../shared-ui/json-value.ts';
import { useScrolls } from '../../shared-ui/use-scrolls.ts';
import { useValueText } from '../../shared-ui/value-text.ts';
import classes from './ValueBlock.module.css';

/** A value where it may take room: lists as lists, long text and objects as they are written. */
export function ValueBlock({
  value,
  registration,
}: {
  readonly value: JsonValue | undefined;
  readonly registration?: { readonly unit?: string | undefined };
}) {
  const valueText = useValueText();
  const { ref, scrolls } = useScrolls();
  const tabIndex = scrolls ? 0 : undefined;
  if (Array.isArray(value) && value.length > 0) {
    const texts = value.map((entry) => (typeof entry === 'string' ? entry : JSON.stringify(entry)));
    return (
      <ul className={classes.list} ref={ref} tabIndex={tabIndex}>
        {texts.map((text, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: entries may be equal and never move
          <li key={index}>
            <code>{text}</code>
          </li>
        ))}
      </ul>
    );
  }
  const long = typeof value === 'string' && (value.includes('\n') || value.length > 120);
  if (long)
    return (
      <pre className={classes.long} ref={ref} tabIndex={tabIndex}>
        {value}
      </pre>
    );
  return <span className={classes.value}>{valueText(value, registration)}</span>;
}
