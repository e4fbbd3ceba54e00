import { Fragment } from 'react';

/** A path, address or registry key, which breaks where a folder ends rather than within a name. */
export function PathText({ path }: { readonly path: string }) {
  return (
    <code>
      {path.split(/(?<=[/\\])(?![/\\])/).map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts may be equal and never move
        <Fragment key={index}>
          {index === 0 ? null : <wbr />}
          {part}
        </Fragment>
      ))}
    </code>
  );
}
