import type { CatalogSetting } from '../../shared/contracts/local-api.ts';
import type { JsonValue } from '../json-value.ts';

/** What every control of a setting is given. The row around it owns label, description and error. */
export interface ControlProps {
  readonly registration: CatalogSetting;
  readonly value: JsonValue;
  /** Locked or frozen: shown, never changed. */
  readonly disabled: boolean;
  readonly locked: boolean;
  readonly invalid: boolean;
  /** True where leaving it to the computer is one of the choices. */
  readonly canBeUnset?: boolean;
  readonly controlId: string;
  readonly labelId: string;
  /** Ids of everything that describes the control. */
  readonly describedBy: string;
  readonly onChange: (value: JsonValue) => void;
}

/** How a setting is edited, decided by its registration alone. */
export type ControlKind = 'switch' | 'number' | 'choice' | 'text' | 'longText' | 'json' | 'list' | 'objects';

/** The one place that chooses a control: a new setting gets one without further code. */
export function controlKind(registration: CatalogSetting): ControlKind {
  switch (registration.type) {
    case 'boolean':
      return 'switch';
    case 'integer':
      return 'number';
    case 'enum':
      return 'choice';
    case 'stringList':
      return 'list';
    case 'objectList':
      return 'objects';
    case 'string':
      if (registration.format === 'json') return 'json';
      // Document paths call what is a whole file's content "embedded": it has lines, so it needs room for them.
      return /(^|\.)embedded\w*$/.test(registration.valuePath) ? 'longText' : 'text';
  }
}

/** Controls that need the width of the page. */
export function isWide(kind: ControlKind): boolean {
  return kind === 'json' || kind === 'longText' || kind === 'list' || kind === 'objects';
}

/** Controls that are several fields under one name. */
export function isFieldset(kind: ControlKind): boolean {
  return kind === 'list' || kind === 'objects';
}

/** The entries of a list of texts; anything that is none counts as no entries. */
export function asTexts(value: JsonValue | undefined): readonly string[] {
  return Array.isArray(value)
    ? value.map((entry) => (typeof entry === 'string' ? entry : JSON.stringify(entry)))
    : [];
}
