import type { CommandSpec } from '../command.ts';

/** Signing in, organizations, and what follows from them. */
export const accountCommands: readonly CommandSpec[] = [
  {
    path: ['login'],
    summary: 'Sign in to the hub of your organization',
    details: [
      'Opens the system browser; with --device it shows an address and a code for a browser on another device. With --json the address and code go to standard error as one line of JSON, and standard output holds how it ended.',
      'Where the hub signs with another key than the one pinned on this device, nothing changes: both fingerprints are shown, and --trust-key confirms the offered one.',
    ],
    options: [
      { name: 'device', description: 'Sign in with a code, on any device that has a browser' },
      { name: 'hub', value: 'URL', description: 'Address of the hub; needed at the first sign-in only' },
      { name: 'no-browser', description: 'Only show the address; open no browser' },
      {
        name: 'trust-key',
        value: 'FINGERPRINT',
        description: 'Trust this signing key of the hub, after you compared it with your administrator',
      },
    ],
    examples: ['mooring login --hub https://hub.example.com', 'mooring login --device'],
    run: async (context, invocation) => (await import('../commands/login.ts')).logIn(context, invocation),
  },
  {
    path: ['logout'],
    summary: 'Sign out',
    details: [
      'Your own choices are kept. Where sign-in is enforced the last policy stays in force until somebody signs in again.',
    ],
    run: async (context) => (await import('../commands/account.ts')).logOut(context),
  },
  {
    path: ['whoami'],
    summary: 'Show who is signed in, and where',
    run: async (context) => (await import('../commands/account.ts')).whoAmI(context),
  },
  {
    path: ['org', 'list'],
    summary: 'List your organizations',
    run: async (context) => (await import('../commands/account.ts')).listOrganizations(context),
  },
  {
    path: ['org', 'use'],
    summary: 'Follow another one of your organizations',
    arguments: [{ name: 'organization', description: 'Its name, as "mooring org list" shows it' }],
    examples: ['mooring org use acme'],
    run: async (context, invocation) =>
      (await import('../commands/account.ts')).chooseOrganization(context, invocation),
  },
  {
    path: ['sync'],
    summary: 'Fetch the policy from the hub now',
    run: async (context) => (await import('../commands/sync.ts')).syncNow(context),
  },
];
