/*
 * The one contract between the agent and every surface on this machine: command line, tray, dashboard. It is
 * spoken as plain HTTP over a socket or pipe, through the window's bridge, or on 127.0.0.1; the doors differ,
 * the requests do not.
 */

export * from './local-account.ts';
export * from './local-dashboard.ts';
export * from './local-error.ts';
export * from './local-policy.ts';
export * from './local-settings.ts';
export * from './local-status.ts';

/** Every route of the local API: the router, the client and the bridge are built from this table. */
export const LOCAL_ROUTES = {
  status: { method: 'GET', path: '/v1/status' },
  catalog: { method: 'GET', path: '/v1/catalog' },
  settings: { method: 'GET', path: '/v1/settings' },
  setting: { method: 'GET', path: '/v1/settings/{id}' },
  change: { method: 'PATCH', path: '/v1/settings' },
  policy: { method: 'GET', path: '/v1/policy' },
  sync: { method: 'POST', path: '/v1/sync' },
  importPolicy: { method: 'POST', path: '/v1/policy/import' },
  overrides: { method: 'GET', path: '/v1/overrides' },
  requestOverride: { method: 'POST', path: '/v1/overrides' },
  endOverride: { method: 'POST', path: '/v1/overrides/end' },
  account: { method: 'GET', path: '/v1/account' },
  login: { method: 'POST', path: '/v1/account/login' },
  loginProgress: { method: 'GET', path: '/v1/account/login/{id}' },
  logout: { method: 'POST', path: '/v1/account/logout' },
  useOrganization: { method: 'POST', path: '/v1/account/organization' },
  doctor: { method: 'GET', path: '/v1/doctor' },
  diagnostics: { method: 'GET', path: '/v1/diagnostics' },
  dashboard: { method: 'POST', path: '/v1/dashboard' },
  session: { method: 'POST', path: '/v1/session' },
  events: { method: 'GET', path: '/v1/events' },
  stop: { method: 'POST', path: '/v1/stop' },
} as const;

export type LocalRoute = keyof typeof LOCAL_ROUTES;
