/** A hook of electron-builder that does nothing. */
export default function nothing() {}
