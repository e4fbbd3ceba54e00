import type { Command } from 'commander';
import { type Domain, domainQuerySchema, outsiderQuerySchema } from '../../shared/contracts/hub-api.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import type { Db } from '../database/connection.ts';
import { listDomains, listUncaptured } from '../domains/domain-list.ts';
import { dnsResolver } from '../domains/domain-proof.ts';
import { claimDomain, forceDomain, removeDomain, verifyDomain } from '../domains/domain-service.ts';
import { findOrganization } from '../organizations/organization-service.ts';
import {
  type CommonOptions,
  operator,
  outputOf,
  type Surroundings,
  withDatabase,
} from './command-context.ts';
import { answerList, listing, queryOf } from './list-options.ts';
import { inOrganization } from './organization-option.ts';
import { answer } from './output.ts';

interface DomainOptions extends CommonOptions {
  readonly organization: string;
}

/** `domains list|add|verify|remove|uncaptured` */
export function domainCommands(program: Command, around: Surroundings): void {
  const domains = program.command('domains').description('e-mail domains of an organization');
  listCommand(domains, around);
  inOrganization(domains.command('add <domain>'))
    .description('claim a domain; shows the TXT record that proves it')
    .action((name: string, options: DomainOptions) =>
      within(options, around, 'domains add', async (db, organizationId) => {
        const { domain, made } = await claimDomain(db, operator(), organizationId, name);
        answer(outputOf(around), { domain, made }, () => [
          ...(made ? [] : [`${domain.name} is claimed already${STANDING[domain.state]}.`]),
          ...(domain.state === 'verified' ? [] : nextSteps(domain, options.organization)),
        ]);
      }),
    );
  verifyCommand(domains, around);
  uncapturedCommand(domains, around);
  inOrganization(domains.command('remove <domain>'))
    .description('give a domain up: SSO and SCIM then refuse its addresses')
    .action((name: string, options: DomainOptions) =>
      within(options, around, 'domains remove', async (db, organizationId) => {
        const { id } = await named(db, organizationId, name);
        await removeDomain(db, operator(), { organizationId, domainId: id });
        answer(outputOf(around), { domain: name }, () => [`${name} is given up.`]);
      }),
    );
}

/** How a claim that stands already is doing. */
const STANDING: Readonly<Record<Domain['state'], string>> = {
  pending: ', and not proved yet',
  verified: ' and verified: nothing is left to do',
  failing: ' and verified, but its record is no longer found',
};

function nextSteps({ name, record }: Domain, organization: string): readonly string[] {
  return [
    `Add this TXT record to ${name} (name @ or empty):`,
    record.value,
    `Then: mooring-hub domains verify ${name} --organization ${organization}`,
  ];
}

function listCommand(domains: Command, around: Surroundings): void {
  listing(inOrganization(domains.command('list')), domainQuerySchema)
    .description('list domains and whether they are proved')
    .option('--state <state>', 'only those: pending, verified or failing')
    .action((options: DomainOptions) =>
      within(options, around, 'domains list', async (db, organizationId) => {
        const query = queryOf(domainQuerySchema, options);
        const { domains: rows, ...page } = await listDomains(db, organizationId, query);
        answerList(
          around,
          { rows, ...page },
          {
            name: 'domains',
            head: ['DOMAIN', 'STATE', 'CHECKED', 'TXT VALUE'],
            cells: (each) => [each.name, each.state, each.checkedAt ?? 'never', each.record.value],
            none: 'No domains.',
          },
        );
      }),
    );
}

function uncapturedCommand(domains: Command, around: Surroundings): void {
  listing(inOrganization(domains.command('uncaptured')), outsiderQuerySchema)
    .description('accounts in verified domains that are not members')
    .action((options: DomainOptions) =>
      within(options, around, 'domains uncaptured', async (db, organizationId) => {
        const query = queryOf(outsiderQuerySchema, options);
        const { users: rows, ...page } = await listUncaptured(db, organizationId, query);
        answerList(
          around,
          { rows, ...page },
          {
            name: 'users',
            head: ['E-MAIL', 'NAME'],
            cells: (each) => [each.email, each.name],
            none: 'Nobody: every account of these domains is a member.',
          },
        );
      }),
    );
}

function verifyCommand(domains: Command, around: Surroundings): void {
  inOrganization(domains.command('verify <domain>'))
    .description('look for the TXT record of a domain now')
    .option('--force', 'verify by your word, where there is no public DNS; audited')
    .option(
      '--resolver <address...>',
      "name servers to ask instead of the machine's (address or address:port)",
      [],
    )
    .action((name: string, options: DomainOptions & { force?: boolean; resolver: readonly string[] }) =>
      within(options, around, 'domains verify', async (db, organizationId) => {
        const where = { organizationId, domainId: (await named(db, organizationId, name)).id };
        const outcome =
          options.force === true
            ? {
                domain: await forceDomain(db, operator(), where),
                detail: `${name} is verified by your word.`,
              }
            : await verifyDomain(db, operator(), dnsResolver(options.resolver), where);
        if (outcome.domain.state !== 'verified') {
          throw new RefusalError({
            code: 'conflict',
            message: outcome.detail,
            help: 'Check the record at your DNS provider; --force verifies by your word.',
            details: { domain: outcome.domain },
          });
        }
        answer(outputOf(around), outcome, () => [outcome.detail]);
      }),
    );
}

function within(
  options: DomainOptions,
  around: Surroundings,
  purpose: string,
  run: (db: Db, organizationId: string) => Promise<void>,
): Promise<void> {
  return withDatabase({ options, around, purpose }, async ({ db }) =>
    run(db, (await findOrganization(db, options.organization)).id),
  );
}

async function named(db: Db, organizationId: string, name: string): Promise<Domain> {
  const { domains } = await listDomains(db, organizationId);
  const found = domains.find((each) => each.name === name.trim().toLowerCase().replace(/\.$/, ''));
  if (found !== undefined) return found;
  throw new RefusalError({
    code: 'not_found',
    message: `The organization does not claim ${name}.`,
    help: `Claim it first: mooring-hub domains add ${name}`,
  });
}
