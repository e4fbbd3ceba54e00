import type { Command } from 'commander';
import type { SamlKeyView } from '../../shared/contracts/hub-sso.ts';
import {
  addSamlKey,
  listSamlKeys,
  retireSamlKey,
  type SamlKeyPlace,
  signWithSamlKey,
} from '../sso/saml-key-service.ts';
import { operator, outputOf, type Surroundings, withDatabase } from './command-context.ts';
import { type ConnectionOptions, findConnectionNamed, workingIn } from './connection-list-commands.ts';
import { secretOf } from './key-commands.ts';
import { answer, columns } from './output.ts';

/** `connections keys|add-key|sign-with|retire-key`: the hub's keys for a SAML identity provider, and their exchange. */
export function samlKeyCommands(
  command: (name: string, description: string) => Command,
  around: Surroundings,
): void {
  const run =
    (
      verb: string,
      work: (
        place: SamlKeyPlace,
        where: { readonly organizationId: string; readonly connectionId: string },
        fingerprint: string,
      ) => Promise<void>,
    ) =>
    (name: string, options: ConnectionOptions, fingerprint = '') =>
      withDatabase({ options, around, purpose: `connections ${verb}` }, async ({ db }) => {
        const at = await workingIn(db, options);
        const { id: connectionId } = await findConnectionNamed(db, at, name);
        const place = { db, publicUrl: at.publicUrl, secret: await secretOf(options, around) };
        await work(place, { organizationId: at.organizationId, connectionId }, fingerprint);
      });

  command('keys <name>', 'SAML: the keys that sign requests to it and open its assertions').action(
    run('keys', async (place, where) => {
      const { keys } = await listSamlKeys(place, where, operator().at);
      answer(outputOf(around), { keys }, () =>
        columns(
          ['KEY', 'SIGNS', 'CERTIFICATE'],
          keys.map((key) => [key.fingerprint, key.signs ? 'yes' : 'no', key.certificateUrl]),
          'None.',
        ),
      );
    }),
  );
  command('add-key <name>', 'SAML: make the next key; give its certificate to the identity provider').action(
    run('add-key', async (place, where) => {
      const key = await addSamlKey(place, operator(), where);
      answer(outputOf(around), { key }, () => [
        `Made ${key.fingerprint}. It opens assertions already, and the metadata names it.`,
        `Its certificate: ${key.certificateUrl}`,
        'When the identity provider has it: mooring-hub connections sign-with NAME KEY',
      ]);
    }),
  );
  const byKey = (
    verb: string,
    description: string,
    work: (
      place: SamlKeyPlace,
      at: { readonly organizationId: string; readonly connectionId: string; readonly fingerprint: string },
    ) => Promise<string>,
  ) => {
    const change = run(verb, async (place, where, fingerprint) => {
      const done = await work(place, { ...where, fingerprint });
      answer(outputOf(around), { fingerprint }, () => [done]);
    });
    command(`${verb} <name> <key>`, description).action(
      (name: string, fingerprint: string, options: ConnectionOptions) => change(name, options, fingerprint),
    );
  };
  byKey('sign-with', 'SAML: sign the requests with this key from now on', async (place, at) => {
    const key: SamlKeyView = await signWithSamlKey(place, operator(), at);
    return `${key.fingerprint} signs from now on. When sign-in works, retire the other one.`;
  });
  byKey('retire-key', 'SAML: take a key away that signs no longer', async (place, at) => {
    await retireSamlKey(place, operator(), at);
    return 'Retired: what is encrypted for it is opened no longer.';
  });
}
