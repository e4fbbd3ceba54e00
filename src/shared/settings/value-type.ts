import type { ItemField, Setting, SettingValue } from './setting.ts';

/** Type of one field of an object in an `objectList`. */
type FieldValue<F> = F extends { readonly type: 'boolean' }
  ? boolean
  : F extends { readonly type: 'enum'; readonly choices: readonly (infer C)[] }
    ? C
    : F extends { readonly type: 'stringList' }
      ? readonly string[]
      : string;

/** Type of one object of an `objectList`, from the registration of its fields. */
type ItemValue<Fields extends readonly ItemField[]> = {
  readonly [F in Extract<Fields[number], { readonly required: true }> as F['name']]: FieldValue<F>;
} & {
  readonly [F in Extract<Fields[number], { readonly required: false }> as F['name']]?: FieldValue<F>;
};

/** Type of a setting's value, inferred from its registration; `null` (unset) is not included. */
export type ValueOfSetting<S extends Setting> = S extends { readonly type: 'boolean' }
  ? boolean
  : S extends { readonly type: 'integer' }
    ? number
    : S extends { readonly type: 'enum'; readonly choices: readonly (infer C)[] }
      ? C
      : S extends { readonly type: 'string' }
        ? string
        : S extends { readonly type: 'stringList' }
          ? readonly string[]
          : S extends { readonly type: 'objectList'; readonly items: infer I extends readonly ItemField[] }
            ? readonly ItemValue<I>[]
            : SettingValue;

/** The ids of a union of registrations. */
export type IdOfSetting<S extends Setting> = S['id'];

/** Type of the value of the setting named `Id` among the registrations `S`. */
export type ValueById<S extends Setting, Id extends S['id']> = ValueOfSetting<
  string extends Id ? Setting : Extract<S, { readonly id: Id }>
>;
