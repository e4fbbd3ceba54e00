import { maskUserInfo } from '../../shared/text/mask-user-info.ts';
import { hasPlainHost } from './plain-host.ts';
import { destinationOf, isLoopback } from './proxy-bypass.ts';

/** A hub address that may be used, in the one form it is kept in, or what is wrong with it and how to mend it. */
export type HubUrl =
  | { readonly ok: true; readonly url: string }
  | { readonly ok: false; readonly message: string; readonly help: string };

/**
 * Reads what a person or a profile gave as the hub's address. `http:` only on loopback (docs/delivery.md section
 * 7): anywhere else a bystander could take the session.
 */
export function readHubUrl(given: string): HubUrl {
  const text = given.trim();
  const shown = maskUserInfo(text);
  const refuse = (message: string, help: string): HubUrl => ({ ok: false, message, help });
  if (text === '')
    return refuse('No hub was named.', 'Give its address, for example https://hub.example.com.');
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) {
    return refuse(
      `"${shown}" is not the address of a hub.`,
      `Write it with its scheme: https://${hostLike(text)}.`,
    );
  }
  if (!URL.canParse(text)) {
    return refuse(`"${shown}" is not an address.`, 'Give one like https://hub.example.com.');
  }
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    return refuse(
      `A hub is reached by https:, and "${shown}" is not.`,
      'Give an address like https://hub.example.com.',
    );
  }
  if (url.username !== '' || url.password !== '') {
    return refuse(
      `"${url.protocol}//***@${url.host}" holds a user name or password, which does not belong into a hub's address.`,
      `Use ${url.protocol}//${url.host} and sign in there.`,
    );
  }
  // In a path, too, such a character is one of the command line's: a URL reader would write it as "%22".
  if (!hasPlainHost(url) || /["'`<>\u2018-\u201f]/.test(text)) {
    return refuse(
      `"${shown}" holds a character that no address of a hub has.`,
      'Leave out quotes and whatever else does not belong to it: https://hub.example.com.',
    );
  }
  if (url.search !== '' || url.hash !== '') {
    return refuse(`"${shown}" has a "?" or "#" part.`, `Use ${url.origin}${url.pathname}.`);
  }
  if (url.protocol === 'http:' && !isLoopback(destinationOf(url).host)) {
    return refuse(
      `"${shown}" is not encrypted, so anybody on the way could take over the session.`,
      `Use https://${url.host}. Plain http: is only accepted for a hub on this very machine.`,
    );
  }
  return { ok: true, url: url.href.replace(/\/+$/, '') };
}

/** The address of a route of the hub, whatever path the hub itself lives under. */
export function hubRoute(hubUrl: string, path: string): URL {
  return new URL(`${hubUrl.replace(/\/+$/, '')}${path}`);
}

function hostLike(text: string): string {
  const host = text.replace(/^\/+/, '').split(/[/?#\s]/, 1)[0] ?? '';
  return /^[a-z0-9.:[\]-]+$/i.test(host) && host !== '' ? host : 'hub.example.com';
}
