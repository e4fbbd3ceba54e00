import { managedWorld, type World } from './stand-in-world.ts';

/** Would run, or break the page, where it were taken for anything but text. */
export const HTML = '<img src=x onerror="window.broken=1"><script>window.broken=1</script>';
/** Turns the reading direction around, and hides a letter. */
export const BIDI = '\u202Egnp.exe\u202C\u2066abc\u2069\u200B';
export const LONG = `${'x'.repeat(2_500)}${'W'.repeat(2_500)}`;

/** A computer whose every text was chosen by somebody who means harm. */
export function hostileWorld(): World {
  const world = managedWorld();
  const { account } = world.account;
  return {
    ...world,
    labels: {
      ...world.labels,
      'user-policy': `${HTML} ${BIDI} ${LONG}`,
      'admin-settings': LONG,
    },
    documents: {
      'user-policy': {
        configurationFileVersion: 2,
        proxy: { locked: true, mode: 'manual', http: LONG, https: HTML, exclude: [HTML, LONG, BIDI] },
        linuxVM: { dockerDaemonOptions: { locked: true, value: JSON.stringify({ [HTML]: LONG }) } },
        filesharingAllowedDirectories: [{ path: LONG, sharedByDefault: true }],
        [HTML]: 1,
        [LONG]: 1,
      },
    },
    policy:
      world.policy === null
        ? null
        : {
            ...world.policy,
            name: `${HTML} ${LONG}`,
            organization: LONG,
            access: {
              registries: { hosts: [HTML, LONG] },
              images: { classes: [HTML], repositories: [LONG] },
              enforced: false,
            },
            contact: { name: `${HTML} ${LONG}`, url: 'javascript:window.broken=1' },
          },
    account: {
      ...world.account,
      account:
        account === null
          ? null
          : {
              ...account,
              name: `${HTML}${LONG}`,
              email: `${LONG}@example.org`,
              deviceName: HTML,
              hubUrl: 'javascript:window.broken=1',
              organizations: [{ name: 'acme', displayName: LONG, role: HTML, teams: [LONG, HTML] }],
            },
    },
    sources: world.sources.map((source) => ({
      ...source,
      location: `/${LONG}/${HTML}`,
      message: `${HTML} ${LONG}`,
      document: { [HTML]: LONG },
    })),
    drift: [
      { at: 'not a time', kind: 'value', setting: HTML, wrong: LONG, right: HTML },
      {
        at: new Date().toISOString(),
        kind: 'value',
        setting: 'cpus',
        wrong: { [HTML]: [LONG] },
        right: null,
      },
    ],
    checks: [
      { id: HTML, title: `${HTML} ${LONG}`, result: 'failed', finding: LONG, meaning: HTML, mend: LONG },
      { id: 'other', title: BIDI, result: 'warning', finding: BIDI },
    ],
    sync: { ...world.sync, state: 'failed', error: { code: HTML, message: `${HTML} ${LONG}` } },
    store: { ...world.store, state: 'failed', message: LONG },
  };
}
