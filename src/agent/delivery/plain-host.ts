/**
 * Whether the host of an address is one that a network knows: letters, digits, dots, hyphens and underscores, or an
 * address. URL readers take more, such as the quote that somebody typed too many behind it.
 */
export function hasPlainHost(url: URL): boolean {
  return /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])$/i.test(url.hostname);
}
