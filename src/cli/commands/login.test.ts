import { describe, expect, test } from 'vitest';
import { sessionEndSchema } from '../../shared/contracts/agent-api.ts';
import { SESSION_ENDED } from '../../shared/text/session-ends.ts';
import { accountAnswer, run } from '../cli-test-host.ts';

const waiting = {
  id: 'l 1',
  state: 'waiting',
  method: 'device',
  url: 'https://hub.example.com/device',
  userCode: 'ABCD-EFGH',
  expiresAt: '2026-01-02T03:14:05Z',
};
const done = { ...waiting, state: 'done', account: accountAnswer() };

describe('login', () => {
  test('shows address and code, waits, and says who is signed in', async () => {
    let polls = 0;
    const { exit, stdout, stderr, seen } = await run(
      ['login', '--device', '--hub', 'https://hub.example.com'],
      {
        routes: {
          login: () => ({ body: waiting }),
          loginProgress: () => {
            polls += 1;
            return { body: polls < 3 ? waiting : done };
          },
        },
      },
    );
    expect([exit, stderr]).toEqual([0, '']);
    expect(stdout).toContain('  https://hub.example.com/device\n');
    expect(stdout).toContain('ABCD-EFGH');
    expect(stdout).toContain('Signed in.\nAda Lovelace <ada@acme.example>');
    expect(seen[0]).toMatchObject({
      body: { hub: 'https://hub.example.com', method: 'device', openBrowser: true },
    });
    expect(seen[1]).toMatchObject({ route: 'loginProgress', id: 'l 1', query: '?wait=15000' });
    expect(polls).toBe(3);
  });

  test('--json: the address on standard error, how it ended on standard output', async () => {
    const { stdout, stderr } = await run(['login', '--no-browser', '--json'], {
      routes: { login: () => ({ body: waiting }), loginProgress: () => ({ body: done }) },
    });
    expect(JSON.parse(stderr)).toMatchObject({ state: 'waiting', url: waiting.url, userCode: 'ABCD-EFGH' });
    expect(JSON.parse(stdout)).toMatchObject({ state: 'done', account: { state: 'signed-in' } });
  });

  test('--no-browser reaches the agent', async () => {
    const { seen } = await run(['login', '--no-browser'], { routes: { login: () => ({ body: done }) } });
    expect(seen).toEqual([
      { route: 'login', id: '', query: '', body: { method: 'browser', openBrowser: false } },
    ]);
  });

  test('--trust-key, as the refusal of another key says, reaches the agent', async () => {
    const { seen } = await run(['login', '--trust-key', 'SHA256:offered'], {
      routes: { login: () => ({ body: done }) },
    });
    expect(seen[0]).toMatchObject({ body: { trustKey: 'SHA256:offered' } });
  });

  test('a sign-in that failed ends with the exit code of its refusal', async () => {
    const error = { code: 'unreachable', message: 'The hub did not answer.' };
    const failed = { ...waiting, state: 'failed', error };
    const { exit, stderr } = await run(['login'], { routes: { login: () => ({ body: failed }) } });
    expect([exit, stderr]).toEqual([5, 'error [unreachable] The hub did not answer.\n']);
    const { error: _, ...bare } = failed;
    expect((await run(['login'], { routes: { login: () => ({ body: bare }) } })).exit).toBe(3);
  });

  test('Ctrl-C while waiting says that nothing has changed', async () => {
    const controller = new AbortController();
    const { exit, stderr, closed } = await run(['login'], {
      signal: controller.signal,
      routes: {
        login: () => ({ body: waiting }),
        loginProgress: () => {
          controller.abort({ signal: 'SIGINT', exit: 130 });
          return new Promise(() => {});
        },
      },
    });
    expect([exit, closed]).toEqual([130, 1]);
    expect(stderr).toBe('The sign-in was not finished; nothing has changed.\n');
  });

  test('a session that ended: whoami says why, where the hub said', async () => {
    const said = async (change: object) =>
      (
        await run(['whoami'], {
          routes: { account: () => ({ body: accountAnswer({ state: 'sign-in-again', ...change }) }) },
        })
      ).stdout;
    const stays = 'The policy stays in force; "mooring login" signs in again.';
    expect(await said({})).toContain(`The session has ended. ${stays}`);
    for (const sessionEnd of sessionEndSchema.options) {
      const { what, todo } = SESSION_ENDED[sessionEnd];
      expect(await said({ sessionEnd })).toContain(`${what} ${todo} ${stays}`);
    }
  });

  test('no keychain: says how long the session lasts, and warns where it ends at once', async () => {
    const account = accountAnswer({ sessionStorage: 'memory', sessionStorageReason: 'no D-Bus session.' });
    const routes = { login: () => ({ body: { ...done, account } }) };
    const running = await run(['login'], { routes });
    expect(running.stdout).toContain('No keychain here (no D-Bus session)');
    expect(running.stdout).not.toContain('ends with this command');
    const alone = await run(['login'], { routes, mode: 'in-process' });
    expect(alone.stdout).toContain('this session ends with this command');
  });
});
