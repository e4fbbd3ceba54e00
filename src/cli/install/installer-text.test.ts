import { describe, expect, it } from 'vitest';
import { readJson } from '../../shared/policy/json-text.ts';
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
    ['the mark of a file', "\uFEFF{'a': 1}", { a: 1 }],
    ['the mark of a file within quotes', '"\uFEFF{""a"":1}"', { a: 1 }],
    [
      'an apostrophe in a comment',
      "{'a': 'http://x//', // don't\n /* it's */ 'b': 1}",
      { a: 'http://x//', b: 1 },
    ],
    ['line ends and spaces', "  {\n 'a' : [ 'b' , 'c' ] }\n", { a: ['b', 'c'] }],
  ])('%s', (_, given, value) => {
    const read = readInstallerText(given);
    expect(read).toMatchObject({ ok: true });
    expect(read.ok ? readJson(read.text) : read.message).toMatchObject({ ok: true, value });
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

  it.each([
    ['{“a”: 1}', 'At character 2', '"“" is a typographic quote'],
    ['“{"a": 1}”', 'At character 1,', 'is a typographic quote'],
    ["{'a’: 1, 'b': 2}", 'At character 4', '"’" is a typographic quote'],
    ["{'a': 'b’}", 'At character 9', 'is a typographic quote'],
    ["{'it’s': 'b}", 'At character 10', 'never ends'],
    ["{\u00a0'a': 1}", 'At character 2', 'U+00A0'],
    ["{'a': \u200b1}", 'At character 7', 'U+200B'],
    ['{a:{locked:true}}', 'At character 2', 'the quotes around it are missing'],
    ['{\\"a\\": 1}', 'At character 2', 'this backslash was meant for a shell'],
    ["{'a': True}", 'At character 7', 'lower-case'],
    ["{'a': None}", 'At character 7', 'null'],
    ['/etc/policy.json', 'At character 1,', 'names a file'],
    ['@policy.json', 'At character 1,', 'names a file'],
    ['C:\\policy.json', 'At character 1,', 'names a file'],
  ])('says of %s what usually happened to such a text', (given, where, why) => {
    const read = readInstallerText(given);
    const message = read.ok ? read.text : read.message;
    expect(message).toContain(where);
    expect(message).toContain(why);
  });

  it('repeats no password that stands beside a fault, and nothing that a terminal would act upon', () => {
    const secret = 'correct-horse-battery-staple';
    const text = `{'proxy': {'http': 'http://me:${secret}@p'' }}`;
    const read = readInstallerText(text);
    const message = read.ok ? read.text : read.message;
    expect(message).toMatch(/\*{5}@p''/);
    for (let from = 0; from + 6 < secret.length; from += 1)
      expect(message).not.toContain(secret.slice(from, from + 6));
    const acted = readInstallerText("{'a': \u001b[2J\u202e}");
    for (const mark of ['\u001b', '\u202e']) expect(acted.ok ? mark : acted.message).not.toContain(mark);
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
