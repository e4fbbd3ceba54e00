import { z } from 'zod';

/** One line of the tray's menu as the person sees it. */
const menuLineSchema = z.object({
  label: z.string(),
  enabled: z.boolean(),
  /** Empty for what can only be read. */
  id: z.string(),
});

/** What the app has shown and asked of the desktop around it so far. */
export const seenSchema = z.object({
  /** File name of the tray's image; empty: there is no icon. */
  trayImage: z.string(),
  tooltip: z.string(),
  menu: z.array(menuLineSchema),
  /** Windows that are open, and whether each has been shown. */
  windows: z.array(z.object({ id: z.int(), shown: z.boolean(), address: z.string() })),
  /** Windows ever opened. */
  opened: z.int(),
  /** Settings of the web contents of the last window opened. */
  webPreferences: z.record(z.string(), z.unknown()),
  bounds: z.record(z.string(), z.unknown()),
  notifications: z.array(z.object({ title: z.string(), body: z.string() })),
  /** Addresses handed to the system browser. */
  outside: z.array(z.string()),
  /** Boxes with an error. */
  boxes: z.array(z.object({ title: z.string(), text: z.string() })),
  /** Boxes that wait for an answer; every one is answered with what changes nothing, or with the button of number `TEST_ANSWER`. */
  questions: z.array(z.string()),
  theme: z.string(),
  abouts: z.int(),
  /** Proxies that a session was told to take, as Chromium writes them. */
  proxies: z.array(z.record(z.string(), z.unknown())),
  /** Every renderer is sandboxed, whatever its window says. */
  sandboxed: z.boolean(),
  /** Schemes that are more than an unknown word to Chromium, with what they may. */
  schemes: z.array(z.object({ scheme: z.string(), privileges: z.record(z.string(), z.unknown()) })),
});

export type Seen = z.infer<typeof seenSchema>;
export type MenuLine = z.infer<typeof menuLineSchema>;

export function nothingSeen(): Seen {
  return {
    ...{ trayImage: '', tooltip: '', menu: [], windows: [], opened: 0, webPreferences: {}, bounds: {} },
    ...{ notifications: [], outside: [], boxes: [], questions: [], theme: 'system', abouts: 0, proxies: [] },
    ...{ sandboxed: false, schemes: [] },
  };
}
