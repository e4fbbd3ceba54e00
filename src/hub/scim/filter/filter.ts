/** A reference to an attribute: optional schema URN, attribute, optional sub-attribute (RFC 7644 figure 1). */
export interface AttributePath {
  /** The URN before the last colon, as written; absent for the core schema. */
  readonly schema?: string;
  readonly attribute: string;
  readonly sub?: string;
}

/** Comparison operators, folded to lower case. */
export type Operator = 'eq' | 'ne' | 'co' | 'sw' | 'ew' | 'gt' | 'ge' | 'lt' | 'le';

/** What an attribute is compared with. */
export type Comparand = string | number | boolean | null;

/** A parsed filter (RFC 7644 section 3.4.2.2). */
export type Filter =
  | {
      readonly kind: 'compare';
      readonly path: AttributePath;
      readonly operator: Operator;
      readonly value: Comparand;
    }
  | { readonly kind: 'present'; readonly path: AttributePath }
  | { readonly kind: 'and' | 'or'; readonly left: Filter; readonly right: Filter }
  | { readonly kind: 'not'; readonly filter: Filter }
  /** `emails[type eq "work" and value co "@"]`: one element must satisfy all of it. */
  | { readonly kind: 'element'; readonly path: AttributePath; readonly filter: Filter };
