import { type Command, Option } from 'commander';
import { z } from 'zod';
import { signInQuerySchema } from '../../shared/contracts/hub-api.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { PLATFORMS, type Platform } from '../../shared/settings/setting.ts';
import { endSignIns } from '../organizations/end-sign-ins.ts';
import { findOrganization } from '../organizations/organization-service.ts';
import { listSignIns } from '../organizations/sign-ins.ts';
import { readEffectivePolicy } from '../policies/effective-policy.ts';
import { operator, outputOf, type Surroundings, withDatabase } from './command-context.ts';
import { answerList, listing, queryOf } from './list-options.ts';
import { memberId } from './member-options.ts';
import { inOrganization, type OrganizationOptions } from './organization-option.ts';
import { answer, columns } from './output.ts';

/** `members sign-ins|sign-out|effective` */
export function memberViewCommands(members: Command, around: Surroundings): void {
  listing(inOrganization(members.command('sign-ins <email>')), signInQuerySchema)
    .description('where a member is signed in at present, newest first')
    .option('--kind <kind>', 'only those: browser or desktop')
    .action((email: string, options: OrganizationOptions) =>
      withDatabase({ options, around, purpose: 'members sign-ins' }, async ({ db }) => {
        const { id: organizationId } = await findOrganization(db, options.organization);
        const wanted = { organizationId, userId: await memberId(db, email), at: operator().at };
        const query = queryOf(signInQuerySchema, options);
        const { signIns: rows, ...page } = await listSignIns(db, wanted, query);
        answerList(
          around,
          { rows, ...page },
          {
            name: 'signIns',
            head: ['WHERE', 'FROM', 'BY', 'SINCE', 'LAST USED', 'ENDS', 'ID'],
            cells: (each) => [
              `${each.kind} ${each.client}`.trim(),
              each.address ?? '',
              each.connection ?? '',
              each.createdAt,
              each.lastUsedAt ?? '',
              each.expiresAt,
              each.id,
            ],
            none: 'Nowhere.',
          },
        );
      }),
    );
  inOrganization(members.command('sign-out <email>'))
    .description('end where a member is signed in, everywhere or one session; the membership stays')
    .option('--session <id>', 'only this one, by the id that sign-ins shows')
    .action((email: string, options: OrganizationOptions & { readonly session?: string }) =>
      withDatabase({ options, around, purpose: 'members sign-out' }, async ({ db }) => {
        const { id: organizationId } = await findOrganization(db, options.organization);
        const of = { organizationId, userId: await memberId(db, email) };
        const ended = await endSignIns(db, operator(), of, sessionId(options.session));
        answer(outputOf(around), ended, () => [
          `${email} is signed out: ${ended.browsers} in browsers, ${ended.devices} on devices.`,
        ]);
      }),
    );
  inOrganization(members.command('effective <email>'))
    .description('what the policies of the hub make of every setting of a member, and why')
    .addOption(new Option('--platform <platform>', 'of a device').choices(PLATFORMS).default('linux'))
    .action((email: string, options: OrganizationOptions & { readonly platform: Platform }) =>
      withDatabase({ options, around, purpose: 'members effective' }, async ({ db }) => {
        const { id: organizationId } = await findOrganization(db, options.organization);
        const ids = { organizationId, userId: await memberId(db, email) };
        const effective = await readEffectivePolicy(db, ids, options.platform);
        answer(outputOf(around), effective, () => [
          effective.policy === null
            ? 'No policy.'
            : `${effective.policy.name}, revision ${effective.policy.revision}`,
          ...columns(
            ['SETTING', 'VALUE', 'LOCKED', 'FROM'],
            Object.entries(effective.settings)
              .filter(([, { source }]) => source !== 'default')
              .map(([id, { value, locked, source }]) => [
                id,
                JSON.stringify(value),
                locked ? 'yes' : '',
                source,
              ]),
            'No policy sets anything.',
          ),
        ]);
      }),
    );
}

function sessionId(given: string | undefined): string | null {
  if (given === undefined) return null;
  if (z.uuid().safeParse(given).success) return given;
  throw new RefusalError({
    code: 'bad_request',
    message: `"${given}" is no id of a session.`,
    help: 'The list shows them: mooring-hub members sign-ins ADDRESS --organization NAME',
  });
}
