import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ProvedPerson } from './proved-person.ts';
import { afterPassword } from './second-factor-steps.ts';
import { hubPlace } from './sign-in-routes.ts';
import { type SignInSteps, stepSchema } from './sign-in-visit.ts';

/** Signs somebody in who has just chosen the password of their account by a link. */
export type AfterLink = (
  request: FastifyRequest,
  reply: FastifyReply,
  account: ProvedPerson & { readonly email: string },
) => Promise<FastifyReply>;

/**
 * The link stands for the password alone: a second factor that the account has is asked for, and one that its
 * organization asks for is set up, before there is a session.
 */
export function createAfterLink(steps: SignInSteps & { readonly publicUrl: string }): AfterLink {
  return (request, reply, { email, ...person }) => {
    const place = hubPlace(steps, request, reply, { next: '', method: '' });
    return afterPassword({ steps, request, reply, place, sent: stepSchema.parse({}), email }, person);
  };
}
