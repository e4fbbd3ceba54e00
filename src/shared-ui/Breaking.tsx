import { Fragment } from 'react';

/** After each folder. */
const IN_PATHS = /(?<=[/\\])(?![/\\])/;
/** There, and within a name of hosts; never within a number such as a version. */
const IN_VALUES = /(?<=[/\\])(?![/\\])|(?<=[a-z]\.)(?=[a-z])/i;

/** A value that breaks where a part of an address ends rather than within a word. */
export function Breaking({ text }: { readonly text: string }) {
  return withBreaks(text.split(IN_VALUES));
}

/** A path, address or registry key, whose last name stays whole where there is room for it. */
export function PathText({ path }: { readonly path: string }) {
  return <code>{withBreaks(path.split(IN_PATHS))}</code>;
}

function withBreaks(parts: readonly string[]) {
  return parts.map((part, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: parts may be equal and never move
    <Fragment key={index}>
      {index === 0 ? null : <wbr />}
      {part}
    </Fragment>
  ));
}
