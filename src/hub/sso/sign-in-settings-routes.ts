import { memberPathSchema, organizationPathSchema } from '../../shared/contracts/hub-api.ts';
import {
  passwordLinkSchema,
  signInSettingsChangeSchema,
  signInSettingsSchema,
} from '../../shared/contracts/hub-sso.ts';
import { organizationOf } from '../access.ts';
import { ifMatchSchema, tagged } from '../audit/made-from.ts';
import { changeBy } from '../audit/record.ts';
import type { Letter, Mailer } from '../mail/mailer.ts';
import { LINK_HOURS } from '../organizations/setup-links.ts';
import { answers } from '../route-answers.ts';
import type { HubContext, HubPlugin, HubServer } from '../server.ts';
import { changeSignInSettings, makePasswordLink, readSignInSettings } from './sign-in-settings.ts';

const tags = ['sign-in'];

/** `/v1/orgs/{organization}/sign-in-settings`, and links to choose a new password. */
export function signInSettingsRoutes(mail: Mailer): HubPlugin {
  return (app, context) => {
    settingsRoutes(app, context);
    passwordLinkRoute(app, context, mail);
  };
}

function settingsRoutes(app: HubServer, { db, clock }: HubContext): void {
  const url = '/v1/orgs/:organization/sign-in-settings';
  const owner = { requires: 'owner' as const };
  const provenOwner = { ...owner, recentSignIn: true };
  app.get(
    url,
    {
      config: owner,
      schema: {
        summary: 'How members sign in',
        tags,
        params: organizationPathSchema,
        response: answers(200, signInSettingsSchema),
      },
    },
    async (request, reply) => {
      const found = await readSignInSettings(db, organizationOf(request).id);
      return tagged(reply, found, { ...found });
    },
  );
  app.patch(
    url,
    {
      config: provenOwner,
      schema: {
        summary: 'Change how members sign in',
        tags,
        params: organizationPathSchema,
        headers: ifMatchSchema,
        body: signInSettingsChangeSchema,
        response: answers(200, signInSettingsSchema),
      },
    },
    async (request, reply) => {
      const { id } = organizationOf(request);
      const found = await changeSignInSettings(db, changeBy(request, clock), id, request.body);
      return tagged(reply, found, { ...found });
    },
  );
}

function passwordLinkRoute(app: HubServer, { db, clock, config }: HubContext, mail: Mailer): void {
  app.post(
    '/v1/orgs/:organization/members/:userId/password-link',
    {
      config: { requires: 'owner', recentSignIn: true },
      schema: {
        summary: 'Make a one-time link with which a member chooses a new password',
        tags,
        params: memberPathSchema,
        response: answers(201, passwordLinkSchema),
      },
    },
    async (request, reply) => {
      const where = { organizationId: organizationOf(request).id, userId: request.params.userId };
      const { email, byScim, ...link } = await makePasswordLink(
        db,
        changeBy(request, clock),
        where,
        config.publicUrl,
      );
      const mailed = !byScim && (await mail.send(passwordLetter(email, link.url)));
      return reply.code(201).send({ ...link, mailed });
    },
  );
}

function passwordLetter(to: string, link: string): Letter {
  return {
    to,
    subject: 'Choose a new password',
    text: `An owner of your organization made you a link to choose a new password in Mooring.\n\nChoose it here, once, within ${LINK_HOURS} hours:\n${link}\n\nIf you did not ask for it, tell the owner: your password stays as it is without you.\n`,
  };
}
