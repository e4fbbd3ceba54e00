import { Fragment } from 'react';

/** After a folder, and within a name of hosts; never within a number such as a version. */
const PLACES = /(?<=[/\\])(?![/\\])|(?<=[a-z]\.)(?=[a-z])/i;

/** A text that breaks where a part of an address or path ends rather than within a word. */
export function Breaking({ text }: { readonly text: string }) {
  return text.split(PLACES).map((part, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: parts may be equal and never move
    <Fragment key={index}>
      {index === 0 ? null : <wbr />}
      {part}
    </Fragment>
  ));
}

/** A path, address or registry key. */
export function PathText({ path }: { readonly path: string }) {
  return (
    <code>
      <Breaking text={path} />
    </code>
  );
}
