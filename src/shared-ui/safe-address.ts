const FOLLOWED: readonly string[] = ['https:', 'http:', 'mailto:'];

/** The address in its normal form where a page may link to it; `null` for `javascript:` and the like. */
export function safeAddress(address: string): string | null {
  const url = URL.parse(address);
  return url !== null && FOLLOWED.includes(url.protocol) ? url.href : null;
}
