import { z } from 'zod';

/** What an identity provider does through SCIM; each call demands that the hub makes what it is told. */
export interface ProvisioningClient {
  /** Answers the person's id. */
  person(userName: string, givenName: string, familyName: string): Promise<string>;
  group(displayName: string, members: readonly string[]): Promise<string>;
}

const idSchema = z.object({ id: z.string() });

/** `base`: the SCIM address as the console shows it; `token`: the secret that it shows once. */
export function provisioningClient(base: string, token: string): ProvisioningClient {
  const make = async (kind: 'User' | 'Group', body: object): Promise<string> => {
    const answer = await fetch(`${base}/${kind}s`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
      body: JSON.stringify({ schemas: [`urn:ietf:params:scim:schemas:core:2.0:${kind}`], ...body }),
    });
    const text = await answer.text();
    if (answer.status !== 201) throw new Error(`the hub made no ${kind}: ${answer.status} ${text}`);
    return idSchema.parse(JSON.parse(text)).id;
  };
  return {
    person: (userName, givenName, familyName) =>
      make('User', { userName, name: { givenName, familyName }, active: true }),
    group: (displayName, members) =>
      make('Group', { displayName, members: members.map((value) => ({ value })) }),
  };
}
