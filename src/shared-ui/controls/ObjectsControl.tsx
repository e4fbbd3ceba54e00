import { Checkbox, NativeSelect, Textarea, TextInput } from '@mantine/core';
import type { CatalogSetting } from '../../shared/contracts/local-api.ts';
import { useFieldName } from '../field-name.ts';
import type { JsonValue } from '../json-value.ts';
import { useText } from '../text-context.tsx';
import { asTexts, type ControlProps } from './control.ts';
import classes from './controls.module.css';
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
  const { registration, value, disabled, labelId, describedBy, onChange } = props;
  const { t } = useText();
  const fieldName = useFieldName();
  const fields = registration.items ?? [];
  const items = Array.isArray(value) ? value.map(asItem) : [];
  const setField = (row: number, name: string, next: JsonValue | undefined) => {
    const { [name]: _, ...rest } = items[row] ?? {};
    onChange(items.with(row, next === undefined ? rest : { ...rest, [name]: next }));
  };
  return (
    <fieldset
      className={classes.list}
      disabled={disabled}
      aria-labelledby={labelId}
      aria-describedby={describedBy || undefined}
    >
      {items.length === 0 ? (
        <p className={classes.none}>{value === null ? t('settings.notSet') : t('settings.listEmpty')}</p>
      ) : null}
      {items.map((item, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: entries may be equal; their place is what identifies them
        <div className={classes.item} key={row}>
          <div className={classes.fields}>
            {fields.map((field) => (
              <ItemField
                key={field.name}
                field={field}
                value={item[field.name]}
                disabled={disabled}
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
      {disabled ? null : (
        <AddEntry setting={registration.label} onAdd={() => onChange([...items, emptyItem(fields)])} />
      )}
    </fieldset>
  );
}

interface ItemFieldProps {
  readonly field: Field;
  readonly value: JsonValue | undefined;
  readonly disabled: boolean;
  /** Names the field with its setting and row, for screen readers. */
  readonly label: string;
  /** `undefined`: leave the field out. */
  readonly onChange: (value: JsonValue | undefined) => void;
}

function ItemField({ field, value, disabled, label, onChange }: ItemFieldProps) {
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
          <Textarea
            {...common}
            rows={2}
            value={asTexts(value).join('\n')}
            onChange={(event) => {
              const text = event.currentTarget.value;
              onChange(text === '' ? (field.required ? [] : undefined) : text.split('\n'));
            }}
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
