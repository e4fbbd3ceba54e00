import { createServer } from 'node:http';
import Provider from 'oidc-provider';
import { freePort } from '../identity/test-hub.ts';

/** For tests: a second OpenID provider on loopback, whose people are made up as they are needed. */
export interface TestProvider {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Who sits at the browser: whoever comes is signed in as them. */
  seat(person: TestPerson): void;
  /** Goes where the hub sent the browser, signs that person in, and answers the address to come back to. */
  signIn(authorizationUrl: string, person: TestPerson): Promise<URL>;
  stop(): Promise<void>;
}

export interface TestPerson {
  readonly subject: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

export async function startTestProvider(
  redirectUris: readonly string[],
  options: { readonly authentication?: 'client_secret_basic' | 'client_secret_post' } = {},
): Promise<TestProvider> {
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  const [clientId, clientSecret] = ['mooring', 'the secret of a client, long enough'];
  const people = new Map<string, TestPerson>();
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: [...redirectUris],
        token_endpoint_auth_method: options.authentication ?? 'client_secret_basic',
      },
    ],
    cookies: { keys: ['test'] },
    pkce: { required: () => true },
    conformIdTokenClaims: false,
    claims: {
      openid: ['sub'],
      email: ['email', 'email_verified', 'upn'],
      profile: ['name', 'given_name', 'family_name', 'groups'],
    },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_ctx, interaction) => `/ask/${interaction.uid}` },
    findAccount: async (_ctx, id) => ({
      accountId: id,
      claims: async () => ({ sub: id, ...people.get(id)?.claims }),
    }),
    loadExistingGrant: async (ctx) => {
      const grant = new ctx.oidc.provider.Grant({
        clientId: ctx.oidc.client?.clientId ?? '',
        accountId: ctx.oidc.session?.accountId ?? '',
      });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
  });
  const handle = provider.callback();
  let next: TestPerson | undefined;
  const seat = (person: TestPerson) => {
    people.set(person.subject, person);
    next = person;
  };
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/ask/') === true && next !== undefined) {
      void provider.interactionFinished(request, response, { login: { accountId: next.subject } });
      return;
    }
    void handle(request, response);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    issuer,
    clientId,
    clientSecret,
    seat,
    async signIn(authorizationUrl, person) {
      seat(person);
      const jar = new Map<string, string>();
      let url = new URL(authorizationUrl);
      for (let hop = 0; hop < 10; hop += 1) {
        if (url.origin !== issuer) return url;
        const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
        const response = await fetch(url, { redirect: 'manual', headers: cookie === '' ? {} : { cookie } });
        for (const line of response.headers.getSetCookie()) {
          const [name = '', value = ''] = line.split(';', 1)[0]?.split(/=(.*)/s) ?? [];
          jar.set(name, value);
        }
        const location = response.headers.get('location');
        if (location === null) throw new Error(`the provider did not go on: ${await response.text()}`);
        url = new URL(location, url);
      }
      throw new Error('the provider went in circles');
    },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
