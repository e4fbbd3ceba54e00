/** Texts that every page shares: names of sources, states, buttons. */
export const common = {
  'app.name': 'Mooring',
  'app.testPaths': 'Test paths',
  'app.testPathsWhy': 'This build was given its own machine paths. It does not manage this computer.',
  'app.skipToContent': 'Skip to content',
  'nav.label': 'Pages',
  'nav.settings': 'Settings',
  'nav.policy': 'Policy',
  'nav.account': 'Account',
  'nav.diagnostics': 'Diagnostics',
  'nav.signIn': 'Sign in',
  'nav.proxy': 'Network proxy',
  'scheme.label': 'Appearance',
  'scheme.light': 'Light',
  'scheme.dark': 'Dark',
  'scheme.auto': 'System',

  'action.apply': 'Apply',
  'action.cancel': 'Cancel',
  'action.close': 'Close',
  'action.copy': 'Copy',
  'action.copied': 'Copied',
  'action.notCopied': 'Not copied: select the text and copy it by hand',
  'action.retry': 'Try again',
  'action.remove': 'Remove',
  'action.syncNow': 'Sync now',
  'action.syncing': 'Syncing…',
  'action.clear': 'Clear',

  'source.configuration-profile': 'Configuration profile',
  'source.user-policy': 'Your policy',
  'source.organization-policy': 'Organization policy',
  'source.admin-settings': 'admin-settings.json',
  'source.user': 'Your choice',
  'source.default': 'Built-in default',
  'source.hub': 'Mooring Hub',
  'source.choices': 'Your choices',
  'source.sign-in': 'Enforced sign-in',
  'source.store': 'settings-store.json',

  'value.on': 'On',
  'value.off': 'Off',
  'value.unset': 'Not set',
  'value.empty': 'Empty',
  'value.entries': { one: '{count} entry', other: '{count} entries' },

  'managed.by': 'Managed by {label}',
  'managed.suggestedBy': 'Suggested by {label}',
  'managed.why': 'Managed by {label}: why is “{setting}” locked?',
  'managed.whySuggested': 'Suggested by {label}: where does the value of “{setting}” come from?',
  'managed.locked': 'Locked',
  'managed.suggested': 'Suggested',
  'managed.held': 'Held at its present value',
  'managed.heldBroken': 'Held: a policy source cannot be read, so nothing may change until it can.',
  'managed.heldStale':
    'Held: your organization’s policy is too old to trust, so nothing may change until a sync succeeds.',

  'state.loading': 'Loading…',
  'state.offlineTitle': 'The agent is not answering',
  'state.offlineText':
    'Mooring’s agent on this computer is not running, or is just starting. Your settings stay as they are meanwhile.',
  'state.offlineHelp': 'Start it with “mooring agent run”. This page goes on by itself once it answers.',
  'state.failedTitle': 'This could not be read',
  'state.unreadable':
    'The agent gave an answer that this page does not understand. They may be of different versions: reload the page, or update Mooring.',

  'fault.title': 'This page met a fault of its own',
  'fault.text':
    'Your settings are not affected. Load the page again; if it happens again, run “mooring doctor” and report it.',
  'fault.consoleText':
    'Nothing was changed by it. Load the page again; if it happens again, tell whoever runs the hub.',
  'fault.reload': 'Load again',
  'notLoaded.title': 'This page could not be loaded',
  'notLoaded.text':
    'Pages are loaded when somebody first goes there. Either nobody answers at present, or a newer version has taken their place. Try again when the connection is back.',

  'session.title': 'This page’s session has ended',
  'session.text':
    'A dashboard in the browser works with a one-time address that only you can ask for. This one was used already, is older than a minute, or the agent was started again.',
  'session.missingTitle': 'Open the dashboard from the command line',
  'session.missingText':
    'To keep other programs out, this page works only with a one-time address that you ask for yourself.',
  'session.how':
    'In a terminal, run this and open the address that it prints. It works whether or not the agent runs already.',
  'session.copyCommand': 'Copy the command',

  'time.never': 'Never',
  'time.justNow': 'Just now',
  /** Of something that was done here and lies ahead by this computer's clock; within a sentence. */
  'time.clockSetBack': 'before the clock was set back',
  /** Within a sentence. */
  'time.soon': 'in less than a minute',
  'severity.error': 'Error',
  'severity.warning': 'Warning',
} as const;
