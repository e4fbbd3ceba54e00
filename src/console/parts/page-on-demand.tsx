import type { ComponentType } from 'react';
import { NotLoaded } from '../../shared-ui/NotLoaded.tsx';
import { onDemand } from '../../shared-ui/on-demand.tsx';
import type { Failure } from '../hub/hub-client.ts';
import { useSayingHere } from '../hub/said-nearby.tsx';

/** A page of the console whose code is loaded when somebody goes there. */
export function pageOnDemand<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
): ComponentType<Props> {
  return onDemand(load, PageNotLoaded);
}

const OFFLINE: Failure = { kind: 'offline' };

/** That the hub may be out of reach is said here, and not once more above the page. */
function PageNotLoaded() {
  useSayingHere(OFFLINE);
  return <NotLoaded />;
}
