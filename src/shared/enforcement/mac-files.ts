import { build } from 'plist';
import type { SignInWish } from './sign-in-wish.ts';

const DOMAIN = 'dev.mooring.desktop';
const DOCKER_DOMAIN = 'com.docker.config';

/** Whose profile it is. Its ids follow from the organization, so that a later profile replaces this one. */
export interface ProfileOwner {
  /** UUID of the organization. */
  readonly id: string;
  readonly name: string;
  readonly displayName: string;
}

/** A configuration profile for macOS (docs/policy.md section 6). */
export function macProfile(wish: SignInWish, owner: ProfileOwner): string {
  const own = {
    hubUrl: wish.hubUrl,
    ...(wish.hubKeys.length === 0 ? {} : { hubKeys: [...wish.hubKeys] }),
  };
  const payloads =
    wish.layout === 'mooring'
      ? [{ domain: DOMAIN, keys: { allowedOrgs: [...wish.organizations], ...own } }]
      : [
          // The original takes one text here and passes a list over in silence.
          { domain: DOCKER_DOMAIN, keys: { allowedOrgs: wish.organizations.join(';') } },
          { domain: DOMAIN, keys: { ...own, layout: wish.layout } },
        ];
  const identifier = `dev.mooring.sign-in.${owner.name}`;
  return build({
    PayloadType: 'Configuration',
    PayloadVersion: 1,
    PayloadIdentifier: identifier,
    PayloadUUID: uuidFrom(owner.id, 0),
    PayloadDisplayName: `Mooring Desktop: sign-in as ${owner.displayName}`,
    PayloadScope: 'System',
    PayloadContent: payloads.map(({ domain, keys }, index) => ({
      PayloadType: domain,
      PayloadVersion: 1,
      PayloadIdentifier: `${identifier}.${domain}`,
      PayloadUUID: uuidFrom(owner.id, index + 1),
      PayloadDisplayName: 'Sign-in',
      ...keys,
    })),
  });
}

/** `desktop.plist`, the file beside `admin-settings.json` on macOS. */
export function desktopPlist(wish: SignInWish): string {
  return build({ allowedOrgs: [...wish.organizations] });
}

/** Another UUID of the same form for each part: only its last byte differs. */
function uuidFrom(id: string, part: number): string {
  const last = (Number.parseInt(id.slice(-2), 16) ^ part) & 0xff;
  return `${id.slice(0, -2)}${last.toString(16).padStart(2, '0')}`.toUpperCase();
}
