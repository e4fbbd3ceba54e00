import { dashboardFiles, SECURITY_HEADERS } from '../../agent/local-api/dashboard-files.ts';
import { isOwnAddress } from './app-origin.ts';

/** The window speaks to the agent over its bridge: its page needs no connection at all. */
const WINDOW_POLICY = (SECURITY_HEADERS['content-security-policy'] ?? "default-src 'none'").replace(
  "connect-src 'self'",
  "connect-src 'none'",
);

/** Answers the requests of the app's own scheme from the built dashboard, and nothing else. */
export function dashboardProtocol(folder: string): (request: Request) => Promise<Response> {
  const files = dashboardFiles(folder);
  return async (request) => {
    const response = await answer(request);
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.headers.set(name, value);
    response.headers.set('content-security-policy', WINDOW_POLICY);
    return response;
  };

  async function answer(request: Request): Promise<Response> {
    if (!isOwnAddress(request.url)) return refusal(404, 'There is no such page in this app.');
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return refusal(405, 'The pages of this app are only read.');
    return files.serve(new URL(request.url).pathname);
  }
}

function refusal(status: number, text: string): Response {
  return new Response(text, { status, headers: { 'content-type': 'text/plain; charset=utf-8' } });
}
