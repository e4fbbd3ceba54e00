import { describe, expect, it } from 'vitest';
import { hubRoute, readHubUrl } from './hub-url.ts';

const HUB = 'https://hub.example.com';

describe('the address of a hub', () => {
  it.each([
    [' https://hub.example.com/ ', HUB],
    ['HTTPS://HUB.example.com:443', HUB],
    ['https://example.com:8443/mooring/', 'https://example.com:8443/mooring'],
    ['http://127.0.0.1:9000', 'http://127.0.0.1:9000'],
    ['http://127.8.9.1', 'http://127.8.9.1'],
    ['http://localhost:9000', 'http://localhost:9000'],
    ['http://[::1]:9000', 'http://[::1]:9000'],
    ['https://hüb.example.com', 'https://xn--hb-xka.example.com'],
    ['https://my_hub.example.com', 'https://my_hub.example.com'],
  ])('%s is taken', (given, url) => {
    expect(readHubUrl(given)).toEqual({ ok: true, url });
  });

  it.each([
    ['http://hub.example.com', 'not encrypted'],
    ['http://10.0.0.1', 'not encrypted'],
    ['http://0.0.0.0', 'not encrypted'],
    ['http://127.0.0.1.example.com', 'not encrypted'],
    ['http://localhost.example.com', 'not encrypted'],
    ['http://[::ffff:10.0.0.1]', 'not encrypted'],
    ['ftp://hub.example.com', 'reached by https:'],
    ['hub.example.com', 'not the address of a hub'],
    [`${HUB}"`, 'a character that no address'],
    [`${HUB}/mooring'`, 'a character that no address'],
    ['https://hub.example.com;https', 'a character that no address'],
    ['https://', 'not an address'],
    ['', 'No hub was named'],
    [`${HUB}?x=1`, 'part'],
    [`${HUB}#x`, 'part'],
  ])('%s is refused, with what to do', (given, words) => {
    const message = expect.stringContaining(words);
    expect(readHubUrl(given)).toMatchObject({
      ok: false,
      message,
      help: expect.stringContaining('https://'),
    });
  });

  it.each([
    'https://me:hunter2@hub.example.com',
    'https://me:"hunter2@hub.example.com"',
    'http://me:hunter2@127.0.0.1',
    'ftp://me:hunter2@hub',
  ])('with a password is refused without repeating it: %s', (given) => {
    const read = readHubUrl(given);
    expect(read.ok).toBe(false);
    expect(JSON.stringify(read)).not.toContain('hunter2');
  });

  it('leads to its routes, whatever path it lives under', () => {
    expect(hubRoute('https://example.com/mooring/', '/v1/agent/keys').href).toBe(
      'https://example.com/mooring/v1/agent/keys',
    );
  });
});
