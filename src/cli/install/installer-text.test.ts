import { describe, expect, it } from 'vitest';
import { readInstallerText } from './installer-text.ts';

const LOCKED = { analyticsEnabled: { locked: true, value: false } };

describe('what installers pass on', () => {
  it.each([
    ['JSON', '{"analyticsEnabled":{"locked":true,"value":false}}', LOCKED],
    ['single quotes', "{'analyticsEnabled': {'locked': true, 'value': false}}", LOCKED],
    ['doubled quotes', '{""analyticsEnabled"":{""locked"":true,""value"":false}}', LOCKED],
    [
      'the quotes of the command line around it',
      "\"{'analyticsEnabled':{'locked':true,'value':false}}\"",
      LOCKED,
    ],
    ['single quotes around it', '\'{"analyticsEnabled":{"locked":true,"value":false}}\'', LOCKED],
    ['both quotes mixed', "{'a': \"it's\", \"b\": 'c'}", { a: "it's", b: 'c' }],
    ['a quote within single quotes', "{'o': '{\"debug\": true}'}", { o: '{"debug": true}' }],
    ['an escaped quote within single quotes', "{'o': '{\\\"debug\\\": true}'}", { o: '{"debug": true}' }],
    ['an escaped apostrophe', "{'a': 'it\\'s', 'b': 'c:\\\\x'}", { a: "it's", b: 'c:\\x' }],
    ['an empty text in doubled quotes', '{""a"":"""",""b"":1}', { a: '', b: 1 }],
    ['an escaped quote in doubled quotes', '{""o"":""{\\""debug\\"":true}""}', { o: '{"debug":true}' }],
    ['an empty text in single quotes', "{'a':'','b':[]}", { a: '', b: [] }],
    ['line ends and spaces', "  {\n 'a' : [ 'b' , 'c' ] }\n", { a: ['b', 'c'] }],
  ])('%s', (_, given, value) => {
    const read = readInstallerText(given);
    expect(read).toMatchObject({ ok: true });
    expect(read.ok ? JSON.parse(read.text) : read.message).toEqual(value);
  });

  it.each([
    ['a quote too many', "{'a'': 1}", 'At character 4'],
    ['a quote too many at the end', "{'a': 'b'}'", 'At character 11'],
    ['a quote too many at the beginning', "'{'a': 'b'}", 'At character 1,'],
    ['an apostrophe', "{'a': 'it's'}", 'At character 10'],
    ['a quote that never ends', "{'a': 'b}", 'At character 7'],
    ['a single quote among doubled ones', '{""a"":""b"}', 'At character 11'],
    ['a quote too many in JSON', '{"a"":1}', 'At character 5'],
    ['no end', "{'a': 1", 'At character 8'],
    ['nothing', '  ', 'It is empty'],
    ['no JSON', 'yes', 'At character 1,'],
  ])('refuses %s and says where', (_, given, where) => {
    const read = readInstallerText(given);
    expect(read.ok ? read.text : read.message).toContain(where);
    expect(read.ok).toBe(false);
  });

  it('answers for every cut and every extra quote of a text, and never makes another policy of it', () => {
    const text = "{'a': {'locked': true, 'value': 'it\\'s'}, 'b': ['c', \"d\"]}";
    for (let at = 0; at < text.length; at += 1) {
      expect(readInstallerText(text.slice(0, at)).ok, text.slice(0, at)).toBe(false);
      const more = readInstallerText(`${text.slice(0, at)}'${text.slice(at)}`);
      if (more.ok) expect(Object.keys(JSON.parse(more.text)).length, more.text).toBe(2);
      else expect(more.message).toMatch(/At character \d+/);
    }
  });
});
