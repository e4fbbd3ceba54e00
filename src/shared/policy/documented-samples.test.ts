import { describe, expect, it } from 'vitest';
import { desktopCatalog } from '../settings/desktop-catalog.ts';
import { PLATFORMS, type Platform } from '../settings/setting.ts';
import { storeObject } from '../store/render-store.ts';
import { readDocument } from './read-document.ts';
import { resolve } from './resolve.ts';

/** Every key that the original vendor's published sample of an `admin-settings.json` has, with values of our own. */
const SAMPLE = {
  configurationFileVersion: 2,
  exposeDockerAPIOnTCP2375: { locked: true, value: false },
  proxy: {
    locked: true,
    mode: 'system',
    http: '',
    https: '',
    exclude: [],
    windowsDockerdPort: 65000,
    enableKerberosNtlm: false,
    pac: '',
    embeddedPac: '',
  },
  containersProxy: {
    locked: true,
    mode: 'manual',
    http: '',
    https: '',
    exclude: [],
    pac: '',
    embeddedPac: '',
    transparentPorts: '',
  },
  enhancedContainerIsolation: {
    locked: true,
    value: true,
    dockerSocketMount: {
      imageList: { images: ['registry.example/tools/a:*', 'registry.example/tools/b@sha256:00'] },
      commandList: { type: 'deny', commands: ['push'] },
    },
  },
  linuxVM: {
    wslEngineEnabled: { locked: false, value: false },
    dockerDaemonOptions: { locked: false, value: '{"debug": false}' },
    vpnkitCIDR: { locked: false, value: '192.168.65.0/24' },
  },
  kubernetes: { locked: false, enabled: false, showSystemContainers: false, imagesRepository: '' },
  windowsContainers: { dockerDaemonOptions: { locked: false, value: '{"debug": false}' } },
  disableUpdate: { locked: false, value: false },
  analyticsEnabled: { locked: false, value: true },
  extensionsEnabled: { locked: true, value: false },
  scout: { locked: false, sbomIndexing: true, useBackgroundIndexing: true },
  allowBetaFeatures: { locked: false, value: false },
  blockDockerLoad: { locked: false, value: true },
  filesharingAllowedDirectories: [
    { path: '$HOME', sharedByDefault: true },
    { path: '$TMP', sharedByDefault: false },
  ],
  useVirtualizationFrameworkVirtioFS: { locked: true, value: true },
  useVirtualizationFrameworkRosetta: { locked: true, value: true },
  useGrpcfuse: { locked: true, value: true },
  displayedOnboarding: { locked: true, value: true },
  desktopTerminalEnabled: { locked: false, value: false },
  enableInference: { locked: false, value: true },
  enableInferenceTCP: { locked: false, value: true },
  enableInferenceTCPPort: { locked: true, value: 12434 },
  enableInferenceCORS: { locked: true, value: '' },
  enableInferenceGPUVariant: { locked: true, value: true },
  portBindingBehavior: { locked: true, value: 'default-port-binding' },
};

const on = (document: unknown, platform: Platform) =>
  resolve({
    catalog: desktopCatalog,
    platform,
    layers: [readDocument(document, 'admin-settings', desktopCatalog)],
  });

describe('the published sample', () => {
  it.each(PLATFORMS)('resolves on %s without a problem', (platform) => {
    const text = JSON.stringify(SAMPLE, null, 2);
    const { problems, frozen, settings } = on(text, platform);
    expect(problems).toEqual([]);
    expect(frozen).toBe(false);
    for (const { contributions, source } of settings.values()) {
      if (source === 'admin-settings') expect(contributions).toMatchObject([{ outcome: 'wins' }]);
    }
  });

  it('says on each platform what it says there', () => {
    const windows = on(SAMPLE, 'windows');
    expect(windows.settings.get('proxyWindowsDockerdPort')).toMatchObject({ value: 65000, locked: true });
    expect(windows.settings.get('wslEngineEnabled')).toMatchObject({
      value: false,
      locked: false,
      source: 'admin-settings',
    });
    expect(windows.settings.get('exposeDockerAPIOnTCP2375')).toMatchObject({ value: false, locked: true });
    expect(on(SAMPLE, 'mac').settings.get('useGrpcfuse')).toMatchObject({ value: true, locked: true });
    const linux = on(SAMPLE, 'linux');
    expect(linux.settings.get('eciSocketAllowDerivedImages')).toMatchObject({
      value: false,
      locked: true,
      source: 'admin-settings',
    });
    expect(linux.settings.get('kubernetesMode')).toMatchObject({
      value: 'kubeadm',
      locked: false,
      source: 'admin-settings',
    });
    expect(storeObject(linux, desktopCatalog)).toMatchObject({
      ProxyHTTPMode: 'system',
      OverrideProxyExclude: '',
      ContainersProxyHTTPMode: 'manual',
      ECIDockerSocketCmdList: ['push'],
      ExtensionsEnabled: false,
      OpenUIOnStartupDisabled: true,
    });
  });
});

const flag = (value: unknown) => ({ locked: true, value });

describe('documented fragments', () => {
  it.each<[string, string, Record<string, unknown>]>([
    [
      'a locked section with comments',
      '{"enhancedContainerIsolation":{"locked":true, // all of it\n"value":true, // on\n"dockerSocketMount":{ // who may\n"imageList":{"images":["docker.io/testcontainers/ryuk:*"]}}}}',
      { enhancedContainerIsolation: true, eciSocketImages: ['docker.io/testcontainers/ryuk:*'] },
    ],
    [
      'derived images and every image',
      JSON.stringify({
        enhancedContainerIsolation: {
          value: true,
          dockerSocketMount: { imageList: { images: ['*'], allowDerivedImages: true } },
        },
      }),
      { eciSocketImages: ['*'], eciSocketAllowDerivedImages: true },
    ],
    [
      'an allow list of command families',
      JSON.stringify({
        enhancedContainerIsolation: {
          locked: true,
          value: true,
          dockerSocketMount: {
            commandList: {
              type: 'allow',
              commands: ['ps', 'container*', 'image*', 'volume*', 'network*', 'build*', 'system*'],
            },
          },
        },
      }),
      {
        eciSocketCommandListType: 'allow',
        eciSocketCommands: ['ps', 'container*', 'image*', 'volume*', 'network*', 'build*', 'system*'],
      },
    ],
    [
      'containers without network but by a script',
      JSON.stringify({
        containersProxy: {
          locked: true,
          mode: 'manual',
          http: '',
          https: '',
          exclude: '',
          pac: 'http://192.0.2.16:62039/proxy.pac',
          transparentPorts: '*',
        },
      }),
      {
        containersProxyPac: 'http://192.0.2.16:62039/proxy.pac',
        containersProxyTransparentPorts: '*',
        containersProxyExclude: [],
      },
    ],
    [
      'a list of ports',
      JSON.stringify({ containersProxy: { locked: true, mode: 'manual', transparentPorts: '80,443' } }),
      { containersProxyTransparentPorts: '80,443' },
    ],
    [
      'a private marketplace',
      JSON.stringify({
        extensionsPrivateMarketplace: flag(true),
        extensionsPrivateMarketplaceAdminContactURL: flag('mailto:it@example.com'),
      }),
      { extensionsPrivateMarketplaceAdminContactURL: 'mailto:it@example.com' },
    ],
    [
      'a marketplace without a contact',
      JSON.stringify({ extensionsPrivateMarketplaceAdminContactURL: flag('') }),
      { extensionsPrivateMarketplaceAdminContactURL: '' },
    ],
    [
      'networks of one family',
      JSON.stringify({ defaultNetworkingMode: flag('ipv4only'), dnsInhibition: flag('ipv6') }),
      {},
    ],
    [
      'local ports only',
      JSON.stringify({ portBindingBehavior: flag('local-only-port-binding') }),
      { portBindingBehavior: 'local-only-port-binding' },
    ],
    [
      'a script in the document',
      JSON.stringify({
        proxy: {
          locked: true,
          mode: 'manual',
          embeddedPac: 'function FindProxyForURL(url, host) {\n  return "DIRECT";\n}',
        },
      }),
      { proxyMode: 'manual' },
    ],
    [
      'a proxy with credentials',
      JSON.stringify({
        proxy: {
          locked: true,
          mode: 'manual',
          http: 'http://joe:secret@proxy.example:3128',
          https: 'proxy.example:3128',
        },
      }),
      { proxyHttps: 'proxy.example:3128' },
    ],
    [
      'every image from one registry',
      JSON.stringify({
        kubernetes: { locked: false, enabled: true, imagesRepository: 'registry-1.docker.io/docker' },
      }),
      { kubernetesEnabled: true },
    ],
    ['an empty policy', '{"configurationFileVersion":2}', { proxyMode: 'system' }],
    ...[
      'analyticsEnabled',
      'disableUpdate',
      'silentModulesUpdate',
      'blockDockerLoad',
      'displayedOnboarding',
      'desktopTerminalEnabled',
      'exposeDockerAPIOnTCP2375',
      'extensionsEnabled',
      'onlyMarketplaceExtensions',
      'extensionsPrivateMarketplace',
      'useVirtualizationFrameworkVirtioFS',
      'useVirtualizationFrameworkRosetta',
      'useGrpcfuse',
      'enableInference',
      'enableInferenceTCP',
      'enableInferenceGPUVariant',
      'allowBetaFeatures',
      'allowExperimentalFeatures',
      'enableDockerAI',
      'enableDockerMCPToolkit',
      'enableCloud',
    ].map((key): [string, string, Record<string, unknown>] => [
      key,
      JSON.stringify({ [key]: flag(true) }),
      {},
    ]),
  ])('%s', (_, text, expected) => {
    for (const platform of PLATFORMS) {
      const resolution = on(text, platform);
      // Each problem that a fragment has is one that docs/policy.md, section 3, explains.
      const explained = ['lenient_json', 'legacy_shape'];
      expect(resolution.problems.filter(({ code }) => !explained.includes(code))).toEqual([]);
      for (const [id, value] of Object.entries(expected))
        expect(resolution.settings.get(id)?.value).toEqual(value);
    }
  });
});
