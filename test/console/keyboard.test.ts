import type { Locator } from '@playwright/test';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestProvider, type TestProvider } from '../../src/hub/sso/test-openid-provider.ts';
import { policyListSchema } from '../../src/shared/contracts/hub-api.ts';
import { signInDevice } from './devices.ts';
import { type Hands, handsOn } from './keyboard-hands.ts';
import { consoleForFile, type OpenConsole } from './open-console.ts';

/*
 * The main job of every page with the keyboard alone: addresses are typed, and everything after that is reached by Tab.
 * What has the focus can be seen, and after each change and each dialog something still has it.
 */
const { hub, open } = consoleForFile(() => ['--idp-network', '127.0.0.0/8']);
let opened: OpenConsole;
let hands: Hands;
let provider: TestProvider | undefined;

beforeAll(async () => {
  opened = await open('owner');
  hands = handsOn(opened.page);
  await (await signInDevice(hub, 'developer', 'Dana’s desk')).report();
});
afterAll(async () => {
  await provider?.stop();
});

const main = () => opened.page.getByRole('main');
const dialog = () => opened.page.getByRole('dialog');
const named = (name: string | RegExp, within: Locator = main()) =>
  within.getByRole('button', { name, exact: typeof name === 'string' });
const box = (name: string, within: Locator = main()) => within.getByRole('textbox', { name, exact: true });
const number = (name: string, within: Locator = main()) => within.getByRole('spinbutton', { name });
const choice = (name: string, within: Locator = main()) =>
  within.getByRole('combobox', { name, exact: true });
const link = (name: string, within: Locator = main()) => within.getByRole('link', { name, exact: true });
const see = (text: string | RegExp) => opened.page.getByText(text).first().waitFor();

/** Opens a dialog and leaves it by Escape: the focus is back where it was. Then opens it again. */
async function openDialog(by: Locator): Promise<void> {
  await hands.press(by);
  await dialog().waitFor();
  await hands.holdsFocus(dialog());
  await opened.page.keyboard.press('Escape');
  await dialog().waitFor({ state: 'detached' });
  await by.and(opened.page.locator(':focus')).waitFor();
  await opened.page.keyboard.press('Enter');
  await dialog().waitFor();
}

/** Sends what the dialog holds; when it is gone, the focus is on the page. */
async function sendDialog(submit: string): Promise<void> {
  await hands.press(named(submit, dialog()));
  await dialog().waitFor({ state: 'detached' });
  await hands.holdsFocus(main());
}

test('a dialog that takes the focus late leaves it to whoever already types', async () => {
  const { page, go } = opened;
  await go('policies');
  // A slow machine: what was to run at once waits until it is let go.
  await page.evaluate(`{
    const at = window.setTimeout;
    const held = [];
    window.setTimeout = (run, ms, ...rest) => (ms ? at(run, ms, ...rest) : held.push(() => run(...rest)));
    window.letGo = () => { window.setTimeout = at; for (const run of held) run(); return held.length; };
  }`);
  await named('New policy').focus();
  await page.keyboard.press('Enter');
  const field = box('Description', dialog());
  await hands.type(field, 'Half a w');
  expect(Number(await page.evaluate('window.letGo()')), 'what takes the focus').toBeGreaterThan(0);
  await page.keyboard.type('ord');
  expect(await field.inputValue()).toBe('Half a word');
  await page.keyboard.press('Escape');
  await dialog().waitFor({ state: 'detached' });
});

test('policies: made, edited, simulated, rolled out, taken back, and put in order', async () => {
  const { page, go, api } = opened;
  await go('policies');
  await openDialog(named('New policy'));
  await hands.type(box('Name', dialog()), 'By hand');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'By hand' }).waitFor();
  await hands.holdsFocus(main());
  await hands.choose(page.locator('[data-setting="analyticsEnabled"] select'), 'always-off');
  await hands.choose(page.locator('[data-setting="memoryMiB"] select'), 'locked');
  await hands.type(page.locator('[data-setting="memoryMiB"] input'), '4096');
  await hands.type(box('Reason'), 'No mouse');
  await hands.press(named('Save as new revision'));
  await see('Saved as revision 2.');
  await hands.holdsFocus(main());

  await hands.press(link('Compare'));
  await hands.choose(choice('Compare with'), '1');
  await page.getByRole('table', { name: 'Differences by setting' }).waitFor();
  await hands.press(link('Simulate'));
  await hands.choose(choice('For whom'), 'default');
  await hands.press(named('Simulate'));
  await page.getByRole('table', { name: 'By device' }).waitFor();
  await hands.holdsFocus(main());
  await hands.press(link('Roll-out'));
  await hands.choose(choice('What is rolled out'), '1');
  await hands.type(number('Share of the members'), '0');
  await hands.press(named('Start the roll-out'));
  await see('Revision 1 is being rolled out');
  await hands.holdsFocus(main());
  await hands.press(named('Pause'));
  await hands.press(named('Go on'), 'Space');
  await named('Pause').waitFor();
  await openDialog(named('Give it to everyone'));
  await sendDialog('Give it to everyone');
  await see('Roll out in stages');
  await hands.press(link('History'));
  await openDialog(named('Roll back to revision 2'));
  await hands.type(box('Reason', dialog()), 'Enough');
  await sendDialog('Roll back');
  await page.getByRole('row', { name: /Enough/ }).waitFor();

  await hands.press(link('Assigned'));
  await hands.type(main().getByRole('searchbox', { name: 'Search members' }), 'dave');
  await hands.press(named(/: dave@acme\.example/));
  await named('Take away from dave@acme.example').waitFor();
  await hands.holdsFocus(main());
  await hands.press(link('Exceptions'));
  await hands.press(named('Allow another setting'));
  await hands.choose(choice('Setting'), 'analyticsEnabled');
  await hands.type(number('For at most (hours)'), '2');
  await hands.press(named('Save'));
  await see('Saved.');
  await hands.holdsFocus(main());
  await hands.press(link('JSON'));
  await hands.reach(main().getByRole('textbox').first());
  // Tab leaves the text field again.
  await hands.reach(link('Export'));
  await page.keyboard.press('Enter');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    hands.press(link('Download: admin-settings.json')),
  ]);
  expect(download.suggestedFilename()).toBe('admin-settings.json');

  await go('policies');
  const order = async () =>
    policyListSchema.parse(await api('GET', '/policies?limit=500')).policies.map(({ name }) => name);
  const [first = '', second = ''] = await order();
  await openDialog(named('Order'));
  const down = named(`Move “${first}” down`, dialog());
  await hands.press(down);
  // The row moved, and the button with it: the same key moves it again, until the end, where it stays.
  for (let step = 0; step < 5; step += 1) {
    await down.and(page.locator(':focus')).waitFor();
    await page.keyboard.press('Enter');
  }
  await sendDialog('Save');
  const now = await order();
  expect([now[0], now.at(-1)]).toEqual([second, first]);
}, 240_000);

test('people: added, chosen, changed together, invited, put into teams', async () => {
  const { page, go } = opened;
  await go('members');
  await openDialog(named('Add member'));
  await hands.type(box('E-mail address', dialog()), 'kay@acme.example');
  await hands.type(box('Name', dialog()), 'Kay Board');
  await sendDialog('Add member');
  await see('kay@acme.example is a member now');
  await hands.press(page.getByRole('checkbox', { name: /Kay Board|kay@acme/ }), 'Space');
  await openDialog(named('Change role'));
  await hands.choose(choice('New role', dialog()), 'editor');
  await sendDialog('Change role');
  await page.getByRole('row', { name: /Kay Board.*Editor/ }).waitFor();
  await hands.press(link('Kay Board'));
  await page.getByRole('heading', { level: 1, name: 'Kay Board' }).waitFor();
  await hands.holdsFocus(main());
  await hands.choose(choice('Role'), 'member');
  await hands.press(named('Change role'));
  await expect.poll(() => named('Change role').isDisabled()).toBe(true);
  await hands.press(named('Remove member'));
  await hands.press(named('Remove member', dialog()));
  await page.getByRole('heading', { level: 1, name: 'Members' }).waitFor();
  await hands.holdsFocus(main());

  await go('invitations');
  await openDialog(named('Invite'));
  await hands.type(box('E-mail addresses', dialog()), 'lee@acme.example');
  await hands.press(named('Check', dialog()));
  await hands.press(named('Invite 1 person', dialog()));
  await dialog().getByText('Invited', { exact: true }).waitFor();
  await hands.holdsFocus(dialog());
  await page.keyboard.press('Escape');
  await page.getByRole('row', { name: /lee@acme\.example/ }).waitFor();
  await hands.holdsFocus(main());

  await go('teams');
  await openDialog(named('New team'));
  await hands.type(box('Name', dialog()), 'Keyboards');
  await hands.press(named('New team', dialog()));
  await page.getByRole('heading', { level: 1, name: 'Keyboards' }).waitFor();
  await hands.type(main().getByRole('searchbox', { name: 'Search members' }), 'dana');
  await hands.press(named('Add: dana@acme.example'));
  await named('Take out dana@acme.example').waitFor();
  await hands.holdsFocus(main());
  await hands.press(named('Take out dana@acme.example'));
  await named('Take out dana@acme.example').waitFor({ state: 'detached' });
  await hands.holdsFocus(main());
  await openDialog(named('Delete team'));
  await hands.press(named('Delete team', dialog()));
  await page.getByRole('heading', { level: 1, name: 'Teams' }).waitFor();
}, 240_000);

test('the hub: devices, domains, connections, access, tokens, keys, files, changes, the organization', async () => {
  const { page, go } = opened;
  await go('compliance');
  await hands.press(page.getByRole('checkbox', { name: 'Hide compliant' }), 'Space');
  await page.waitForURL('**hide=1**');
  await hands.press(page.getByRole('checkbox', { name: 'Hide compliant' }), 'Space');
  await hands.press(page.getByRole('columnheader', { name: 'Device' }).getByRole('button'));
  await page.waitForURL('**sort=device**');
  await hands.press(link('Dana’s desk'));
  await openDialog(named('Rename'));
  await hands.type(box('Name of the device', dialog()), 'Desk by the window');
  await sendDialog('Save');
  await page.getByRole('heading', { level: 1, name: 'Desk by the window' }).waitFor();

  await go('domains');
  await openDialog(named('Add domain'));
  await hands.type(box('Domain', dialog()), 'keyboard.example');
  await sendDialog('Add domain');
  await hands.press(named('Verify now: keyboard.example'));
  await see(/keyboard\.example has no TXT record|could not be looked up|keyboard\.example/);
  await hands.holdsFocus(main());

  await go('sso');
  await openDialog(named('Connect an identity provider'));
  await hands.choose(choice('Identity provider', dialog()), 'other');
  await hands.choose(choice('Protocol', dialog()), 'oidc');
  await hands.type(box('Name', dialog()), 'Hands');
  await hands.press(named('Connect an identity provider', dialog()));
  await page.getByRole('heading', { level: 1, name: 'Hands' }).waitFor();
  await hands.holdsFocus(main());
  await hands.press(
    main()
      .getByRole('navigation')
      .getByRole('link', { name: /^SCIM|Provisioning/ }),
  );
  await hands.press(named('Switch SCIM on'));
  await named('Switch SCIM off').waitFor();
  await hands.holdsFocus(main());

  await go('access');
  await hands.choose(choice('Registries that may be used'), 'only');
  await hands.type(box('Allowed registries'), 'docker.io');
  await hands.press(named('Save'));
  await see('Saved. Devices receive it');
  await hands.holdsFocus(main());

  await go('tokens');
  await openDialog(named('New token'));
  await hands.type(box('Name', dialog()), 'By hand');
  await hands.type(number('Days until it ends', dialog()), '7');
  await hands.press(named('New token', dialog()));
  await see('Copy it now');
  await hands.holdsFocus(main());
  await hands.press(named('I have stored it'));
  await hands.holdsFocus(main());
  await openDialog(named('Revoke “By hand”'));
  await sendDialog('Revoke');

  await go('keys');
  await openDialog(named('Rotate the key'));
  await page.keyboard.press('Escape');
  await dialog().waitFor({ state: 'detached' });
  await go('enforcement');
  await hands.choose(choice('System'), 'linux');
  await page.waitForURL('**system=linux**');
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    hands.press(
      main()
        .getByRole('button', { name: /^Download/ })
        .first(),
    ),
  ]);
  expect(file.suggestedFilename()).not.toBe('');

  await go('audit');
  await hands.reach(page.getByLabel('From', { exact: true }));
  // The parts of a date, in the order of this locale: day, month, year.
  await page.keyboard.type('01012020');
  await page.waitForURL('**since=2020-01-01**');
  await hands.press(named(/^Show token\.create/).first());
  await dialog().waitFor();
  await page.keyboard.press('Escape');
  await dialog().waitFor({ state: 'detached' });
  await named(/^Show token\.create/)
    .first()
    .and(page.locator(':focus'))
    .waitFor();

  await go('organization');
  await hands.type(box('Contact'), 'IT by hand');
  await hands.type(box('Address of the contact'), 'mailto:it@acme.example');
  await hands.press(named('Save').first());
  await see('Saved.');
  await hands.holdsFocus(main());
  expect(opened.complaints).toEqual([]);
}, 240_000);

test('the overview, own settings, and every part of a connection', async () => {
  const { page, go, context } = opened;
  await go('');
  await hands.press(named('Mark as done: Enforce sign-in on devices'));
  await named('Not done yet: Enforce sign-in on devices').waitFor();
  await hands.holdsFocus(main());
  await hands.press(link('All changes'));
  await page.getByRole('heading', { level: 1, name: 'Audit log' }).waitFor();
  await page.goBack();
  await hands.press(link('Members'));
  await page.getByRole('heading', { level: 1, name: 'Members' }).waitFor();

  await go('me');
  const effective = main().getByRole('table', { name: 'Effective policy' });
  await hands.press(effective.locator('summary').first());
  await effective.locator('details[open]').waitFor();
  await hands.press(main().getByRole('checkbox', { name: 'Also what no policy mentions' }), 'Space');
  await hands.type(main().getByRole('searchbox', { name: 'Search settings' }), 'memory');
  await hands.choose(choice('Platform'), 'windows');
  await effective
    .getByRole('row', { name: /memory/i })
    .first()
    .waitFor();

  await go(`sso/${hub.said.connectionId}`);
  await hands.choose(choice('Steps for'), 'entra');
  await hands.press(named(/^Copy/).first());
  await hands.type(box('Address of the metadata'), 'not an address');
  await hands.press(named('Fetch and apply'));
  await main().getByRole('alert').first().waitFor();
  await hands.press(main().locator('summary', { hasText: 'Enter by hand' }));
  await hands.press(link('Sign-in'));
  await hands.press(page.getByRole('checkbox', { name: 'Make accounts at first sign-in' }), 'Space');
  await see(/Only members and invited|Access denied|gets an account/);
  await hands.type(box('Default team'), 'Newcomers');
  await hands.press(named('Save'));
  await see('Saved.');
  await hands.holdsFocus(main());
  await hands.press(link('Errors'));
  await see('No failed sign-in');
  await hands.press(link('SCIM'));
  await hands.press(page.getByRole('checkbox', { name: 'SCIM may take them over' }), 'Space');
  await hands.press(named('Make a successor'));
  await see('The token was created');
  await hands.holdsFocus(main());
  await hands.press(named(/^Show scim\./).first());
  await dialog().waitFor();
  await page.keyboard.press('Escape');
  await hands.press(link('Move to SCIM'));
  await hands.press(named('Begin the move'));
  await openDialog(named('Cancel the move'));
  await sendDialog('Cancel the move');
  await named('Begin the move').waitFor();
  await hands.press(link('Other organizations'));
  await hands.press(named(/^Copy/).first());

  await go('sso');
  await hands.press(link('Hands'));
  await page.getByRole('heading', { level: 1, name: 'Hands' }).waitFor();
  provider = await startTestProvider([(await page.locator('dd code').first().textContent()) ?? '']);
  await hands.type(box('Issuer'), provider.issuer);
  await hands.type(box('Client ID'), provider.clientId);
  await hands.type(page.getByLabel('Client secret'), provider.clientSecret);
  await hands.press(named('Save the values'));
  await see('Saved.');
  await hands.press(link('Go to the test'));
  await hands.press(named('Begin a test'));
  provider.seat({ subject: 'kay', claims: { email: 'kay@acme.example', email_verified: true } });
  const opening = context.waitForEvent('page');
  await hands.press(link('Open the identity provider'));
  const tab = await opening;
  await tab.getByRole('heading', { name: 'The test worked' }).waitFor();
  await tab.close();
  await see('The test worked');
  await hands.press(link('Sign-in'));
  await openDialog(named('Require SSO'));
  await page.keyboard.press('Escape');
  await dialog().waitFor({ state: 'detached' });
  await openDialog(named('Remove connection'));
  await hands.press(named('Remove connection', dialog()));
  await page.getByRole('heading', { level: 1, name: 'SSO and SCIM' }).waitFor();
  await hands.holdsFocus(main());
  expect(opened.complaints).toEqual([]);
}, 240_000);
