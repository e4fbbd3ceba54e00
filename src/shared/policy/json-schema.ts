import type { Catalog } from '../settings/define-catalog.ts';
import {
  type ContainerNode,
  type GrammarNode,
  type GroupNode,
  SCHEMA_KEY,
  VERSION_KEY,
} from '../settings/document-grammar.ts';
import { type ItemField, PLATFORMS, type Setting } from '../settings/setting.ts';

/** A JSON Schema, as data. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

/**
 * JSON Schema (2020-12) of policy documents, for editors. It describes documents that raise no problem: what is only
 * a warning when a document is read (a key that is not known, a list written as text with commas) is an error here, so
 * that editors underline it. Formats of text are left to the reader.
 */
export function jsonSchema(catalog: Catalog): JsonSchema {
  const version = {
    type: 'integer',
    minimum: 2,
    description: 'Version of this grammar. 2, also when it is left out.',
  };
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Mooring policy',
    description: 'Settings that an organization decides: suggested, or locked.',
    type: 'object',
    properties: {
      [SCHEMA_KEY]: { type: 'string' },
      [VERSION_KEY]: version,
      ...propertiesOf(catalog.document),
    },
    additionalProperties: false,
  };
}

const LOCKED = {
  type: 'boolean',
  description: 'true: nobody can change it. false: a suggestion.',
  default: false,
};

function propertiesOf(node: ContainerNode | GroupNode): JsonSchema {
  return Object.fromEntries([...node.children].map(([key, child]) => [key, schemaOf(child)]));
}

function schemaOf(node: GrammarNode): JsonSchema {
  switch (node.kind) {
    case 'container':
      return { type: 'object', properties: propertiesOf(node), additionalProperties: false };
    case 'group':
      return {
        type: 'object',
        description: 'One lock for all of it.',
        properties: { locked: LOCKED, ...propertiesOf(node) },
        additionalProperties: false,
      };
    case 'entry':
      return {
        type: 'object',
        ...annotationsOf(node.setting),
        properties: { locked: LOCKED, value: valueSchema(node.setting) },
        additionalProperties: false,
      };
    default:
      return { ...annotationsOf(node.setting), ...valueSchema(node.setting) };
  }
}

function annotationsOf({ label, description, platforms, notes }: Setting): JsonSchema {
  const where = platforms.length === PLATFORMS.length ? [] : [`Only on ${platforms.join(' and ')}.`];
  return {
    title: label,
    description: [description, ...where, ...(notes === undefined ? [] : [notes])].join(' '),
  };
}

function valueSchema(setting: Setting): JsonSchema {
  const fallback = setting.default === null ? {} : { default: setting.default };
  switch (setting.type) {
    case 'boolean':
      return { type: 'boolean', ...fallback };
    case 'integer': {
      const { min, max } = setting.range ?? {};
      return {
        type: 'integer',
        ...(min === undefined ? {} : { minimum: min }),
        ...(max === undefined ? {} : { maximum: max }),
        ...fallback,
      };
    }
    case 'enum':
      return { enum: setting.choices ?? [], ...fallback };
    case 'string':
      return { type: 'string', ...fallback };
    case 'stringList':
      return { type: 'array', items: { type: 'string' }, ...fallback };
    case 'objectList':
      return { type: 'array', items: itemSchema(setting.items ?? []), ...fallback };
  }
}

function itemSchema(fields: readonly ItemField[]): JsonSchema {
  const required = fields.filter((field) => field.required).map(({ name }) => name);
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map((field) => [field.name, fieldSchema(field)])),
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  };
}

function fieldSchema({ type, choices, description }: ItemField): JsonSchema {
  switch (type) {
    case 'enum':
      return { enum: choices ?? [], description };
    case 'stringList':
      return { type: 'array', items: { type: 'string' }, description };
    default:
      return { type, description };
  }
}
