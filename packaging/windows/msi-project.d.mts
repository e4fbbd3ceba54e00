/** Adds to the WiX project in `file`, as electron-builder's hook `msiProjectCreated`. */
export default function addToProject(file: string): Promise<void>;
/** The project's text with what Mooring adds. Throws where the template is not the one this was written for. */
export function extendProject(text: string): string;
