import { Checkbox, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { useRef } from 'react';
import { flushSync } from 'react-dom';
import type { CatalogSetting } from '../../shared/contracts/local-api.ts';
import { useFieldName } from '../field-name.ts';
import type { JsonValue } from '../json-value.ts';
import { useText } from '../text-context.tsx';
import { asTexts, type ControlProps } from './control.ts';
import classes from './controls.module.css';
import { Entries, ListFields } from './Entries.tsx';
import { AddEntry, RemoveEntry } from './EntryButtons.tsx';

type Field = NonNullable<CatalogSetting['items']>[number];
type Item = { readonly [name: string]: JsonValue };

const asItem = (value: JsonValue): Item =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};

function emptyItem(fields: readonly Field[]): Item {
  const empty = (field: Field): JsonValue =>
    field.type === 'boolean' ? false : field.type === 'stringList' ? [] : (field.choices?.[0] ?? '');
  return Object.fromEntries(
    fields.filter((field) => field.required).map((field) => [field.name, empty(field)]),
  );
}

/** A list of objects, such as shared directories: one card an entry, its fields from the registration. */
export function ObjectsControl(props: ControlProps) {
  const { registration, value, disabled, invalid, labelId, describedBy, onChange } = props;
  const { t } = useText();
  const fieldName = useFieldName();
  const fields = registration.items ?? [];
  const list = useRef<HTMLFieldSetElement>(null);
  const items = Array.isArray(value) ? value.map(asItem) : [];
  // The new entry's first field has the focus: whoever adds one wants to fill it in.
  const add = () => {
    flushSync(() => onChange([...items, emptyItem(fields)]));
    list.current?.querySelector<HTMLElement>('[data-entry]:last-child :is(input, select, textarea)')?.focus();
  };
  const setField = (row: number, name: string, next: JsonValue | undefined) => {
    const { [name]: _, ...rest } = items[row] ?? {};
    onChange(items.with(row, next === undefined ? rest : { ...rest, [name]: next }));
  };
  return (
    <ListFields
      ref={list}
      count={items.length}
      disabled={disabled}
      labelId={labelId}
      describedBy={describedBy}
    >
      {items.length === 0 ? (
        <p className={classes.none}>{value === null ? t('settings.notSet') : t('settings.listEmpty')}</p>
      ) : null}
      <Entries count={items.length} locked={disabled}>
        {items.map((item, row) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: entries may be equal; their place is what identifies them
          <div className={classes.item} key={row} data-entry>
            <div className={classes.fields}>
              {fields.map((field) => (
                <ItemField
                  key={field.name}
                  field={field}
                  value={item[field.name]}
                  disabled={disabled}
                  missing={invalid && field.required && (item[field.name] ?? '') === ''}
                  label={t('settings.itemField', {
                    setting: registration.label,
                    row: row + 1,
                    field: fieldName(field.name),
                  })}
                  onChange={(next) => setField(row, field.name, next)}
                />
              ))}
            </div>
            {disabled ? null : (
              <RemoveEntry
                setting={registration.label}
                row={row}
                onRemove={() => onChange(items.toSpliced(row, 1))}
              />
            )}
          </div>
        ))}
      </Entries>
      {disabled ? null : <AddEntry setting={registration.label} onAdd={add} />}
    </ListFields>
  );
}

interface ItemFieldProps {
  readonly field: Field;
  readonly value: JsonValue | undefined;
  readonly disabled: boolean;
  /** It has to be filled in. */
  readonly missing: boolean;
  /** Names the field with its setting and row, for screen readers. */
  readonly label: string;
  /** `undefined`: leave the field out. */
  readonly onChange: (value: JsonValue | undefined) => void;
}

function ItemField({ field, value, disabled, missing, label, onChange }: ItemFieldProps) {
  const { t } = useText();
  const fieldName = useFieldName();
  const common = { disabled, 'aria-label': label, title: field.description };
  const orLeaveOut = (text: string) => (text === '' && !field.required ? undefined : text);
  switch (field.type) {
    case 'boolean':
      return (
        <Checkbox
          {...common}
          className={classes.check}
          label={fieldName(field.name)}
          checked={value === true}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    case 'enum':
      return (
        <div className={classes.field}>
          <span className={classes.fieldName} aria-hidden>
            {fieldName(field.name)}
          </span>
          <NativeSelect
            {...common}
            value={typeof value === 'string' ? value : ''}
            onChange={(event) => onChange(orLeaveOut(event.currentTarget.value))}
          >
            {field.required ? null : <option value="">{t('settings.notSetOption')}</option>}
            {(field.choices ?? []).map((choice) => (
              <option key={choice} value={choice}>
                {choice}
              </option>
            ))}
          </NativeSelect>
        </div>
      );
    case 'stringList':
      return (
        <div className={classes.field}>
          <span className={classes.fieldName} aria-hidden>
            {t('settings.itemList', { field: fieldName(field.name) })}
          </span>
          <Lines
            {...common}
            lines={asTexts(value)}
            onChange={(lines) => onChange(lines.length === 0 && !field.required ? undefined : lines)}
          />
        </div>
      );
    case 'string':
      return (
        <div className={classes.field}>
          <span className={classes.fieldName} aria-hidden>
            {fieldName(field.name)}
          </span>
          <TextInput
            {...common}
            error={missing}
            value={typeof value === 'string' ? value : ''}
            autoComplete="off"
            spellCheck={false}
            classNames={{ input: classes.ownDirection }}
            onChange={(event) => onChange(orLeaveOut(event.currentTarget.value))}
          />
        </div>
      );
  }
}

/** Texts, one a line. */
function Lines({
  lines,
  onChange,
  ...field
}: {
  readonly lines: readonly string[];
  readonly onChange: (lines: string[]) => void;
  readonly disabled: boolean;
  readonly 'aria-label': string;
  readonly title: string;
}) {
  const typed = useRef(false);
  // Not while it is typed: the line that Enter begins is empty, and a word may follow the space.
  const tidy = () => {
    if (!typed.current) return;
    typed.current = false;
    onChange(lines.map((line) => line.trim()).filter((line) => line !== ''));
  };
  return (
    <Textarea
      {...field}
      rows={2}
      value={lines.join('\n')}
      onChange={(event) => {
        typed.current = true;
        const text = event.currentTarget.value;
        onChange(text === '' ? [] : text.split('\n'));
      }}
      onBlur={tidy}
    />
  );
}
