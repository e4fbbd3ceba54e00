import { attribute, type ResourceType, type Schema } from './attribute.ts';

/** The core Group schema (RFC 7643 section 4.2). */
export const GROUP_SCHEMA: Schema = {
  id: 'urn:ietf:params:scim:schemas:core:2.0:Group',
  name: 'Group',
  description: 'A team of an organization.',
  attributes: [
    attribute('displayName', 'organization:team. The team is created when it is missing.', {
      required: true,
      uniqueness: 'server',
    }),
    attribute('members', 'The people in the team.', {
      type: 'complex',
      multiValued: true,
      subAttributes: [
        attribute('value', 'Identifier of the user.', {
          required: true,
          caseExact: true,
          mutability: 'immutable',
        }),
        attribute('$ref', 'Address of the user.', {
          type: 'reference',
          referenceTypes: ['User'],
          caseExact: true,
          mutability: 'immutable',
        }),
        attribute('display', 'Name of the user.', { mutability: 'readOnly' }),
        attribute('type', 'Kind of the member.', { canonicalValues: ['User'], mutability: 'immutable' }),
      ],
    }),
  ],
};

/** The kind of resource at `/Groups`. */
export const GROUP: ResourceType = {
  id: 'Group',
  name: 'Group',
  endpoint: '/Groups',
  description: 'Teams',
  schema: GROUP_SCHEMA,
  extensions: [],
};
