import { type Command, Option } from 'commander';
import {
  type AccessPolicies,
  accessPoliciesChangeSchema,
  IMAGE_CLASSES,
} from '../../shared/contracts/access-policies.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { changeAccessPolicies, readAccessPolicies } from '../access-policies/access-policy-service.ts';
import type { Db } from '../database/connection.ts';
import { findOrganization } from '../organizations/organization-service.ts';
import {
  type CommonOptions,
  operator,
  outputOf,
  type Surroundings,
  withDatabase,
} from './command-context.ts';
import { inOrganization } from './organization-option.ts';
import { answer } from './output.ts';

interface AccessOptions extends CommonOptions {
  readonly organization: string;
}
interface AnyOption extends AccessOptions {
  readonly any?: boolean;
}

/** `access show|registries|images` */
export function accessCommands(program: Command, around: Surroundings): void {
  const access = program
    .command('access')
    .description(
      'registries and kinds of images that members may use: delivered, not enforced by agents yet',
    );
  inOrganization(access.command('show'))
    .description('show what is allowed')
    .action((options: AccessOptions) =>
      withDatabase({ options, around, purpose: 'access show' }, async ({ db }) => {
        const { id } = await findOrganization(db, options.organization);
        tell(await readAccessPolicies(db, id), around);
      }),
    );
  inOrganization(access.command('registries [host...]'))
    .description('allow these registries only; --any allows every registry')
    .option('--any', 'every registry')
    .action((hosts: readonly string[], options: AnyOption) =>
      change(options, around, 'access registries', () => {
        refuseBothOrNone(hosts.length > 0, options, 'Name registries by host name, or give --any.');
        return { registries: options.any === true ? null : { hosts } };
      }),
    );
  inOrganization(access.command('images'))
    .description('allow these kinds of images only; --any allows every image')
    .addOption(
      new Option('--class <name...>', 'a kind of image that is allowed').choices(IMAGE_CLASSES).default([]),
    )
    .option('--repository <name...>', 'a repository that is allowed whatever its kind', [])
    .option('--any', 'every image')
    .action(
      (options: AnyOption & { readonly class: readonly string[]; readonly repository: readonly string[] }) =>
        change(options, around, 'access images', () => {
          const { class: classes, repository: repositories } = options;
          const named = classes.length + repositories.length > 0;
          refuseBothOrNone(named, options, 'Give --class or --repository, or give --any.');
          return { images: options.any === true ? null : { classes, repositories } };
        }),
    );
}

function refuseBothOrNone(named: boolean, options: AnyOption, message: string): void {
  if (named === (options.any === true)) throw new RefusalError({ code: 'bad_request', message });
}

async function change(
  options: AccessOptions,
  around: Surroundings,
  purpose: string,
  wanted: () => object,
): Promise<void> {
  const checked = accessPoliciesChangeSchema.safeParse(wanted());
  if (!checked.success) {
    const [issue] = checked.error.issues;
    const at = issue?.path.at(-1);
    const value = typeof at === 'number' ? `entry ${at + 1} ` : '';
    throw new RefusalError({ code: 'bad_request', message: `${value}${issue?.message ?? 'is not valid'}` });
  }
  await withDatabase({ options, around, purpose }, async ({ db }) => {
    const edited = { organizationId: await idOf(db, options), version: null };
    tell(await changeAccessPolicies(db, operator(), edited, checked.data), around);
  });
}

async function idOf(db: Db, options: AccessOptions): Promise<string> {
  return (await findOrganization(db, options.organization)).id;
}

function tell(access: AccessPolicies, around: Surroundings): void {
  const { registries, images } = access;
  answer(outputOf(around), { access }, () => [
    `Registries: ${registries === null ? 'every registry' : registries.hosts.join(', ')}`,
    `Images: ${images === null ? 'every image' : images.classes.join(', ') || 'no kind'}`,
    ...(images === null || images.repositories.length === 0
      ? []
      : [`Repositories: ${images.repositories.join(', ')}`]),
    'Agents of this version show this and do not enforce it.',
  ]);
}
