import classes from './DocumentView.module.css';

/** A JSON document as text: shown, never interpreted. Scrolls by itself and can be reached by keyboard. */
export function DocumentView({ document, label }: { readonly document: unknown; readonly label: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls must be reachable by keyboard (WCAG 2.1.1)
    <section className={classes.document} tabIndex={0} aria-label={label} dir="ltr">
      <pre>{typeof document === 'string' ? document : JSON.stringify(document, null, 2)}</pre>
    </section>
  );
}
