/** A user of a Windows domain is written with it, `ACME\ada`; within JSON with more backslashes. */
const DOMAIN = '(?:[\\w.-]{1,64}\\\\{1,4})?';

/** A user name, its password and their `@`, without the scheme of an address, where something that is none ends before. */
const BARE = new RegExp(
  `(^|[\\s"'\`=,;(|[{]|[\\\\/]{2})(?!(?:mailto|sips?|xmpp|acct|npm):)(${DOMAIN}[^\\s:@/\\\\"'\`<>=,;(|[{]{1,128}:[^\\s@/\\\\"'\`<>]{1,256})@(?!sha\\d+:)(?=[\\w[])`,
  'g',
);

/**
 * Only the scheme's last character is looked at: matching all of it takes quadratic time on a long text without one. JSON
 * may write a slash as `\/`, and JSON within JSON with more.
 */
const OF_ADDRESS = new RegExp(`([a-z0-9+.-]:[\\\\/]{2,8})(${DOMAIN}[^\\s/\\\\?#"'<>]*)@`, 'gi');

/**
 * Hides user name and password of every address in a text: `http://***@proxy:3128`, and `***@proxy:3128`. Only the store and the bundle
 * carry them in clear (docs/delivery.md section 7). Everything up to the last `@` of the authority goes, because
 * that is where URL readers end user-info, whatever stands in a carelessly written password.
 */
export function maskUserInfo(text: string): string {
  return maskWith(text, () => '***');
}

/** As `maskUserInfo`, with as many stars as there were characters: whatever stands behind it keeps its place. */
export function maskUserInfoInPlace(text: string): string {
  return maskWith(text, (secret) => '*'.repeat(secret.length));
}

function maskWith(text: string, mask: (secret: string) => string): string {
  // A proxy may be written without its scheme: what is in front of the `@` then has both, a name and a password.
  const masked = (_: string, before: string, secret: string) => `${before}${mask(secret)}@`;
  return text.replace(BARE, masked).replace(OF_ADDRESS, masked);
}
