import { ScimError } from './scim-error.ts';

/** The entity tag of a version: weak, because an answer may be cut by `attributes`. */
export function entityTag(version: number): string {
  return `W/"${version}"`;
}

function names(header: string, version: number): boolean {
  if (header.trim() === '*') return true;
  return header.split(',').some((tag) => tag.trim().replace(/^W\//, '') === `"${version}"`);
}

/** Refuses a change that was made from an older version (RFC 7644 section 3.14). */
export function requireMatch(ifMatch: string | undefined, version: number): void {
  if (ifMatch === undefined || names(ifMatch, version)) return;
  throw new ScimError(412, `The resource has changed: its version is ${entityTag(version)}. Read it again.`);
}

/** True when the reader already has this version. */
export function isKnown(ifNoneMatch: string | undefined, version: number): boolean {
  return ifNoneMatch !== undefined && names(ifNoneMatch, version);
}
