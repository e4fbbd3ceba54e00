import type { IncomingMessage, ServerResponse } from 'node:http';

/** Counts one answered request, and its milliseconds: `null` for a stream. */
export type CountRequest = (
  labels: { readonly method: string; readonly route: string; readonly status: number },
  milliseconds: number | null,
) => void;

/**
 * Answers a request at once, or leaves it to the server: `null`. For a route that is asked for by thousands in one
 * moment and answers from memory; it says the same as the route, which answers whatever is left.
 */
export type EarlyAnswer = (request: IncomingMessage, response: ServerResponse) => number | null;

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
  const answered = (request: IncomingMessage, response: ServerResponse): boolean => {
    const started = performance.now();
    for (const { route, answer } of early) {
      const status = answer(request, response);
      if (status === null) continue;
      const { method = '' } = request;
      response.once('finish', () => count({ method, route, status }, performance.now() - started));
      return true;
    }
    return false;
  };
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    if (answered(request, response)) return;
    for (const listener of others) {
      if (typeof listener === 'function') Reflect.apply(listener, server, [request, response]);
    }
  });
  return {
    add: (route, answer) => void early.push({ route, answer }),
    stop: () => void early.splice(0),
  };
}
