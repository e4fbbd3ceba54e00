import type { SsoFailureClass } from '../../shared/contracts/hub-sso.ts';
import { noteFailure } from '../connections/failures.ts';
import {
  connectionsOfAddress,
  findConnection,
  requiresSso,
  type SsoConnection,
} from '../connections/find-connection.ts';
import type { Db } from '../database/connection.ts';
import type { ProvedPerson } from '../identity/proved-person.ts';
import { signInByConnection } from '../jit/sign-in-by-connection.ts';
import type { HubSecret } from '../secrets/hub-secret.ts';
import {
  type AssertedIdentity,
  type Attributes,
  addressesOf,
  identityWarnings,
  readIdentity,
  type SsoFailure,
} from './asserted-identity.ts';
import { finishOidc, oidcSignInUrl } from './oidc.ts';
import type { Outbound } from './outbound.ts';
import { samlSignInUrl, verifySamlResponse } from './saml.ts';
import { readResponse } from './saml-document.ts';
import { createSsoParties } from './sso-parties.ts';
import { createSsoRequests, type SsoOutcome, type SsoPlace, type SsoRequest } from './sso-requests.ts';

export interface SsoOptions {
  readonly db: Db;
  readonly secret: HubSecret;
  readonly now: () => Date;
  readonly publicUrl: string;
  readonly outbound: Outbound;
}

type Started =
  | { readonly ok: true; readonly url: string }
  | { readonly ok: false; readonly failure: SsoFailure };
/** `done`: the browser goes on with this id; `failed` where no request can be told. */
type Answered =
  | { readonly kind: 'done'; readonly id: string }
  | { readonly kind: 'failed'; readonly class: SsoFailureClass };

/** How a sign-in by an identity provider ended, for the browser that began it. */
export type Finished =
  | {
      readonly kind: 'signed-in';
      readonly person: ProvedPerson;
      readonly place: SsoPlace;
      readonly connectionId: string;
      readonly sessionMinutes: number | null;
    }
  | { readonly kind: 'failed'; readonly class: SsoFailureClass; readonly connection: SsoConnection | null }
  | { readonly kind: 'tested'; readonly failure: SsoFailure | null };

/** Signing in by identity providers, from the address that was typed to the account. */
export interface Sso {
  /** Connections that sign this address in; none: it signs in here. */
  connectionsOf(email: string): Promise<readonly SsoConnection[]>;
  /** Whether a local password of this address is refused. */
  required(email: string): Promise<boolean>;
  /** The address to go to; the request is tied to the browser. */
  start(
    connection: SsoConnection,
    wanted: { readonly place: SsoPlace; readonly browserHash: Buffer; readonly loginHint: string },
  ): Promise<Started>;
  /** The same for a test that was begun by a link. */
  startTest(secret: string, browserHash: Buffer): Promise<Started>;
  metadata(connectionId: string): Promise<string | null>;
  /** What the hub signs requests with, and what assertions may be encrypted for; the next one by its fingerprint. */
  certificate(connectionId: string, fingerprint: string | null): Promise<string | null>;
  answerSaml(connectionId: string, field: string): Promise<Answered>;
  answerOidc(connectionId: string, query: URLSearchParams): Promise<Answered>;
  finish(id: string, browserHash: Buffer, sourceAddress: string): Promise<Finished>;
  sweep(): Promise<void>;
}

export function createSso(options: SsoOptions): Sso {
  const { db, secret, now } = options;
  const requests = createSsoRequests({ db, secret, now });

  const note = async (connectionId: string, failure: SsoFailure): Promise<void> =>
    noteFailure(db, now(), {
      connectionId,
      class: failure.class,
      detail: failure.detail,
      email: failure.email ?? null,
    });
  const parties = createSsoParties(options);
  const addressFor = async (
    connection: SsoConnection,
    request: SsoRequest,
    loginHint: string,
  ): Promise<Started> => {
    const saml = await parties.saml(connection);
    const fresh = request.place.kind === 'hub' && request.place.confirms !== undefined;
    if (saml !== null) return { ok: true, url: await samlSignInUrl(saml, request.secret, fresh) };
    const oidc = parties.oidc(connection);
    if (oidc === null)
      return { ok: false, failure: { class: 'configuration', detail: 'The connection is not set up.' } };
    const started = await oidcSignInUrl(oidc, { ...request, state: request.secret }, { loginHint, fresh });
    if (started.ok) return { ok: true, url: started.value };
    await note(connection.id, started.failure);
    return started;
  };
  /** Writes down what an answer came to, for the browser to fetch. */
  const settle = async (
    request: SsoRequest,
    outcome: SsoOutcome,
    assertion?: { readonly id: string; readonly notOnOrAfter: Date },
  ): Promise<Answered> => {
    const kept = await requests.answer(request, outcome, assertion);
    if (kept === 'replayed')
      await note(request.connectionId, { class: 'replayed', detail: 'The assertion was accepted before.' });
    else if (kept === 'taken') {
      await note(request.connectionId, { class: 'replayed', detail: 'The request was answered already.' });
      return { kind: 'failed', class: 'replayed' };
    } else if (outcome.failure !== null) await note(request.connectionId, outcome.failure);
    return { kind: 'done', id: request.id };
  };

  return {
    connectionsOf: (email) => connectionsOfAddress(db, email),
    required: (email) => requiresSso(db, email),
    async start(connection, { place, browserHash, loginHint }) {
      const request = await requests.begin({ connectionId: connection.id, place, browserHash });
      return addressFor(connection, request, loginHint);
    },
    async startTest(requestSecret, browserHash) {
      const request = await requests.find(requestSecret);
      const connection = request === null ? null : await findConnection(db, request.connectionId);
      const open = request !== null && request.purpose === 'test' && !request.answered;
      if (request === null || connection === null || !open || !(await requests.bind(request, browserHash)))
        return {
          ok: false,
          failure: { class: 'session_lost', detail: 'This test was used already or has expired.' },
        };
      return addressFor(connection, request, '');
    },
    metadata: parties.metadata,
    certificate: parties.certificate,
    async answerSaml(connectionId, field) {
      const connection = await findConnection(db, connectionId);
      const party = connection === null ? null : await parties.saml(connection);
      if (connection === null || party === null) return { kind: 'failed', class: 'configuration' };
      const read = readResponse(field);
      if (!read.ok) {
        await note(connection.id, read.failure);
        return { kind: 'failed', class: read.failure.class };
      }
      const { inResponseTo } = read.value;
      if (inResponseTo === null) {
        await note(connection.id, {
          class: 'idp_initiated',
          detail: 'An answer came that nobody here had asked for.',
        });
        return { kind: 'failed', class: 'idp_initiated' };
      }
      const request = await requests.find(inResponseTo);
      if (request === null || request.connectionId !== connection.id) {
        await note(connection.id, {
          class: 'session_lost',
          detail: 'The answer is to a request that is not known, or too old.',
        });
        return { kind: 'failed', class: 'session_lost' };
      }
      const verified = await verifySamlResponse(party, read.value, {
        id: request.secret,
        createdAt: request.createdAt,
        now: now().getTime(),
      });
      // An answer that is not the identity provider's must not use the request up: anybody could send one.
      if (!verified.ok) {
        await note(connection.id, verified.failure);
        return { kind: 'failed', class: verified.failure.class };
      }
      const { assertion } = verified;
      const sent = {
        issuer: assertion.issuer,
        subject: null,
        nameId: assertion.nameId,
        attributes: assertion.attributes,
      };
      return settle(request, outcomeOf(sent, null), assertion);
    },
    async answerOidc(connectionId, query) {
      const connection = await findConnection(db, connectionId);
      const party = connection === null ? null : parties.oidc(connection);
      if (connection === null || party === null) return { kind: 'failed', class: 'configuration' };
      const state = query.get('state');
      if (state === null) {
        await note(connection.id, {
          class: 'idp_initiated',
          detail: 'An answer came that nobody here had asked for.',
        });
        return { kind: 'failed', class: 'idp_initiated' };
      }
      const request = await requests.find(state);
      if (request === null || request.connectionId !== connection.id || request.answered) {
        await note(connection.id, {
          class: 'session_lost',
          detail: 'The answer is to a request that is not known, or too old.',
        });
        return { kind: 'failed', class: 'session_lost' };
      }
      const answer = new URL(party.redirectUri);
      answer.search = query.toString();
      const claims = await finishOidc(party, answer, {
        state: request.secret,
        nonce: request.nonce,
        verifier: request.verifier,
      });
      if (!claims.ok) return settle(request, { ...NOTHING, failure: claims.failure });
      const { doubt, ...sent } = claims.value;
      return settle(request, outcomeOf({ ...sent, nameId: null }, doubt));
    },
    async finish(id, browserHash, sourceAddress) {
      const finished = await requests.finish(id, browserHash);
      if (finished === null) return { kind: 'failed', class: 'session_lost', connection: null };
      const { request, outcome } = finished;
      if (request.purpose === 'test') return { kind: 'tested', failure: outcome.failure };
      const connection = await findConnection(db, request.connectionId);
      if (outcome.identity === null || connection === null)
        return { kind: 'failed', class: outcome.failure?.class ?? 'configuration', connection };
      const signedIn = await signInByConnection(
        { db, secret, at: now(), sourceAddress },
        connection,
        outcome.identity,
      );
      if (signedIn.kind === 'refused') {
        await note(connection.id, signedIn.failure);
        return { kind: 'failed', class: signedIn.failure.class, connection };
      }
      for (const notice of signedIn.notices)
        await note(connection.id, { ...notice, email: outcome.identity.email });
      return {
        kind: 'signed-in',
        person: { userId: signedIn.userId, epoch: signedIn.epoch },
        place: request.place,
        connectionId: connection.id,
        sessionMinutes: outcome.identity.sessionMinutes,
      };
    },
    async sweep() {
      const at = now();
      await db.deleteFrom('sso_requests').where('expires_at', '<', at).execute();
      await db.deleteFrom('sso_assertions').where('expires_at', '<', at).execute();
    },
  };
}

const NOTHING: SsoOutcome = { identity: null, failure: null, attributes: [], warnings: [] };

function outcomeOf(
  sent: {
    readonly issuer: string;
    readonly subject: string | null;
    readonly nameId: string | null;
    readonly attributes: Attributes;
  },
  refusal: SsoFailure | null,
): SsoOutcome {
  const attributes = [
    ...(sent.nameId === null ? [] : [{ name: 'NameID', values: [sent.nameId] }]),
    ...[...sent.attributes].map(([name, values]) => ({ name, values: [...values] })),
  ];
  const warnings = identityWarnings(sent.nameId, sent.attributes);
  const read = readIdentity(sent);
  const identity: AssertedIdentity | null = read.ok && refusal === null ? read.identity : null;
  const failure = refusal ?? (read.ok ? null : read.failure);
  const email = addressesOf(sent.nameId, sent.attributes)[0]?.value.slice(0, 254);
  return {
    identity,
    failure:
      failure === null
        ? null
        : { class: failure.class, detail: failure.detail, ...(email === undefined ? {} : { email }) },
    attributes,
    warnings,
  };
}
