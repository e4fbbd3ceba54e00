/** What the operating system says about proxies. Empty texts: not set. */
export interface SystemProxy {
  readonly http: string;
  readonly https: string;
  readonly exclude: readonly string[];
  /** Address of a PAC script. */
  readonly pac: string;
}

/** Reads the operating system's proxy settings; `null` where it has none, or they cannot be read. */
export type SystemProxyReader = () => Promise<SystemProxy | null>;
