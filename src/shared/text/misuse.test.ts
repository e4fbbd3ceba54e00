import { expect, test } from 'vitest';
import { misuse, wantsJson } from './misuse.ts';

const complaint = (message: string) => ({ code: 'commander.unknownCommand', message: `error: ${message}` });

test('says what was wrong, and what may have been meant', () => {
  const typo = complaint("unknown command 'statsu'\n(Did you mean status?)");
  expect(misuse('mooring', typo, [])).toEqual({
    code: 'bad_request',
    message: "Unknown command 'statsu'.",
    help: 'Did you mean status? "mooring help" shows every command, and "--help" after a command its options.',
  });
});

test('suggests nothing that is far from what was typed, and of several the nearest', () => {
  const far = misuse('mooring', complaint("unknown command 'bogus'\n(Did you mean logout?)"), []);
  expect(far.help).toMatch(/^"mooring help"/);
  const several = complaint("unknown option '--org'\n(Did you mean one of --organization, --orgs?)");
  expect(misuse('mooring-hub', several, []).help).toMatch(/^Did you mean --orgs\? "mooring-hub help"/);
});

test('a group without its command is answered with its help', () => {
  expect(
    misuse('mooring', { code: 'commander.help', message: '(outputHelp)' }, ['Usage: …\n']),
  ).toMatchObject({ message: 'This needs a command of the group.', help: 'Usage: …' });
});

test('--json counts wherever it stands, but not among the words of a value', () => {
  expect(wantsJson(['status', '--json'])).toBe(true);
  expect(wantsJson(['settings', 'set', 'theme', '--', '--json'])).toBe(false);
});
