/** The language that texts are written in before they are translated. */
const LANGUAGE = 'en';

/**
 * The first of the reader's locales (BCP 47) that is in a language of the texts, so that dates do not mix languages
 * with them. Bare systems name locales that are none, such as `en-US@posix`: those are passed over.
 */
export function writingLocale(wanted: readonly string[], languages: readonly string[] = [LANGUAGE]): string {
  const usable = wanted.find((each) => {
    try {
      return languages.includes(new Intl.Locale(each).language);
    } catch {
      return false;
    }
  });
  return usable ?? LANGUAGE;
}
