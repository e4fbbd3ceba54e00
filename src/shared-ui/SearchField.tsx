import { CloseButton, TextInput } from '@mantine/core';
import Search from 'lucide-react/icons/search';
import { useEffect, useRef } from 'react';
import classes from './SearchField.module.css';
import { useText } from './text-context.tsx';

/** Where "/" is a letter, or no business of the page below. A switch takes none, and most controls are switches. */
const TAKES_LETTERS =
  'input:not([type="checkbox"], [type="radio"]), textarea, select, [contenteditable], [role="dialog"]';

/** A box that filters what is below it. With `shortcut`, "/" anywhere on the page puts the cursor into it. */
export function SearchField({
  label,
  hint,
  value,
  onChange,
  shortcut = false,
}: {
  readonly label: string;
  readonly hint?: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly shortcut?: boolean;
}) {
  const { t } = useText();
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (!shortcut) return;
    const onKeyDown = (event: KeyboardEvent) => {
      const typing = event.target instanceof Element && event.target.closest(TAKES_LETTERS);
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || typing) return;
      event.preventDefault();
      field.current?.focus();
      field.current?.select();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [shortcut]);
  const right =
    value !== '' ? (
      <CloseButton size="sm" aria-label={t('action.clear')} onClick={() => onChange('')} />
    ) : shortcut ? (
      <kbd className={classes.key} aria-hidden>
        /
      </kbd>
    ) : null;
  return (
    <search className={classes.search}>
      {/* A form of its own: browsers look all fields of a form through at each letter, for what they could fill in. */}
      <form onSubmit={(event) => event.preventDefault()}>
        <TextInput
          ref={field}
          type="search"
          value={value}
          aria-label={label}
          placeholder={label}
          title={hint}
          aria-keyshortcuts={shortcut ? '/' : undefined}
          autoComplete="off"
          spellCheck={false}
          leftSection={<Search size={16} aria-hidden />}
          rightSection={right}
          classNames={{ input: classes.input }}
          onChange={(event) => onChange(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape' && value !== '') onChange('');
          }}
        />
      </form>
    </search>
  );
}
