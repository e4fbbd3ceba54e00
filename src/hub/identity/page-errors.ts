import { randomUUID } from 'node:crypto';
import type { FastifyError } from 'fastify';
import type { HubServer } from '../server.ts';
import { messagePage } from './pages/message-pages.ts';
import { pageHeaders, renderPage } from './pages/page.ts';
import { TEXTS } from './pages/texts.ts';

/** In this scope an error is a page: whoever sees it is a person in a browser. */
export function answerErrorsWithPages(app: HubServer): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const status = error.statusCode ?? 500;
    const show = (text: string) =>
      reply
        .code(status)
        .headers(pageHeaders())
        .send(renderPage(messagePage(TEXTS.problem.title, text)));
    if (status === 429) return show(TEXTS.problem.tooMany(1));
    if (status < 500) return show(TEXTS.problem.badForm);
    const reference = randomUUID();
    request.log.error({ err: error, reference }, 'request failed');
    return show(TEXTS.problem.internal(reference));
  });
}
