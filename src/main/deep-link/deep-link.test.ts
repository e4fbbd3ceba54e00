import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { desktopText } from '../../shared/text/desktop-text.ts';
import { linkAmong, readDeepLink } from './deep-link.ts';

const CATEGORIES = ['Proxies', 'Docker Engine'];
const read = (text: string) => readDeepLink(text, CATEGORIES);

describe('a link into the app', () => {
  test.each([
    ['mooring://', '/settings'],
    ['mooring://open', '/settings'],
    ['mooring://settings', '/settings'],
    ['mooring://policy/', '/policy'],
    ['mooring://sign-in', '/account'],
    ['MOORING://diagnostics', '/diagnostics'],
    ['mooring://settings/Proxies', '/settings/Proxies'],
    ['mooring://settings/Docker%20Engine', '/settings/Docker%20Engine'],
  ])('%s opens %s', (text, place) => {
    expect(read(text)).toEqual({ ok: true, place });
  });

  test.each([
    'https://mooring.dev/settings',
    'https://policy/',
    'mooring-next://policy',
    'mooring://policy?x=1',
    'mooring://policy?',
    'mooring://policy#x',
    'mooring://me@policy',
    'mooring://policy:80',
    'mooring://policy/Proxies',
    'mooring://settings/Unknown',
    'mooring://settings/Proxies/more',
    'mooring://settings/%E0%A4%A',
    'mooring://settings/..%2fpolicy',
    'mooring:policy',
    'mooring:///etc/passwd',
    'mooring://constructor',
    `mooring://settings/${'x'.repeat(600)}`,
  ])('%s is refused', (text) => expect(read(text).ok).toBe(false));

  test('one that is too long is not even read', () => {
    expect(read(`mooring://settings/${'x'.repeat(600)}`)).toEqual({ ok: false, why: 'too-long' });
  });

  test('a refusal is said in words of ours, whatever the link holds', () => {
    const { t } = desktopText(['en']);
    const answer = read('mooring://call-0900-123456');
    if (answer.ok) return expect.unreachable();
    expect(t('link.refused', { why: t(`link.${answer.why}`) })).toBe(
      'A link to Mooring was not opened: there is no such page. Nothing was changed.',
    );
  });

  test('whatever comes, only pages of the app are opened', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.webUrl(),
          fc.string().map((rest) => `mooring://${rest}`),
        ),
        (text) => {
          const answer = read(text);
          if (answer.ok)
            expect(answer.place).toMatch(
              /^\/(settings|policy|account|diagnostics)(\/(Proxies|Docker%20Engine))?$/,
            );
        },
      ),
    );
  });

  test('is found among the arguments of a second start', () => {
    expect(linkAmong(['.', '--background', 'mooring://policy'])).toBe('mooring://policy');
    expect(linkAmong(['.', '--background'])).toBeNull();
  });
});
