import { type DestinationStream, type Logger, pino } from 'pino';

/** What is never written to a log, wherever in a logged object it stands (one level deep, and in headers). */
const SECRETS = [
  'password',
  'newPassword',
  'passwordHash',
  'token',
  'accessToken',
  'access_token',
  'refreshToken',
  'refresh_token',
  'id_token',
  'code',
  'code_verifier',
  'device_code',
  'client_secret',
  'secret',
  'SAMLResponse',
  'connectionString',
  'authorization',
  'cookie',
  'set-cookie',
] as const;

const redact = SECRETS.flatMap((name) => [
  `["${name}"]`,
  `*["${name}"]`,
  `req.headers["${name}"]`,
  `res.headers["${name}"]`,
]);

/** Pages whose next path segment is itself a secret: one-time links, sign-ins under way. */
const SECRET_SEGMENT = /^(\/(?:setup|interaction|interactions|invitation|sso\/test|sso\/done)\/)[^/]+/;

/** Query strings may hold sign-in codes and link secrets: only the path of an address is logged. */
export function pathOnly(url: string): string {
  const end = url.search(/[?#]/);
  return (end === -1 ? url : url.slice(0, end)).replace(SECRET_SEGMENT, '$1[redacted]');
}

/** Structured log, one JSON object a line, free of secrets. */
export function createLogger(options: {
  readonly level?: string;
  readonly destination?: DestinationStream;
}): Logger {
  const settings = {
    level: options.level ?? 'info',
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: redact, censor: '[redacted]' },
    serializers: {
      err: pino.stdSerializers.err,
      req: (request: { method: string; url: string; ip?: string }) => ({
        method: request.method,
        path: pathOnly(request.url),
        from: request.ip,
      }),
      res: (reply: { statusCode: number }) => ({ status: reply.statusCode }),
    },
  };
  return options.destination === undefined ? pino(settings) : pino(settings, options.destination);
}

export type { Logger };
