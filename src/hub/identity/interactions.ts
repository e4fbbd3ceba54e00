import type { FastifyReply, FastifyRequest } from 'fastify';
import { errors, type InteractionResults, type Provider } from 'oidc-provider';
import { bindDevice } from './device-sessions.ts';
import type { OidcStore } from './oidc-store.ts';

/** A desktop's request that waits for the person. */
interface PendingInteraction {
  readonly uid: string;
  /** What the device called itself. */
  readonly deviceName: string | undefined;
  /** E-mail address that the desktop expects. */
  readonly loginHint: string;
}

/** Who is signed in in the browser, and by what. */
export interface SignedIn {
  readonly userId: string;
  /** The session in the browser; a device's session begins from it, and only while it stands. */
  readonly sessionId: string;
  /** The session of a device ends by then at the latest. */
  readonly until: Date | null;
  /** The connection that vouched for them; `null`: a local password. */
  readonly connectionId: string | null;
}

/** The person's part of a desktop's sign-in. The answers are addresses to go on to; `null` when it has expired. */
export interface Interactions {
  find(request: FastifyRequest, reply: FastifyReply): Promise<PendingInteraction | null>;
  /** The person signed in and may be handed over; `null` as well when their session has ended meanwhile. */
  finish(request: FastifyRequest, reply: FastifyReply, who: SignedIn): Promise<string | null>;
  /** Whether it is the device grant that asks: another machine than the browser. */
  asksForDevice(request: FastifyRequest, reply: FastifyReply): Promise<boolean>;
  /** The person said no. */
  refuse(request: FastifyRequest, reply: FastifyReply): Promise<string | null>;
}

type Details = Awaited<ReturnType<Provider['interactionDetails']>>;

export function createInteractions(provider: Provider, store: OidcStore): Interactions {
  const details = async (request: FastifyRequest, reply: FastifyReply): Promise<Details | null> => {
    try {
      const found = await provider.interactionDetails(request.raw, reply.raw);
      // The cookie goes only to its own path, but a page of one sign-in must not finish another.
      return found.uid === uidOf(request) ? found : null;
    } catch (error) {
      if (error instanceof errors.SessionNotFound) return null;
      throw error;
    }
  };
  const answer = async (request: FastifyRequest, reply: FastifyReply, result: InteractionResults) =>
    provider.interactionResult(request.raw, reply.raw, result, { mergeWithLastSubmission: false });
  return {
    async find(request, reply) {
      const found = await details(request, reply);
      if (found === null) return null;
      const { device_name: deviceName, login_hint: loginHint } = found.params;
      return {
        uid: found.uid,
        deviceName: typeof deviceName === 'string' ? deviceName : undefined,
        loginHint: typeof loginHint === 'string' ? loginHint.slice(0, 254) : '',
      };
    },
    asksForDevice: async (request, reply) => (await details(request, reply))?.deviceCode !== undefined,
    async finish(request, reply, { userId, sessionId, until, connectionId }) {
      const found = await details(request, reply);
      if (found === null) return null;
      const grantId = await grantAll(provider, found, userId);
      const device = { ...(await askingDevice(provider, found, request)), connectionId };
      if (!(await bindDevice(store, grantId, device, { sessionId, until }))) return null;
      // Both answers at once: the provider then has nothing left to ask, so consent cannot come round again.
      return answer(request, reply, { login: { accountId: userId, remember: false }, consent: { grantId } });
    },
    async refuse(request, reply) {
      const found = await details(request, reply);
      if (found === null) return null;
      return answer(request, reply, {
        error: 'access_denied',
        error_description: 'The person did not sign in.',
      });
    },
  };
}

/**
 * A new grant with everything that was asked. The one client is our own and its scopes are all it can have, so a
 * page that asks for consent would only train people to press the button.
 */
async function grantAll(provider: Provider, interaction: Details, userId: string): Promise<string> {
  const { scope, client_id: clientId } = interaction.params;
  const grant = new provider.Grant({ accountId: userId, clientId: String(clientId) });
  if (typeof scope === 'string') grant.addOIDCScope(scope);
  const { missingOIDCScope, missingOIDCClaims, missingResourceScopes } = interaction.prompt.details;
  if (isStrings(missingOIDCScope)) grant.addOIDCScope(missingOIDCScope);
  if (isStrings(missingOIDCClaims)) grant.addOIDCClaims(missingOIDCClaims);
  for (const [resource, scopes] of Object.entries(missingResourceScopes ?? {})) {
    if (isStrings(scopes)) grant.addResourceScope(resource, scopes);
  }
  return grant.save();
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

/** In the device grant the device is another machine than the browser. */
async function askingDevice(provider: Provider, interaction: Details, request: FastifyRequest) {
  const name = interaction.params.device_name;
  const deviceName = typeof name === 'string' ? name : undefined;
  if (interaction.deviceCode === undefined) {
    return { deviceName, address: request.ip, userAgent: request.headers['user-agent'] };
  }
  const code = await provider.DeviceCode.find(interaction.deviceCode, { ignoreExpiration: true });
  const { ip, ua } = code?.deviceInfo ?? {};
  return {
    deviceName,
    address: typeof ip === 'string' ? ip : undefined,
    userAgent: typeof ua === 'string' ? ua : undefined,
  };
}

function uidOf(request: FastifyRequest): string {
  const { params } = request;
  return typeof params === 'object' && params !== null && 'uid' in params && typeof params.uid === 'string'
    ? params.uid
    : '';
}
