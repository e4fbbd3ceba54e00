import type { EventEmitter } from 'node:events';
import formbody from '@fastify/formbody';
import { registerAccountRoutes } from '../account/account-routes.ts';
import type { Authenticate } from '../authentication.ts';
import type { Clock } from '../clock.ts';
import type { Db } from '../database/connection.ts';
import type { Logger } from '../logging.ts';
import { type Mailer, noMail } from '../mail/mailer.ts';
import { loadPasskeyScript } from '../second-factor/passkey-script.ts';
import { createPasskeys } from '../second-factor/passkeys.ts';
import { createSecondFactor } from '../second-factor/second-factor.ts';
import type { HubSecret } from '../secrets/hub-secret.ts';
import type { HubPlugin } from '../server.ts';
import { createOutbound, type Outbound } from '../sso/outbound.ts';
import { mayUseDeviceSignIn } from '../sso/sign-in-settings.ts';
import { registerSsoRoutes } from '../sso/sso-routes.ts';
import { createSso } from '../sso/sso-service.ts';
import { type AfterLink, createAfterLink } from './after-link.ts';
import { createAttempts } from './attempts.ts';
import { createBrowserSessions } from './browser-sessions.ts';
import { sweepExpired } from './device-sessions.ts';
import { createForgottenPassword } from './forgotten-password.ts';
import { createFormAnswers } from './form-answers.ts';
import { createFormTokens } from './form-tokens.ts';
import { createInteractions } from './interactions.ts';
import type { OidcStore } from './oidc-store.ts';
import { createOpenIdProvider } from './open-id-provider.ts';
import { answerErrorsWithPages } from './page-errors.ts';
import { createPasswordCheck } from './password-check.ts';
import { createPasswords, type Passwords } from './passwords.ts';
import { loadProviderKeys } from './provider-keys.ts';
import { mountProvider } from './provider-mount.ts';
import { registerSetupLinkRoutes } from './setup-link-routes.ts';
import { createSetupLinks } from './setup-link-service.ts';
import { registerSignInRoutes } from './sign-in-routes.ts';

export interface IdentityOptions {
  readonly db: Db;
  readonly secret: HubSecret;
  readonly clock: Clock;
  readonly log: Logger;
  readonly publicUrl: string;
  /** Asks identity providers; left out, only those of the public internet. */
  readonly outbound?: Outbound;
  /** Letters to people who forgot their password; left out, none are offered. */
  readonly mail?: Mailer;
}

/** Signing in: the OpenID provider, its pages, and sessions in browsers. */
export interface Identity {
  /** The routes. Also sweeps what expired, at start and each hour, until the server closes. */
  readonly plugin: HubPlugin;
  /** Proves who sent a request by the cookie of a browser session. */
  readonly authenticate: Authenticate;
  readonly passwords: Passwords;
  readonly afterLink: AfterLink;
}

const SWEEP_MS = 3_600_000;

/**
 * Composes identity. Makes and stores the provider's keys at the first start; throws `WrongHubSecretError` when
 * the database was made with another secret.
 */
export async function createIdentity(options: IdentityOptions): Promise<Identity> {
  const { db, secret, clock, log, publicUrl } = options;
  const store: OidcStore = { db, secret, now: () => new Date(clock.now()) };
  const keys = await loadProviderKeys(store);
  const passwords = await createPasswords();
  const attempts = createAttempts(store);
  const sessions = createBrowserSessions(store, { publicUrl });
  const forms = createFormTokens(secret, { publicUrl });
  const provider = createOpenIdProvider({ store, keys, attempts, publicUrl });
  provider.on('server_error', (_ctx, error) => log.error({ err: error }, 'the OpenID provider failed'));
  // Without a listener of ours the library prints to the console.
  const emitter: EventEmitter = provider;
  emitter.on('error', (error: unknown) => log.error({ err: error }, 'the OpenID provider failed'));
  const interactions = createInteractions(provider, store);
  const checkPassword = createPasswordCheck({ store, attempts, passwords });
  const links = createSetupLinks(store, passwords);
  const secondFactor = createSecondFactor(store);
  const sso = createSso({ ...store, publicUrl, outbound: options.outbound ?? createOutbound() });
  const passkeys = createPasskeys({ ...store, publicUrl });
  const passkeyScript = loadPasskeyScript();
  const now = store.now;
  const mail = options.mail ?? noMail;
  const forgotten = createForgottenPassword({ db, attempts, mail, log, publicUrl, now: store.now });
  const answers = createFormAnswers({ secret, forms, publicUrl, now });
  const steps = {
    sessions,
    forms,
    answers,
    forgotten,
    attempts,
    checkPassword,
    secondFactor,
    passkeys,
    passkeyScript,
    sso,
    now,
  };

  const afterLink = createAfterLink({ ...steps, publicUrl });

  const plugin: HubPlugin = async (app) => {
    await app.register(async (scope) => mountProvider(scope, provider, { publicUrl }));
    await app.register(async (scope) => {
      await scope.register(formbody, { bodyLimit: 32_768 });
      answerErrorsWithPages(scope);
      registerSignInRoutes(scope, {
        ...steps,
        interactions,
        mayUseDeviceSignIn: (userId) => mayUseDeviceSignIn(db, userId),
        publicUrl,
      });
      registerAccountRoutes(scope, { ...steps, db, passwords });
      passkeyScript.register(scope);
      registerSetupLinkRoutes(scope, { ...steps, links, afterLink, requiresSso: sso.required });
    });
    await app.register(async (scope) => registerSsoRoutes(scope, { sso, sessions, forms }));
    const sweep = () =>
      Promise.all([sweepExpired(store), sso.sweep()]).catch((error: unknown) =>
        log.warn({ err: error }, 'sweeping failed'),
      );
    const timer = setInterval(sweep, SWEEP_MS).unref();
    app.addHook('onReady', async () => {
      await sweep();
    });
    app.addHook('onClose', async () => {
      clearInterval(timer);
      await forgotten.settled();
    });
  };
  return { plugin, authenticate: sessions.authenticate, passwords, afterLink };
}
