import type { Browser } from '@playwright/test';
import { z } from 'zod';
import { DRIFTED, signInDevice } from '../../test/console/devices.ts';
import { type ConsoleHub, type OpenConsole, openConsole } from '../../test/console/open-console.ts';

const made = z.object({ id: z.string() });
/** Makes something in the organization; its id. */
export async function make(api: OpenConsole['api'], path: string, body: object): Promise<string> {
  return made.parse(await change(api, 'POST', path, body)).id;
}

/** Asks the API for a change, and fails when it is refused: else the pictures would show something else than they say. */
export async function change(
  api: OpenConsole['api'],
  method: string,
  path: string,
  body?: object,
): Promise<unknown> {
  const answer = await api(method, path, body, { 'if-match': '*' });
  const refused = z.object({ error: z.object({ message: z.string() }) }).safeParse(answer);
  if (refused.success) throw new Error(`${method} ${path}: ${refused.data.error.message}`);
  return answer;
}

/** Two devices that report, one of which drifted, and something for each list; the pages of single things. */
export async function fillOrganization(browser: Browser, hub: ConsoleHub) {
  const laptop = await signInDevice(
    hub,
    'designer',
    'A laptop with a name as long as people sometimes give them',
  );
  await (await signInDevice(hub, 'developer', 'Dana’s desk')).report();
  await laptop.report(DRIFTED);
  const { api, close } = await openConsole(browser, hub, 'owner');
  const shape = z.object({
    devices: z.array(z.object({ id: z.string().nullable(), user: z.object({ id: z.string() }) })),
  });
  const { devices } = shape.parse(await api('GET', '/devices?search=laptop'));
  await change(api, 'POST', '/invitations', { emails: ['a.person.with.a.rather.long.address@acme.example'] });
  const team = await make(api, '/teams', {
    name: 'Platform engineering, reliability and developer experience (Europe)',
  });
  await change(api, 'POST', '/tokens', { name: 'Nightly export to the warehouse', role: 'editor' });
  await change(api, 'POST', '/policies', { name: 'Contractors of the northern offices', document: {} });
  await close();
  const [first] = devices;
  return { member: `members/${first?.user.id}`, device: `compliance/${first?.id}`, team: `teams/${team}` };
}
