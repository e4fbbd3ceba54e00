import { createBrowser } from '../../src/hub/identity/test-browser.ts';

/** Somebody with an account on the demonstration's hub. */
export interface Person {
  readonly email: string;
  readonly password: string;
}

/**
 * Does in the hub's sign-in pages what a person does in a browser: opens the address, types e-mail and password, and
 * follows the way back to the agent's own loopback address.
 */
export async function signInThroughPages(address: string, person: Person): Promise<void> {
  const browser = createBrowser(new URL(address).origin);
  let page = await browser.get(address);
  page = await browser.submit(page, { email: person.email });
  await browser.submit(page, { password: person.password });
  const back = browser.left();
  if (back === undefined)
    throw new Error(`The sign-in pages did not lead back to the agent for ${person.email}.`);
  const answer = await fetch(back);
  if (!answer.ok) throw new Error(`The agent refused the sign-in of ${person.email}: ${await answer.text()}`);
}
