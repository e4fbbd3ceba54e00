import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { desktopCatalog } from '../settings/desktop-catalog.ts';
import { jsonSchema } from './json-schema.ts';
import { readDocument } from './read-document.ts';

const validate = new Ajv2020({ strict: true, allErrors: true }).compile(jsonSchema(desktopCatalog));
const isClean = (document: unknown) =>
  readDocument(document, 'admin-settings', desktopCatalog).problems.length === 0;

/** A document that gives every setting its own default, or the first value it takes. */
function fullDocument(): Record<string, unknown> {
  const document: Record<string, unknown> = { configurationFileVersion: 2 };
  const put = (path: string, value: unknown) => {
    const keys = path.split('.');
    const last = keys.pop() ?? '';
    let place = document;
    for (const key of keys) {
      const next = (place[key] ?? {}) as Record<string, unknown>;
      place[key] = next;
      place = next;
    }
    place[last] = value;
  };
  const some = { boolean: true, integer: 1024, string: '', stringList: [], objectList: [] };
  for (const setting of desktopCatalog.settings) {
    put(
      setting.valuePath,
      setting.default ?? (setting.type === 'enum' ? setting.choices?.[0] : some[setting.type]),
    );
    if (setting.lockPath !== null) put(setting.lockPath, true);
  }
  return document;
}

describe('the JSON Schema of policy documents', () => {
  it('accepts a document with every setting, which the reader takes without a problem', () => {
    const document = fullDocument();
    expect(readDocument(document, 'admin-settings', desktopCatalog).mentions.size).toBe(106);
    expect(isClean(document)).toBe(true);
    expect(validate(document)).toBe(true);
    expect(validate({ $schema: 'x', ...document })).toBe(true);
  });

  it.each<[unknown]>([
    [{}],
    [{ proxy: {} }],
    [{ cpus: { locked: true } }],
    [{ cpus: { value: 1025 } }],
    [{ cpus: { value: 1.5 } }],
    [{ theme: { value: 'blue' } }],
    [{ proxy: { exclude: 'a,b' } }],
    [{ proxy: { mode: 'x' } }],
    [{ cpus: 4 }],
    [{ kubernetes: { nodesCount: 11 } }],
    [{ filesharingAllowedDirectories: [{ sharedByDefault: true }] }],
    [{ filesharingAllowedDirectories: [{ path: '/a', x: 1 }] }],
    [{ builders: { value: [{ name: 'a', driver: 'remote', platforms: ['linux/amd64'] }] } }],
    [{ builders: { value: [{ name: 'a', driver: 'magic' }] } }],
    [{ analyticEnabled: { value: true } }],
    [{ cpus: { locked: 'yes' } }],
    [{ configurationFileVersion: 1 }],
    [[]],
  ])('judges %j as the reader does', (document) => {
    expect(validate(document)).toBe(isClean(document));
  });

  it('describes every setting for people', () => {
    const text = JSON.stringify(jsonSchema(desktopCatalog));
    for (const { label } of desktopCatalog.settings) expect(text).toContain(JSON.stringify(label));
  });
});
