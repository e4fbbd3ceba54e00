import type { CommandSpec, OptionSpec } from '../command.ts';

const force: OptionSpec = {
  name: 'force',
  description: 'Also files that somebody else wrote, or that changed since',
};

/** What administrators, installers and device managers decide for a whole machine. */
export const machineCommands: readonly CommandSpec[] = [
  {
    path: ['install'],
    summary: 'Decide for this whole computer: policy, sign-in, hub and proxy, as administrator',
    details: [
      'Runs as root or administrator. Everything is checked first; then all files are written, or none. What is not named stays as an earlier installation left it. A file that somebody else put there is only replaced with --force.',
      '--admin-settings takes JSON, JSON with single quotes ({\'a\': true}), and JSON with doubled quotes ({""a"":true}), as installers pass them on. A policy with an error is refused.',
      'The proxy options suggest a proxy, which people may change; to lock it, put a "proxy" with "locked": true into --admin-settings instead.',
    ],
    arguments: [
      {
        name: 'words',
        description: 'With --from-installer exe, after "--": what the installer was started with',
        optional: true,
        variadic: true,
      },
    ],
    options: [
      { name: 'admin-settings', value: 'JSON', description: 'The policy of this computer' },
      {
        name: 'allowed-org',
        value: 'NAMES',
        description: 'Enforce sign-in as a member of one of these organizations, with ";" between them',
      },
      { name: 'hub', value: 'URL', description: 'Hub that people sign in to when they name none' },
      {
        name: 'layout',
        value: 'LAYOUT',
        description: "Whose file locations are used; mooring's own when never given",
        choices: ['mooring', 'docker'],
      },
      {
        name: 'proxy-http-mode',
        value: 'MODE',
        description: 'Proxy of the operating system, or the addresses given here',
        choices: ['system', 'manual'],
      },
      { name: 'override-proxy-http', value: 'URL', description: 'Proxy for HTTP' },
      { name: 'override-proxy-https', value: 'URL', description: 'Proxy for HTTPS' },
      {
        name: 'override-proxy-exclude',
        value: 'HOSTS',
        description: 'Hosts reached without a proxy, with "," between them',
      },
      { name: 'override-proxy-pac', value: 'URL', description: 'Address of a proxy script' },
      { name: 'override-proxy-embedded-pac', value: 'SCRIPT', description: 'Text of a proxy script' },
      {
        name: 'proxy-enable-kerberosntlm',
        description: 'Sign in to the proxy with Kerberos or NTLM',
      },
      {
        name: 'from-installer',
        value: 'KIND',
        description:
          'For installers: take the options from the words after "--", from the properties of the MSI, or from the file "install-options" that was laid down for a package',
        choices: ['exe', 'msi', 'package'],
      },
      force,
    ],
    examples: [
      "mooring install --allowed-org=acme --admin-settings=\"{'configurationFileVersion': 2, 'analyticsEnabled': {'locked': true, 'value': false}}\"",
      'mooring install --hub https://hub.example.com --override-proxy-http=http://proxy.example.com:3128',
    ],
    run: async (context, invocation) =>
      (await import('../commands/install.ts')).installMachine(context, invocation),
  },
  {
    path: ['uninstall'],
    summary: 'Remove what "mooring install" wrote on this computer, as administrator',
    details: [
      'Runs as root or administrator. All files are removed, or none; one that changed since only with --force.',
    ],
    options: [force],
    run: async (context, invocation) =>
      (await import('../commands/install.ts')).uninstallMachine(context, invocation),
  },
];
