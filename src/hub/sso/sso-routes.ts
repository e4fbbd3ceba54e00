import formbody from '@fastify/formbody';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { BrowserSessions } from '../identity/browser-sessions.ts';
import { sentFields } from '../identity/form-fields.ts';
import type { FormTokens } from '../identity/form-tokens.ts';
import { INTERACTION_PATH } from '../identity/open-id-provider.ts';
import { answerErrorsWithPages } from '../identity/page-errors.ts';
import { sendPage } from '../identity/send-page.ts';
import type { HubServer } from '../server.ts';
import { otherAccountPage, ssoFailurePage, testDonePage } from './sso-pages.ts';
import type { Finished, Sso } from './sso-service.ts';

const paramsSchema = z.object({ connectionId: z.string().max(100) });
const certificateQuerySchema = z.object({ key: z.string().nullable().catch(null).default(null) });
const idSchema = z.object({ id: z.string().max(200) });
const answerSchema = z.object({ SAMLResponse: z.string().catch('') });

/** A signed response with many attributes and certificates; larger ones are nobody's. */
const ANSWER_LIMIT = 700_000;

/** Where identity providers find the hub, and browsers come back. */
export async function registerSsoRoutes(
  app: HubServer,
  options: { readonly sso: Sso; readonly sessions: BrowserSessions; readonly forms: FormTokens },
): Promise<void> {
  const { sso, sessions, forms } = options;
  await app.register(formbody, { bodyLimit: ANSWER_LIMIT });
  answerErrorsWithPages(app);
  const open = { config: { requires: 'nothing' as const }, schema: { hide: true } };

  const metadata = async (request: FastifyRequest, reply: FastifyReply) => {
    const xml = await sso.metadata(paramsSchema.parse(request.params).connectionId);
    if (xml === null) return sendPage(reply, ssoFailurePage('configuration'), 404);
    return reply.header('content-type', 'application/samlmetadata+xml').send(xml);
  };
  app.get('/sso/:connectionId', open, metadata);
  app.get('/sso/:connectionId/metadata', open, metadata);

  app.get('/sso/:connectionId/certificate.pem', open, async (request, reply) => {
    const { key } = certificateQuerySchema.parse(request.query);
    const pem = await sso.certificate(paramsSchema.parse(request.params).connectionId, key);
    if (pem === null) return sendPage(reply, ssoFailurePage('configuration'), 404);
    return reply
      .headers({
        'content-type': 'application/x-pem-file',
        'content-disposition': 'attachment; filename="mooring-saml.pem"',
      })
      .send(`${pem}\n`);
  });

  // A post from another site: no cookie of ours comes with it, and nothing is decided by one. Whether it is the browser
  // that began is asked on the next page, which a top-level navigation reaches with its cookies.
  app.post('/sso/:connectionId/acs', open, async (request, reply) => {
    const { connectionId } = paramsSchema.parse(request.params);
    const answered = await sso.answerSaml(connectionId, answerSchema.parse(sentFields(request)).SAMLResponse);
    if (answered.kind === 'failed') return sendPage(reply, ssoFailurePage(answered.class), 403);
    return reply.redirect(`/sso/done/${answered.id}`, 303);
  });
  app.get('/sso/:connectionId/callback', open, async (request, reply) => {
    const { connectionId } = paramsSchema.parse(request.params);
    const query = new URLSearchParams(request.url.split('?', 2)[1] ?? '');
    const answered = await sso.answerOidc(connectionId, query);
    if (answered.kind === 'failed') return sendPage(reply, ssoFailurePage(answered.class), 403);
    return reply.redirect(`/sso/done/${answered.id}`, 303);
  });

  app.get('/sso/test/:id', open, async (request, reply) => {
    forms.issue(request, reply);
    const browserHash = forms.binding(request, reply);
    const started = await sso.startTest(idSchema.parse(request.params).id, browserHash);
    if (started.ok) return reply.redirect(started.url, 303);
    return sendPage(reply, testDonePage(started.failure), 403);
  });
  app.get('/sso/done/:id', open, async (request, reply) => {
    const { id } = idSchema.parse(request.params);
    const finished = await sso.finish(id, forms.binding(request, reply), request.ip);
    return go(request, reply, finished, sessions);
  });
}

async function go(
  request: FastifyRequest,
  reply: FastifyReply,
  finished: Finished,
  sessions: BrowserSessions,
): Promise<FastifyReply> {
  switch (finished.kind) {
    case 'tested':
      return sendPage(reply, testDonePage(finished.failure));
    case 'failed':
      return sendPage(reply, ssoFailurePage(finished.class), 403);
    case 'signed-in': {
      const { connectionId, sessionMinutes, place, person } = finished;
      if (place.kind === 'hub' && place.confirms !== undefined && place.confirms !== person.userId)
        return sendPage(reply, otherAccountPage(), 403);
      const begun = await sessions.begin(request, reply, person, { connectionId, sessionMinutes });
      // Removed or deactivated in this very moment.
      if (begun === null) return sendPage(reply, ssoFailurePage('session_lost'), 403);
      if (place.kind === 'desktop') return reply.redirect(`${INTERACTION_PATH}/${place.uid}`, 303);
      // Kept here since the sign-in began, where it was checked to be a path of our own.
      return reply.redirect(place.kind === 'hub' && place.next !== '' ? place.next : '/signed-in', 303);
    }
  }
}
