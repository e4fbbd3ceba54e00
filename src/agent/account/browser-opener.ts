/** Opens an address in the system browser; answers false where no browser could be started. */
export type BrowserOpener = (url: string) => Promise<boolean>;
