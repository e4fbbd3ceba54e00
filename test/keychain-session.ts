// Run by keychain.test.ts inside a D-Bus session of its own: uses the keychain as the agent does, and prints what
// came of it. Arguments: what to do, and a folder for files.
import { join } from 'node:path';
import { createAccountService } from '../src/agent/account/account-service.ts';
import { openKeychain } from '../src/agent/account/keychain.ts';
import { systemClock } from '../src/agent/clock.ts';
import { createHubHttp } from '../src/agent/delivery/hub-http.ts';
import { createHubKeyTrust } from '../src/agent/delivery/hub-key-trust.ts';
import { followSignIn, standInAccount, startStandInHub } from './stand-in-hub.ts';

const [task = '', folder = ''] = process.argv.slice(2);
const clock = systemClock();
const keychain = openKeychain({ platform: 'linux', clock });

async function roundTrip() {
  return {
    before: await keychain.read('hub#device'),
    written: await keychain.write('hub#device', 'first'),
    read: await keychain.read('hub#device'),
    other: await keychain.read('hub#other'),
    rewritten: await keychain.write('hub#device', 'second'),
    readAgain: await keychain.read('hub#device'),
    removed: await keychain.remove('hub#device'),
    after: await keychain.read('hub#device'),
    removedTwice: await keychain.remove('hub#device'),
  };
}

async function session() {
  const hub = await startStandInHub();
  hub.accounts.set('ada', standInAccount('ada', ['acme']));
  hub.person = 'ada';
  const launch = () => {
    const http = createHubHttp({
      userAgent: 'Mooring/test',
      clock,
      managedProxy: () => null,
      environment: {},
      systemProxy: async () => null,
      extraCaFile: () => null,
    });
    return createAccountService({
      recordFile: join(folder, 'account.json'),
      ...{ http, keychain, clock },
      trust: createHubKeyTrust({ keysFile: join(folder, 'keys.json'), http, profileKeys: () => null }),
      opener: async () => true,
      deviceName: 'test-device',
      defaultHubUrl: hub.url,
      managedHubUrl: () => null,
      allowedOrganizations: () => null,
      signInEnforced: () => false,
    });
  };
  const first = await launch();
  const started = await first.login({ method: 'browser', openBrowser: false });
  if (!('url' in started)) throw new Error(started.message);
  await fetch(await followSignIn(started.url));
  const signedIn = first.state();
  await first.stop();

  const second = await launch();
  const token = await second.accessToken();
  const relaunched = second.state();
  await second.logout();
  const left = await keychain.read(`${hub.url}#${signedIn.account?.deviceId}`);
  await second.stop();
  await hub.stop();
  return {
    signedIn: {
      state: signedIn.state,
      sessionStorage: signedIn.sessionStorage,
      reason: signedIn.sessionStorageReason,
    },
    relaunched: { state: relaunched.state, token: token.ok },
    left,
  };
}

const answer = task === 'round-trip' ? await roundTrip() : await session();
process.stdout.write(`\n${JSON.stringify(answer)}\n`);
