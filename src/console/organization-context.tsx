import { createContext, use } from 'react';
import type { Caller, Organization } from '../shared/contracts/hub-api.ts';
import { at } from './hub/hub-client.ts';

/** The organization whose pages are shown, and who looks at them. */
export interface Acting {
  readonly organization: Organization;
  readonly caller: Caller;
}

export const ActingContext = createContext<Acting | null>(null);

/** Where everything on the page happens. */
export interface Here extends Acting {
  readonly isOwner: boolean;
  /** A path of the API in this organization: `api('members')`. */
  api(...parts: readonly string[]): string;
  /** The address of a page of the console in this organization: `page('policies')`. */
  page(...parts: readonly string[]): string;
}

/** The organization, the caller and their addresses. */
export function useHere(): Here {
  const acting = use(ActingContext);
  if (acting === null) throw new Error('useHere outside an organization');
  const { name, role } = acting.organization;
  return {
    ...acting,
    isOwner: role === 'owner',
    api: (...parts) => at('/v1/orgs', name, ...parts),
    page: (...parts) => pageOf(name, ...parts),
  };
}

/** The address of a page of the console. */
export function pageOf(organization: string, ...parts: readonly string[]): string {
  return at('/o', organization, ...parts);
}
