import { hostname } from 'node:os';
import { desktopCatalog } from '../shared/settings/desktop-catalog.ts';
import { readAllowedOrganizations } from './account/allowed-organizations.ts';
import { browserOpener } from './account/browser-opener.ts';
import { openKeychain } from './account/keychain.ts';
import type { AgentMaking } from './agent-making.ts';
import type { AgentOptions, CommandRunner } from './agent-options.ts';
import { type Clock, systemClock } from './clock.ts';
import { createHubHttp } from './delivery/create-hub-http.ts';
import { createPolicyDelivery } from './delivery/create-policy-delivery.ts';
import { createHubKeyTrust } from './delivery/hub-key-trust.ts';
import type { OfflineBinding } from './delivery/policy-delivery.ts';
import { systemProxyReader } from './delivery/system-proxy.ts';
import { policyByFile } from './diagnostics/policy-by-file.ts';
import { systemFacts } from './diagnostics/system-facts.ts';
import { dockerBackendQuit } from './enforcement/docker-backend.ts';
import { createEnforcement } from './enforcement/enforcement.ts';
import type { Enforcement } from './enforcement/model.ts';
import { systemDisk } from './files/disk.ts';
import { readHostFacts } from './host.ts';
import { logFile, readLogTail } from './log-file.ts';
import { managedProxy } from './managed-proxy.ts';
import { createOverrideTerms } from './overrides/override-terms.ts';
import { type AgentPaths, agentPaths } from './paths.ts';
import { systemCommandRunner } from './run-command.ts';
import { createLastProfileKeys, type LastProfileKeys } from './sources/last-profile-keys.ts';
import { fileTrust } from './sources/machine-file-trust.ts';
import { readMachineLayout } from './sources/machine-layout.ts';
import { createMachineSources, type MachineSources } from './sources/machine-sources.ts';
import { readProfileSource } from './sources/profile-source.ts';
import { diskFiles, type StateFiles } from './state-file.ts';

/** Makes the real parts of the agent and reads the machine's sources once; nothing else runs yet. */
export async function makeParts(options: AgentOptions): Promise<AgentMaking> {
  const clock = options.clock ?? systemClock();
  const runCommand = options.runCommand ?? systemCommandRunner();
  const log = options.log ?? (() => {});
  const disk = options.disk ?? systemDisk();
  const files = diskFiles(disk);
  const { paths, lastKeys, installedHubUrl } = await findPaths(options, runCommand, files);
  const catalog = options.catalog ?? desktopCatalog;
  const sources = createMachineSources({ paths, catalog, clock, runCommand, lastKeys, log });
  await sources.refresh();
  const enforcement = createEnforcement({
    ...{
      paths: { ...paths, others: agentFiles(paths) },
      catalog,
      platform: paths.platform,
      clock,
      log,
      disk,
    },
    ...(paths.layout === 'docker' && paths.platform === 'mac' && !paths.testPaths
      ? { mayWriteStore: dockerBackendQuit(runCommand) }
      : {}),
  });
  const http = hubHttp(options, paths, clock, enforcement);
  const trust = createHubKeyTrust({
    ...{ keysFile: paths.hubKeys, http, files },
    profileKeys: () => sources.current().keys?.hubKeys ?? null,
  });
  const keychain = options.keychain ?? openKeychain({ platform: paths.platform, clock });
  const signInEnforced = () => sources.current().signIn.enforced;
  const { createAccountService } = await import('./account/create-account-service.ts');
  const account = await createAccountService({
    ...{ recordFile: paths.account, http, trust, keychain, clock, signInEnforced, files },
    opener: options.openBrowser ?? browserOpener(paths.platform, paths.systemRoot),
    deviceName: hostname(),
    defaultHubUrl: installedHubUrl,
    managedHubUrl: () => sources.current().keys?.hubUrl ?? null,
    allowedOrganizations: () => allowedOrganizations(sources),
  });
  const delivery = createPolicyDelivery({
    ...{ bundleFile: paths.bundle, account, http, trust, clock, signInEnforced, push: http, files },
    random: Math.random,
    binding: () => offlineBinding(sources),
  });
  const overrides = createOverrideTerms({ path: paths.overrides, files, clock });
  const hubUrl = () => sources.current().keys?.hubUrl ?? account.owner()?.hubUrl ?? null;
  return {
    ...{ version: options.version, paths, clock },
    parts: { catalog, sources, http, account, delivery, enforcement, overrides, log },
    dashboardFolder: options.dashboardFolder ?? null,
    doctor: async () => {
      const { diagnose } = await import('./diagnostics/diagnose.ts');
      return diagnose({
        ...{ paths, sources, keychain, enforcement, http, clock, hubUrl },
        sync: () => delivery.state().sync,
        byFile: () => policyByFile(delivery.state().bundle),
      });
    },
    collect: async (handlers) => {
      const { collectDiagnostics } = await import('./diagnostics/collect-diagnostics.ts');
      const system = systemFacts(options.version);
      const { home } = options.host ?? readHostFacts();
      return collectDiagnostics({ handlers, clock, system, home, log: () => readLogTail(logFile(options)) });
    },
  };
}

/**
 * The layout decides the paths, and the profile at our own location can decide the layout: so that location is read
 * first (docs/policy.md section 5).
 */
async function findPaths(
  options: AgentOptions,
  runCommand: CommandRunner,
  files: StateFiles,
): Promise<{
  readonly paths: AgentPaths;
  readonly lastKeys: LastProfileKeys;
  /** The hub that `mooring install` named. */
  readonly installedHubUrl: string | null;
}> {
  const host = options.host ?? readHostFacts();
  const pathsOf = options.paths ?? agentPaths;
  const first = pathsOf(host, 'mooring');
  const trust = fileTrust(first, runCommand);
  const lastKeys = createLastProfileKeys(first.profileKeys, files);
  await lastKeys.load();
  const profile = await readProfileSource(first, trust, runCommand, desktopCatalog);
  const keys = profile.state === 'broken' ? (profile.keys ?? lastKeys.current()) : profile.keys;
  const { layout, hubUrl } = await readMachineLayout(keys?.layout ?? null, first.machine, trust);
  return {
    paths: layout === first.layout ? first : pathsOf(host, layout),
    lastKeys,
    installedHubUrl: hubUrl,
  };
}

/** A bundle by file counts only where the profile names the hub, its keys and the organizations. */
function offlineBinding(sources: MachineSources): OfflineBinding | null {
  const { keys } = sources.current();
  if (keys === null || keys.hubUrl === null || keys.hubKeys === null || keys.allowedOrgs === undefined)
    return null;
  return { hubUrl: keys.hubUrl, organizations: readAllowedOrganizations(keys.allowedOrgs).names };
}

/** What else the agent keeps of its user: keys, policy and account, which nobody else may see or write. */
function agentFiles(paths: AgentPaths): readonly string[] {
  return [paths.account, paths.bundle, paths.hubKeys, paths.overrides, paths.reports, paths.profileKeys];
}

function allowedOrganizations(sources: MachineSources): readonly string[] | null {
  const { enforced, organizations } = sources.current().signIn;
  return enforced ? organizations : null;
}

function hubHttp(
  options: AgentOptions,
  paths: AgentPaths,
  clock: Clock,
  enforcement: Enforcement,
): ReturnType<typeof createHubHttp> {
  const environment = options.environment ?? process.env;
  return createHubHttp({
    ...{ clock, environment },
    userAgent: `Mooring/${options.version} (${paths.platform})`,
    managedProxy: () => managedProxy(enforcement.resolution()),
    ...(options.hubTimeouts === undefined ? {} : { timeouts: options.hubTimeouts }),
    systemProxy: systemProxyReader(paths.platform, paths.systemRoot),
    extraCaFile: () => environment.MOORING_CA_FILE ?? environment.NODE_EXTRA_CA_CERTS ?? null,
  });
}
