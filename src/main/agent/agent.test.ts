import { describe, expect, test } from 'vitest';
import { type LocalEvent, type SettingState, statusAnswerSchema } from '../../shared/contracts/local-api.ts';
import { status } from '../tray/sample-status.ts';
import type { AgentLink, LinkOutcome } from './agent-link.ts';
import { type AgentSnapshot, createAgentView } from './agent-view.ts';
import { followEvents } from './follow-events.ts';
import { keepLinked } from './kept-link.ts';
import { ownSettings } from './own-settings.ts';

const SETTINGS = { platform: 'linux', frozen: false, settings: [] };

describe('the view of the agent', () => {
  test('reads once for many events, and once more for those that came while it read', async () => {
    const listeners = new Set<(event: LocalEvent) => void>();
    let asked = 0;
    const seen: (AgentSnapshot | null)[] = [];
    const view = createAgentView(
      {
        fetch: async (request) => {
          if (!request.url.endsWith('/v1/status')) return Response.json(SETTINGS);
          asked += 1;
          return Response.json({ ...status(), pid: asked });
        },
        onEvent: (listener) => {
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
      },
      (now) => seen.push(now),
    );
    const reading = view.refresh();
    for (let count = 0; count < 50; count += 1) for (const tell of listeners) tell({ type: 'status' });
    await reading;
    expect([asked, view.current()?.status.pid, seen.length]).toEqual([2, 2, 2]);
    view.stop();
    expect(listeners.size).toBe(0);
  });

  test('is empty where the agent does not answer, or not as it should', async () => {
    for (const fetch of [
      () => Promise.reject(new Error('gone')),
      async () => new Response('not JSON'),
      async () => Response.json({ state: 'strange' }),
    ]) {
      const view = createAgentView({ fetch, onEvent: () => () => undefined }, () => undefined);
      await view.refresh();
      expect(view.current()).toBeNull();
    }
  });

  test('compares with the last answer, also after a pause', async () => {
    const answers = [1, null, 2].map((pid) => (pid === null ? null : { ...status(), pid }));
    const told: (readonly [number | undefined, number | undefined])[] = [];
    const view = createAgentView(
      {
        fetch: async (request) => {
          if (!request.url.endsWith('/v1/status')) return Response.json(SETTINGS);
          const answer = answers.shift();
          return answer === null ? new Response('gone', { status: 503 }) : Response.json(answer);
        },
        onEvent: () => () => undefined,
      },
      (now, before) => told.push([now?.status.pid, before?.status.pid]),
    );
    for (let count = 0; count < 3; count += 1) await view.refresh();
    expect(told).toEqual([
      [1, undefined],
      [undefined, 1],
      [2, 1],
    ]);
  });

  test('the samples of these tests are what the agent may answer', () => {
    expect(statusAnswerSchema.safeParse(status({ wall: ['acme'], errors: 1 })).success).toBe(true);
  });
});

describe('the settings of the app itself', () => {
  const of = (values: Readonly<Record<string, SettingState['value']>>) =>
    ownSettings({
      ...{ platform: 'linux', frozen: false },
      settings: Object.entries(values).map(([id, value]) => ({
        ...{
          id,
          locked: false,
          source: 'default' as const,
          suggestion: null,
          managedBy: null,
          contributions: [],
        },
        value,
      })),
    });

  test('are taken as they are in force, and safely where they make no sense', () => {
    expect(of({ theme: 'dark', disableUpdate: true })).toMatchObject({ theme: 'dark', disableUpdate: true });
    expect(of({ theme: 'purple', startOnLogin: 'yes', notifyGeneral: 3 })).toEqual({
      ...{ startOnLogin: false, openDashboardOnStartup: false, theme: 'system', notifyGeneral: true },
      ...{ disableUpdate: false, autoDownloadUpdates: false, cliInstallLocation: 'system' },
    });
    expect(of({ cliInstallLocation: 'user' }).cliInstallLocation).toBe('user');
  });
});

describe('events of an agent in another process', () => {
  test('are read from its stream; what is no event is passed over', async () => {
    const events: LocalEvent[] = [];
    const text =
      ': connected\n\ndata: {"type":"status"}\n\ndata: nonsense\n\ndata: {"type":"unknown"}\n\ndata: {"type":"drift"}\n\n';
    await followEvents(
      async () => new Response(text),
      new AbortController().signal,
      (event) => events.push(event),
    );
    expect(events).toEqual([{ type: 'status' }, { type: 'drift' }]);
  });

  test('end with the stream, however it ends', async () => {
    await followEvents(
      () => Promise.reject(new Error('ECONNREFUSED')),
      new AbortController().signal,
      () => expect.unreachable(),
    );
  });
});

describe('the link to the agent', () => {
  function link(mode: AgentLink['mode']) {
    const ended = Promise.withResolvers<void>();
    const stopped: string[] = [];
    const made: AgentLink = {
      ...{ mode, ended: ended.promise, wake: () => undefined, onEvent: () => () => undefined },
      fetch: async () => new Response(mode),
      stop: async () => void stopped.push(mode),
    };
    return { made, end: ended.resolve, stopped };
  }
  const request = new Request('http://agent/v1/status');

  function keep(outcomes: LinkOutcome[]) {
    const timers: (() => void)[] = [];
    let stopRequests = 0;
    const kept = keepLinked({
      link: async () => outcomes.shift() ?? { ok: false, refusal: { code: 'conflict', message: 'none' } },
      onStopRequested: () => {
        stopRequests += 1;
      },
      onMoved: () => undefined,
      after: (_, act) => {
        timers.push(act);
        return () => void timers.splice(0);
      },
    });
    return { kept, timers, stopRequests: () => stopRequests };
  }

  test('becomes the host when the agent elsewhere ends, however often that takes', async () => {
    const [elsewhere, here] = [link('attached'), link('hosted')];
    const refused: LinkOutcome = { ok: false, refusal: { code: 'conflict', message: 'busy' } };
    const { kept, timers } = keep([
      { ok: true, link: elsewhere.made },
      refused,
      { ok: true, link: here.made },
    ]);
    await kept.start();
    expect(await (await kept.fetch(request)).text()).toBe('attached');
    elsewhere.end();
    await expect.poll(() => timers.length).toBe(1);
    await expect(kept.fetch(request)).rejects.toThrow('no agent answers');
    timers.shift()?.();
    await expect.poll(() => timers.length).toBe(1);
    timers.shift()?.();
    await expect.poll(() => kept.mode()).toBe('hosted');
    await kept.stop();
    expect([elsewhere.stopped, here.stopped]).toEqual([[], ['hosted']]);
  });

  test('a host that is told to stop tells so, and does not start again', async () => {
    const here = link('hosted');
    const { kept, timers, stopRequests } = keep([{ ok: true, link: here.made }]);
    await kept.start();
    here.end();
    await expect.poll(stopRequests).toBe(1);
    expect(timers).toEqual([]);
  });

  test('an agent that comes while the app ends is let go again', async () => {
    const [elsewhere, late] = [link('attached'), link('hosted')];
    const { kept, timers } = keep([
      { ok: true, link: elsewhere.made },
      { ok: true, link: late.made },
    ]);
    await kept.start();
    elsewhere.end();
    await expect.poll(() => timers.length).toBe(1);
    const [again] = timers;
    again?.();
    await kept.stop();
    expect(late.stopped).toEqual(['hosted']);
    again?.();
    expect(kept.mode()).toBe(null);
  });

  test('an app that is quit while it starts waits for its agent, and ends it', async () => {
    const here = link('hosted');
    const began = Promise.withResolvers<LinkOutcome>();
    const kept = keepLinked({
      link: () => began.promise,
      ...{ onStopRequested: () => undefined, onMoved: () => undefined, after: () => () => undefined },
    });
    const starting = kept.start();
    let ended = false;
    const stopping = kept.stop().then(() => {
      ended = true;
    });
    await Promise.resolve();
    expect(ended).toBe(false);
    began.resolve({ ok: true, link: here.made });
    await Promise.all([starting, stopping]);
    expect([here.stopped, kept.mode()]).toEqual([['hosted'], null]);
  });

  test('an agent that fails to start does not keep the app from ending', async () => {
    const kept = keepLinked({
      link: () => Promise.reject(new Error('disk')),
      ...{ onStopRequested: () => undefined, onMoved: () => undefined, after: () => () => undefined },
    });
    await expect(kept.start()).rejects.toThrow('disk');
    await kept.stop();
  });
});
