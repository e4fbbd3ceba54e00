/** Browsers send a few dozen characters. */
const LONGEST = 500;

/**
 * The languages of an `Accept-Language` header (RFC 9110 section 12.5.4), the most wanted first. What is no language,
 * is not wanted (`q=0`) or is any (`*`) is left out.
 */
export function acceptedLanguages(header: string | undefined): readonly string[] {
  if (header === undefined || header.length > LONGEST) return [];
  return header
    .split(',')
    .flatMap((part) => {
      const [, language, weight = '1'] =
        /^\s*([a-z]{1,8}(?:-[a-z\d]{1,8})*)\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*)?$/i.exec(part) ?? [];
      return language === undefined || Number(weight) === 0 ? [] : [{ language, weight: Number(weight) }];
    })
    .toSorted((one, other) => other.weight - one.weight)
    .map(({ language }) => language);
}
