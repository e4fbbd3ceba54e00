/** `scimType` of an error body (RFC 7644 section 3.12, table 9). */
export type ScimType =
  | 'invalidFilter'
  | 'tooMany'
  | 'uniqueness'
  | 'mutability'
  | 'invalidSyntax'
  | 'invalidPath'
  | 'noTarget'
  | 'invalidValue'
  | 'invalidVers'
  | 'sensitive';

/** `schemas` of an error body. */
export const ERROR_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:Error';

const LONGEST = 800;

/** A refusal as SCIM clients know it; thrown inside the engine, answered at the edge of `/scim`. */
export class ScimError extends Error {
  readonly status: number;
  readonly scimType: ScimType | undefined;
  constructor(status: number, detail: string, scimType?: ScimType) {
    // Much of a detail is what the client sent, which may be long.
    super(detail.length > LONGEST ? `${detail.slice(0, LONGEST)}…` : detail);
    this.name = 'ScimError';
    this.status = status;
    this.scimType = scimType;
  }

  /** The error body; `status` is a string there (RFC 7644 section 3.12). */
  body(): { schemas: string[]; status: string; scimType?: ScimType; detail: string } {
    return {
      schemas: [ERROR_SCHEMA],
      status: String(this.status),
      ...(this.scimType === undefined ? {} : { scimType: this.scimType }),
      detail: this.message,
    };
  }
}
