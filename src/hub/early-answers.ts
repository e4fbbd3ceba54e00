import type { IncomingMessage, ServerResponse } from 'node:http';

/** Counts one answered request, and its milliseconds: `null` for a stream. */
export type CountRequest = (
  labels: { readonly method: string; readonly route: string; readonly status: number },
  milliseconds: number | null,
) => void;

/**
 * Answers a request, or leaves it to the server: `null`. A promise where something has to be asked first; one that
 * breaks leaves the request too. For a route that is asked for by thousands in one moment; it says the same as the
 * route, which answers whatever is left.
 */
export type EarlyAnswer = (
  request: IncomingMessage,
  response: ServerResponse,
) => number | null | Promise<number | null>;

/** Hands requests of one route (as the metrics name it) to an early answer first. */
export type AnswerEarly = (route: string, answer: EarlyAnswer) => void;

/** What is answered before the server sees it; nothing once the server begins to close. */
export interface EarlyAnswers {
  readonly add: AnswerEarly;
  stop(): void;
}

/** The part of `http.Server` that hears of requests. */
interface Hearing {
  listeners(event: 'request'): unknown[];
  removeAllListeners(event: 'request'): unknown;
  on(event: 'request', listener: (request: IncomingMessage, response: ServerResponse) => void): unknown;
}

/**
 * The way through the framework (its request and reply, their log, a dozen hooks) costs as much as everything else that
 * an answer from memory needs. Early answers are counted like all others.
 */
export function answerEarly(server: Hearing, count: CountRequest): EarlyAnswers {
  const early: { readonly route: string; readonly answer: EarlyAnswer }[] = [];
  const others = server.listeners('request');
  const leave = (request: IncomingMessage, response: ServerResponse): void => {
    for (const listener of others) {
      if (typeof listener === 'function') Reflect.apply(listener, server, [request, response]);
    }
  };
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    const { method = '' } = request;
    const started = performance.now();
    // Counted when it is handed over: it was in memory, and listening for its end would cost a part of it again.
    const counting = (route: string, status: number): void =>
      count({ method, route, status }, performance.now() - started);
    for (const { route, answer } of early) {
      const status = answer(request, response);
      if (status === null) continue;
      if (!(status instanceof Promise)) return counting(route, status);
      const asked = (known: number | null) =>
        known === null ? leave(request, response) : counting(route, known);
      return void status.catch(() => null).then(asked);
    }
    leave(request, response);
  });
  return {
    add: (route, answer) => void early.push({ route, answer }),
    stop: () => void early.splice(0),
  };
}
