import { randomBytes } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { HubSecret } from '../secrets/hub-secret.ts';
import { fieldSchema } from './form-fields.ts';
import type { FormTokens } from './form-tokens.ts';

/**
 * What forms are answered with. The page that follows a form is one of its own, asked for with GET: reloading it sends
 * nothing again. What it shows (an address, what was wrong) travels sealed in a cookie of this browser; the address of
 * the page carries only which of the last answers it is.
 */
export interface FormAnswers {
  /** Keeps what the page at `address` (a path of ours, perhaps with a query) will show, and sends the browser there. */
  show(request: FastifyRequest, reply: FastifyReply, address: string, shown: unknown): FastifyReply;
  /** What was kept for the address that is asked for, to be parsed by whoever kept it; `null`: nothing, or not any more. */
  kept(request: FastifyRequest, reply: FastifyReply): unknown;
}

/** For forms in several tabs, and for the way back; also bounds the cookie. */
const MOST = 4;
const LASTS_MS = 15 * 60_000;
/** Browsers keep cookies of 4,096 bytes with their name and attributes. */
const LONGEST = 3600;

const answersSchema = z.array(
  z.object({ id: z.string(), path: z.string(), at: z.number(), shown: z.unknown() }),
);
type Answers = z.infer<typeof answersSchema>;
const querySchema = z.object({ step: fieldSchema });

export function createFormAnswers(options: {
  readonly secret: HubSecret;
  readonly forms: FormTokens;
  readonly publicUrl: string;
  readonly now: () => Date;
}): FormAnswers {
  const { secret, forms, now } = options;
  const secure = options.publicUrl.startsWith('https:');
  const name = secure ? '__Host-mooring_answers' : 'mooring_answers';
  // Sealed for this browser: a cookie that was planted here shows nothing.
  const purpose = (request: FastifyRequest, reply: FastifyReply) =>
    `form-answers:${forms.binding(request, reply).toString('base64url')}`;
  const read = (request: FastifyRequest, reply: FastifyReply): Answers => {
    const value = request.cookies[name];
    if (value === undefined) return [];
    const plain = secret.open(purpose(request, reply), Buffer.from(value, 'base64url'));
    const parsed = answersSchema.safeParse(plain === null ? null : JSON.parse(plain.toString('utf8')));
    if (!parsed.success) return [];
    return parsed.data.filter((answer) => now().getTime() - answer.at < LASTS_MS);
  };
  return {
    show(request, reply, address, shown) {
      const id = randomBytes(9).toString('base64url');
      const path = pathOf(address);
      let answers = [...read(request, reply), { id, path, at: now().getTime(), shown }].slice(-MOST);
      const seal = () =>
        secret.seal(purpose(request, reply), Buffer.from(JSON.stringify(answers))).toString('base64url');
      let value = seal();
      while (value.length > LONGEST && answers.length > 1) {
        answers = answers.slice(1);
        value = seal();
      }
      void reply.setCookie(name, value, {
        path: '/',
        httpOnly: true,
        secure,
        sameSite: 'lax',
        maxAge: LASTS_MS / 1000,
      });
      return reply.redirect(`${address}${address.includes('?') ? '&' : '?'}step=${id}`, 303);
    },
    kept(request, reply) {
      const { step } = querySchema.parse(request.query);
      if (step === '') return null;
      const path = pathOf(request.url);
      return read(request, reply).find((answer) => answer.id === step && answer.path === path)?.shown ?? null;
    },
  };
}

function pathOf(address: string): string {
  return address.split('?', 1)[0] ?? '';
}
