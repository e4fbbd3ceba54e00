import { expect, test } from 'vitest';
import { desktopCatalog } from '../../settings/desktop-catalog.ts';
import { catalogDe } from './catalog.ts';

const { settings } = desktopCatalog;
const sorted = (names: Iterable<string>) => [...new Set(names)].toSorted();

test('every setting, category and unit of the catalog has its German words, and no other has', () => {
  const ids = sorted(settings.map(({ id }) => id));
  expect(sorted(Object.keys(catalogDe.labels))).toEqual(ids);
  expect(sorted(Object.keys(catalogDe.descriptions))).toEqual(ids);
  expect(sorted(Object.keys(catalogDe.categories))).toEqual(sorted(settings.map(({ category }) => category)));
  expect(sorted(Object.keys(catalogDe.units))).toEqual(
    sorted(settings.flatMap(({ unit }) => (unit === undefined ? [] : [unit]))),
  );
  // A sign of a measure, such as MiB, is no word.
  const several = Object.values(catalogDe.units).filter((unit) => !/^[KMGT]i?B$/.test(unit));
  expect(sorted(Object.keys(catalogDe.unitsOfOne))).toEqual(sorted(several));
  const fields = settings.flatMap(({ items = [] }) => items);
  expect(sorted(Object.keys(catalogDe.fields))).toEqual(sorted(fields.map(({ name }) => name)));
  expect(sorted(Object.keys(catalogDe.fieldDescriptions))).toEqual(
    sorted(fields.map(({ description }) => description)),
  );
});

test('names that are typed stay as they are, and no two settings read alike', () => {
  const typed = (text: string) =>
    text.match(/`[^`]+`|\/var\/[\w/.]+|daemon\.json|--net=host|\*\.docker\.internal/g);
  for (const { id, label, description } of settings) {
    expect([id, typed(catalogDe.labels[id] ?? '')]).toEqual([id, typed(label)]);
    expect([id, typed(catalogDe.descriptions[id] ?? '')]).toEqual([id, typed(description)]);
  }
  const labels = settings.map(({ id }) => catalogDe.labels[id]);
  expect(new Set(labels).size).toBe(labels.length);
});
