/** Where Node for Windows, in the pinned version, is looked for. */
export function windowsNode(): string;
