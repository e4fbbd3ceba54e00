import { afterEach, expect, test } from 'vitest';
import { diagnosticsAnswerSchema } from '../../shared/contracts/local-api.ts';
import { type AgentWorld, bundle, makeWorld, person } from '../testing/agent-world.ts';

/*
 * A secret of every kind, planted wherever the file is collected from: each is a word of its own that must not be found.
 */
let count = 0;
const planted: string[] = [];
/** A secret that stands nowhere else. */
const plant = (form: (word: string) => string = (word) => word): string => {
  count += 1;
  const word = `hunter${count}canary`;
  planted.push(word);
  return form(word);
};
const address = (host: string) => plant((word) => `http://ada:${word}@${host}`);
const bare = (host: string) => plant((word) => `ada:${word}@${host}`);

let world: AgentWorld | null = null;
afterEach(async () => {
  await world?.end();
  world = null;
});

const daemonOptions = () =>
  JSON.stringify({
    'registry-mirrors': [address('mirror.example'), bare('mirror.example:5000')],
    auths: { 'registry.example': { auth: plant() } },
    proxies: { 'http-proxy': address('proxy.example:3128'), 'https-proxy': bare('proxy.example:3128') },
    token: plant(),
  });

const document = () => ({
  configurationFileVersion: 2,
  proxy: {
    locked: true,
    mode: 'manual',
    http: address('p:1'),
    https: bare('p:2'),
    pac: plant((it) => `https://p/x.pac?token=${it}`),
  },
  linuxVM: { dockerDaemonOptions: { locked: true, value: daemonOptions() } },
  engineRegistryMirrors: { locked: true, value: [address('mirror.example')] },
  builders: { locked: true, value: [{ name: 'b', endpoint: address('builder.example'), password: plant() }] },
  // Nobody knows these keys: what is wrong with the document is told in words.
  [plant((it) => `token=${it}`)]: 1,
  scimToken: plant((it) => `mscim_${it}0123456789`),
  cpus: { locked: true, value: plant((it) => `Bearer ${it}`) },
  filesharingAllowedDirectories: [{ path: `/home/${plant()}/work`, sharedByDefault: true }],
});

test('no secret of any kind leaves with the file, wherever it stood', async () => {
  const jwt = plant((it) => `eyJhbGciOiJFZERTQSJ9.${Buffer.from(it).toString('base64url')}.${it}`);
  const entry = {
    level: 'warning',
    message: `asked ${address('hub.example')} and ${bare('hub.example')} with ${jwt}`,
    facts: {
      authorization: plant((it) => `Basic ${it}`),
      headers: { cookie: plant((it) => `sid=${it}; other=${it}`), 'x-api-key': plant() },
      refresh_token: plant(),
      credentials: { name: plant(), list: [plant()] },
      body: JSON.stringify({ client_secret: plant((it) => `two words ${it} "quoted"`) }),
      command: plant((it) => `login --password ${it} --verbose`),
      key: plant((it) => `-----BEGIN PRIVATE KEY-----\n${it}\n-----END PRIVATE KEY-----`),
      file: `/Users/${plant()}/Library/x`,
      own: '/home/dev/.config/own-file',
      other: `C:\\Users\\Ada ${plant()}\\AppData`,
    },
  };
  const made = await makeWorld({
    logged: [
      JSON.stringify(entry),
      plant((it) => `cut in the middle","password":"${it}`),
      plant((it) => `Set-Cookie: sid=${it}; Path=/`),
    ],
  });
  world = made;
  await made.write(made.paths.adminSettings, document());
  const [profile] = made.paths.profile;
  if (profile !== undefined && 'path' in profile)
    await made.write(profile.path, {
      overrideProxyHTTP: address('q:1'),
      overrideProxyHTTPS: bare('q:2'),
      settings: document(),
    });
  await made.agent.start({ schedule: false, watch: false });
  const member = person('acme');
  made.signIn({
    ...member,
    account: member.account && { ...member.account, hubUrl: address('hub.example') },
  });
  made.deliver(bundle(document(), { name: plant((it) => `Engineering, password: ${it}`) }));
  await made.agent.fetch(new Request('http://agent/v1/sync', { method: 'POST' }));
  const set = {
    containersProxyHttp: address('c:1'),
    containersProxyHttps: bare('c:2'),
    diskImageLocation: plant(),
  };
  const body = JSON.stringify({ set });
  const headers = { 'content-type': 'application/json' };
  const changed = await made.agent.fetch(
    new Request('http://agent/v1/settings', { method: 'PATCH', body, headers }),
  );
  expect(changed.status).toBe(200);
  const edited = {
    ...(await made.store()),
    ProxyHTTP: address('drift:1'),
    OverrideProxyHTTP: bare('drift:2'),
  };
  await made.write(made.paths.store, edited);
  await made.agent.fetch(new Request('http://agent/v1/sync', { method: 'POST' }));

  const answer = await made.agent.fetch(new Request('http://agent/v1/diagnostics'));
  const text = await answer.text();
  const collected = diagnosticsAnswerSchema.parse(JSON.parse(text));
  expect(planted.length).toBeGreaterThan(40);
  expect(planted.filter((word) => text.includes(word))).toEqual([]);
  // What is told of each is still there to be read.
  expect(text).toContain('http://***@');
  expect(text).toContain('/home/***/work');
  expect(text).toContain('~/.config/own-file');
  expect(collected.policy.sources.filter(({ state }) => state !== 'absent').length).toBeGreaterThan(1);
  expect(collected.settings.find(({ id }) => id === 'containersProxyHttp')).toMatchObject({ chosen: true });
});
