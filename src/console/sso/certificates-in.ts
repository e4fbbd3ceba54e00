/** The PEM blocks of a text; all of it where it holds none, for the hub to judge. */
export function certificatesIn(text: string): string[] {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g);
  if (blocks !== null) return [...blocks];
  return text.trim() === '' ? [] : [text.trim()];
}
