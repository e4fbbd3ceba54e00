/** Where this copy of the command runs, and how it comes by an agent. */
export interface Installation {
  /** Folder of the bundle, beside which the dashboard's pages stand. */
  readonly folder: string;
  /** Path of the desktop app that this command was installed with; `null` where it came by itself, from npm. */
  readonly app: string | null;
}
