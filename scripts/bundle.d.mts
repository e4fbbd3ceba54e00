export function buildConstants(packaged: boolean): Record<string, string>;
