/** Systems that desktops run on, as people call them. */
export const PLATFORMS = [
  ['mac', 'macOS'],
  ['windows', 'Windows'],
  ['linux', 'Linux'],
] as const;

export type PlatformName = (typeof PLATFORMS)[number][0];

/** How people call a system. */
export function platformName(platform: PlatformName): string {
  return PLATFORMS.find(([each]) => each === platform)?.[1] ?? platform;
}
