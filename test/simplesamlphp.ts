import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IDP_ONE } from '../src/hub/connections/test-certificates.ts';
import { freePort } from '../src/hub/identity/test-hub.ts';

/*
 * SimpleSAMLphp as Debian packages it, configured into a temporary directory and served on loopback by PHP's own
 * server. `.ci/run` installs the packages.
 */
const HOME = '/usr/share/simplesamlphp';

/** Whether the packages `simplesamlphp` and `php-cli` are there. */
export const isInstalled = existsSync(`${HOME}/www/_include.php`) && existsSync('/usr/bin/php');

export interface SimpleSamlPhp {
  readonly metadataUrl: string;
  /** Signs in there as the browser would; answers the fields that its page posts to the hub, and where. */
  signIn(
    address: string,
    username: string,
    password: string,
  ): Promise<{ readonly action: string; readonly fields: Readonly<Record<string, string>> }>;
  stop(): Promise<void>;
}

/** A hub's connection as it is entered there; with its certificate it must sign its requests, and is answered encrypted. */
export interface Party {
  readonly entityId: string;
  readonly acsUrl: string;
  readonly certificate?: string;
}

/** `users`: attributes by `name:password`. */
export async function startSimpleSamlPhp(
  users: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>,
  parties: readonly Party[],
): Promise<SimpleSamlPhp> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'mooring-test-ssp-'));
  const base = `http://127.0.0.1:${port}/simplesaml/`;
  writeConfiguration(folder, base, users, parties);
  const child = spawn('/usr/bin/php', ['-S', `127.0.0.1:${port}`, join(folder, 'router.php')], {
    env: { PATH: '/usr/bin:/bin', SIMPLESAMLPHP_CONFIG_DIR: join(folder, 'config') },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  await new Promise<void>((resolve, fail) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes('started')) resolve();
    });
    child.once('exit', () => fail(new Error(`php ended: ${said}`)));
  });
  return {
    metadataUrl: `${base}saml2/idp/metadata.php?output=xml`,
    signIn: (address, username, password) => signIn(address, username, password, () => said),
    stop: async () => {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function writeConfiguration(
  folder: string,
  base: string,
  users: Parameters<typeof startSimpleSamlPhp>[0],
  parties: Parameters<typeof startSimpleSamlPhp>[1],
): void {
  for (const name of ['config', 'metadata', 'cert', 'log', 'data', 'tmp', 'sessions'])
    mkdirSync(join(folder, name));
  // JSON is read by PHP itself, so that nothing has to be escaped for it.
  const php = (file: string, variable: string, value: unknown) =>
    writeFileSync(
      join(folder, file),
      `<?php\n$${variable} = json_decode(base64_decode('${Buffer.from(JSON.stringify(value)).toString('base64')}'), true);\n`,
    );
  php('config/config.php', 'config', {
    baseurlpath: base,
    certdir: `${folder}/cert/`,
    loggingdir: `${folder}/log/`,
    datadir: `${folder}/data/`,
    tempdir: `${folder}/tmp`,
    'session.phpsession.savepath': `${folder}/sessions`,
    'session.cookie.secure': false,
    'session.phpsession.httponly': true,
    'store.type': 'phpsession',
    'logging.handler': 'stderr',
    'logging.level': 4,
    secretsalt: 'a salt for tests that nobody else uses',
    'auth.adminpassword': 'not used',
    technicalcontact_email: 'nobody@idp.test',
    timezone: 'UTC',
    'enable.saml20-idp': true,
    'module.enable': { exampleauth: true, saml: true, core: true },
    'metadata.sources': [{ type: 'flatfile', directory: `${folder}/metadata` }],
    metadatadir: `${folder}/metadata`,
  });
  php('config/authsources.php', 'config', { people: { 0: 'exampleauth:UserPass', ...users } });
  php('metadata/saml20-idp-hosted.php', 'metadata', {
    '__DYNAMIC:1__': { host: '__DEFAULT__', privatekey: 'idp.key', certificate: 'idp.crt', auth: 'people' },
  });
  php(
    'metadata/saml20-sp-remote.php',
    'metadata',
    Object.fromEntries(
      parties.map(({ entityId, acsUrl, certificate }) => [
        entityId,
        {
          AssertionConsumerService: acsUrl,
          NameIDFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
          'simplesaml.nameidattribute': 'email',
          ...(certificate === undefined
            ? {}
            : {
                certData: certificate.replaceAll(/-----[A-Z ]+-----|\s/g, ''),
                'assertion.encryption': true,
                sharedkey_algorithm: 'http://www.w3.org/2009/xmlenc11#aes128-gcm',
                'validate.authnrequest': true,
              }),
        },
      ]),
    ),
  );
  writeFileSync(join(folder, 'cert', 'idp.key'), IDP_ONE.privateKey);
  writeFileSync(join(folder, 'cert', 'idp.crt'), IDP_ONE.certificate);
  writeFileSync(
    join(folder, 'router.php'),
    `<?php
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
if (preg_match('#^/simplesaml(/(?:resources|assets)/[a-z0-9/_.-]+\\.(js|css))$#i', $path, $parts) && strpos($path, '..') === false) {
  header('Content-Type: ' . ($parts[2] === 'js' ? 'text/javascript' : 'text/css'));
  readfile('${HOME}/www' . $parts[1]);
  return true;
}
if (!preg_match('#^/simplesaml(/[a-z0-9/_-]+\\.php)(/.*)?$#i', $path, $parts)) { http_response_code(404); return true; }
$file = '${HOME}/www' . $parts[1];
$_SERVER['SCRIPT_NAME'] = '/simplesaml' . $parts[1];
$_SERVER['PHP_SELF'] = $path;
$_SERVER['SCRIPT_FILENAME'] = $file;
$_SERVER['PATH_INFO'] = $parts[2] ?? '';
chdir(dirname($file));
require $file;
return true;
`,
  );
}

async function signIn(address: string, username: string, password: string, said: () => string) {
  const jar = new Map<string, string>();
  const ask = async (url: string, body?: URLSearchParams): Promise<{ url: string; text: string }> => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie },
      ...(body === undefined ? {} : { method: 'POST', body }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      jar.set(name, value);
    }
    const location = response.headers.get('location');
    if (location === null) return { url, text: await response.text() };
    return ask(new URL(location, url).href);
  };
  const form = await ask(address);
  const state = fieldsOf(form.text).AuthState;
  if (state === undefined) throw new Error(`no form to sign in with at ${form.url}: ${form.text}\n${said()}`);
  const page = await ask(form.url, new URLSearchParams({ AuthState: state, username, password }));
  const action = plain(/<form[^>]*action="([^"]*)"/.exec(page.text)?.[1] ?? '');
  return { action, fields: fieldsOf(page.text) };
}

function fieldsOf(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/<input[^>]*>/g)].map(([input]) => [
      /name="([^"]*)"/.exec(input)?.[1] ?? '',
      plain(/value="([^"]*)"/.exec(input)?.[1] ?? ''),
    ]),
  );
}

function plain(text: string): string {
  return text
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&#039;', "'")
    .replaceAll('&amp;', '&');
}
