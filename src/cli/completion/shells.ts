/** The shells that a completion script exists for. */
export const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;
