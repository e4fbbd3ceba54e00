/** The path of an address of our own; anything that would lead elsewhere is dropped. */
export function ownPath(next: string, publicUrl: string): string | null {
  if (!next.startsWith('/') || !URL.canParse(next, publicUrl)) return null;
  const url = new URL(next, publicUrl);
  if (url.origin !== new URL(publicUrl).origin) return null;
  const path = `${url.pathname}${url.search}${url.hash}`;
  // "//host" would be an address elsewhere again, however it came to stand there.
  return path.startsWith('//') ? null : path;
}
