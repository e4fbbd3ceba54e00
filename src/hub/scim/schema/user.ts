import { attribute, type ResourceType, type Schema } from './attribute.ts';

const mailSubAttributes = [
  attribute('value', 'The address.'),
  attribute('display', 'The address as shown.', { mutability: 'readOnly' }),
  attribute('type', 'What it is for.', { canonicalValues: ['work', 'home', 'other'] }),
  attribute('primary', 'Whether it is the preferred one; at most one is.', { type: 'boolean' }),
];

/** The core User schema, cut to what the hub keeps (RFC 7643 section 4.1). */
export const USER_SCHEMA: Schema = {
  id: 'urn:ietf:params:scim:schemas:core:2.0:User',
  name: 'User',
  description: 'A person with an account.',
  attributes: [
    attribute('userName', 'The e-mail address the person signs in with.', {
      required: true,
      uniqueness: 'server',
    }),
    attribute('name', 'The parts of the name.', {
      type: 'complex',
      subAttributes: [
        attribute('formatted', 'The whole name as shown.'),
        attribute('familyName', 'Family name.'),
        attribute('givenName', 'Given name.'),
      ],
    }),
    attribute('displayName', 'The name as shown to others.'),
    attribute('active', 'Whether the person may use the organization.', { type: 'boolean' }),
    attribute('emails', 'E-mail addresses.', {
      type: 'complex',
      multiValued: true,
      subAttributes: mailSubAttributes,
    }),
    attribute('groups', 'The groups the person belongs to; changed through the groups themselves.', {
      type: 'complex',
      multiValued: true,
      mutability: 'readOnly',
      subAttributes: [
        attribute('value', 'Identifier of the group.', { caseExact: true, mutability: 'readOnly' }),
        attribute('$ref', 'Address of the group.', {
          type: 'reference',
          referenceTypes: ['Group'],
          caseExact: true,
          mutability: 'readOnly',
        }),
        attribute('display', 'Name of the group.', { mutability: 'readOnly' }),
        attribute('type', 'How the membership came about.', {
          canonicalValues: ['direct'],
          mutability: 'readOnly',
        }),
      ],
    }),
  ],
};

/** Role and placement in the words of Docker's own extension, so that existing mappings work unchanged. */
export const DOCKER_USER_SCHEMA: Schema = {
  id: 'urn:ietf:params:scim:schemas:extension:docker:2.0:User',
  name: 'Docker User',
  description: 'Role, organization and team of the person.',
  attributes: [
    attribute('dockerRole', 'Role in the organization; member when unset.', {
      canonicalValues: ['member', 'editor', 'owner'],
    }),
    attribute('dockerOrg', 'Organization to join instead of the default one.'),
    attribute('dockerTeam', 'Team to join; created when missing.'),
  ],
};

/** The kind of resource at `/Users`. */
export const USER: ResourceType = {
  id: 'User',
  name: 'User',
  endpoint: '/Users',
  description: 'People',
  schema: USER_SCHEMA,
  extensions: [DOCKER_USER_SCHEMA],
};
