import { TextInput } from '@mantine/core';
import { type ClipboardEvent, type KeyboardEvent, useRef } from 'react';
import { flushSync } from 'react-dom';
import { useText } from '../text-context.tsx';
import { asTexts, type ControlProps } from './control.ts';
import classes from './controls.module.css';
import { Entries, ListFields } from './Entries.tsx';
import { AddEntry, RemoveEntry } from './EntryButtons.tsx';

/** A list of texts, one field an entry. Enter adds the next, and pasting several lines fills several. */
export function ListControl(props: ControlProps) {
  const { registration, value, disabled, labelId, describedBy, invalid, onChange } = props;
  const { t } = useText();
  const list = useRef<HTMLFieldSetElement>(null);
  const entries = asTexts(value);

  // The new field is there and has the focus before the next key is heard: whoever types fast writes into it.
  const insert = (index: number, texts: readonly string[]) => {
    flushSync(() => onChange(entries.toSpliced(index, 0, ...texts)));
    list.current?.querySelectorAll('input')[index + texts.length - 1]?.focus();
  };
  const onKeyDown = (event: KeyboardEvent, index: number) => {
    if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
      event.preventDefault();
      insert(index + 1, ['']);
    }
  };
  const onPaste = (event: ClipboardEvent, index: number) => {
    const lines = event.clipboardData
      .getData('text')
      .split(/\r?\n/)
      .filter((line) => line.trim() !== '');
    if (lines.length < 2) return;
    event.preventDefault();
    const texts = lines.map((line) => line.trim());
    if (entries[index] === '') onChange(entries.toSpliced(index, 1, ...texts));
    else insert(index + 1, texts);
  };
  return (
    <ListFields
      ref={list}
      count={entries.length}
      disabled={disabled}
      labelId={labelId}
      describedBy={describedBy}
    >
      {entries.length === 0 ? (
        <p className={classes.none}>{value === null ? t('settings.notSet') : t('settings.listEmpty')}</p>
      ) : null}
      <Entries count={entries.length} locked={disabled}>
        {entries.map((entry, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: entries may be equal; their place is what identifies them
          <div className={classes.entry} key={index}>
            <TextInput
              className={classes.grow}
              value={entry}
              error={invalid}
              autoComplete="off"
              spellCheck={false}
              classNames={{ input: classes.ownDirection }}
              disabled={disabled}
              aria-label={t('settings.listEntry', { setting: registration.label, row: index + 1 })}
              onChange={(event) => onChange(entries.with(index, event.currentTarget.value))}
              onKeyDown={(event) => onKeyDown(event, index)}
              onPaste={(event) => onPaste(event, index)}
            />
            {disabled ? null : (
              <RemoveEntry
                setting={registration.label}
                row={index}
                onRemove={() => onChange(entries.toSpliced(index, 1))}
              />
            )}
          </div>
        ))}
      </Entries>
      {disabled ? null : <AddEntry setting={registration.label} onAdd={() => insert(entries.length, [''])} />}
    </ListFields>
  );
}
