import { type LocalFetch, matchRoute } from '../../agent/local-api/router.ts';
import { loginAnswerSchema } from '../../shared/contracts/local-api.ts';

/** Remembers where sign-ins go on, so that the window may open that address and no other. */
export interface SignInAddresses {
  readonly fetch: LocalFetch;
  addresses(): readonly string[];
}

/** Passes every request on, and notes the address in the answer to a sign-in. Only the last one counts. */
export function noteSignIns(fetch: LocalFetch): SignInAddresses {
  let last: string | null = null;
  return {
    addresses: () => (last === null ? [] : [last]),
    fetch: async (request) => {
      const response = await fetch(request);
      const found = matchRoute(request.method, new URL(request.url).pathname);
      if (!found.ok || (found.route !== 'login' && found.route !== 'loginProgress')) return response;
      const answer = loginAnswerSchema.safeParse(
        await response
          .clone()
          .json()
          .catch(() => null),
      );
      if (answer.success) last = answer.data.state === 'waiting' ? answer.data.url : null;
      return response;
    },
  };
}
