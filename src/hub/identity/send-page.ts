import type { FastifyReply } from 'fastify';
import { type Page, pageHeaders, renderPage } from './pages/page.ts';

/** Sends a page with the headers of pages. `redirectsToLoopback`: its form leads on to the program that asked. */
export function sendPage(
  reply: FastifyReply,
  page: Page,
  status = 200,
  redirectsToLoopback = true,
): FastifyReply {
  return reply
    .code(status)
    .headers(
      pageHeaders({ redirectsToLoopback, scripts: page.scripts !== undefined, kept: page.kept === true }),
    )
    .send(renderPage(page));
}
