import { createHash } from 'node:crypto';
import { build, type PlistValue } from 'plist';
import type { Json } from '../../database/schema.ts';

/** Domain of the profile that agents read on macOS (docs/policy.md section 6). */
const DOMAIN = 'dev.mooring.desktop';

/** What is exported, and what it is called on the devices. */
export interface ExportedPolicy {
  readonly id: string;
  readonly name: string;
  readonly organization: string;
  readonly revision: number;
  readonly document: { readonly [key: string]: Json };
}

/**
 * The policy as a configuration profile of macOS. Its identifier is that of the policy, so that a later revision
 * replaces an earlier one; its UUIDs follow from policy and revision, so that the same revision gives the same file.
 */
export function configurationProfile(policy: ExportedPolicy): string {
  const { id, name, organization, revision, document } = policy;
  const identifier = `${DOMAIN}.policy.${id}`;
  return build({
    PayloadType: 'Configuration',
    PayloadVersion: 1,
    PayloadIdentifier: identifier,
    PayloadUUID: uuidFrom(`${id} ${revision} profile`),
    PayloadDisplayName: printable(name),
    PayloadDescription: `Settings of Mooring Desktop, revision ${revision}`,
    PayloadOrganization: printable(organization),
    PayloadScope: 'System',
    PayloadContent: [
      {
        PayloadType: DOMAIN,
        PayloadVersion: 1,
        PayloadIdentifier: `${identifier}.settings`,
        PayloadUUID: uuidFrom(`${id} ${revision} settings`),
        PayloadDisplayName: printable(name),
        settings: members({ configurationFileVersion: 2, ...document }),
      },
    ],
  });
}

/** Property lists have no null. In a document it says as much as leaving the key out (docs/policy.md section 2). */
function members(object: { readonly [key: string]: Json }): { [key: string]: PlistValue } {
  const kept: { [key: string]: PlistValue } = {};
  for (const [key, value] of Object.entries(object)) {
    // The reader ignores these names, and no object of ours should have them.
    if (value !== null && !['__proto__', 'constructor', 'prototype'].includes(key)) kept[key] = plain(value);
  }
  return kept;
}

function plain(value: Exclude<Json, null>): PlistValue {
  if (Array.isArray(value)) return value.filter((item) => item !== null).map(plain);
  return typeof value === 'object' ? members(value) : value;
}

/** XML holds no control characters; names are for people and lose nothing that they would miss. */
function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cs}￾￿]/gu, ' ');
}

/** A UUID of version 8 (RFC 9562 section 5.8) that follows from a text. */
function uuidFrom(text: string): string {
  const bytes = createHash('sha256').update(`mooring ${text}`).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex').toUpperCase();
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
