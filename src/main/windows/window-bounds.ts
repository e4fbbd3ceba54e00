/** A rectangle in device-independent pixels. */
export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Smallest useful window: 320 px of page, and the frame around it. */
export const SMALLEST = { width: 360, height: 420 } as const;
const USUAL = { width: 1100, height: 760 } as const;
/** So much of the window must be on a display, or nobody could take hold of it. */
const GRIP = 80;

/** Where a window opens: where it was, if that is still on a display; else of usual size, placed by the system. */
export function windowBounds(
  remembered: Area | null,
  displays: readonly Area[],
): Partial<Area> & Pick<Area, 'width' | 'height'> {
  const [first] = displays;
  const widest = Math.max(SMALLEST.width, ...displays.map(({ width }) => width));
  const highest = Math.max(SMALLEST.height, ...displays.map(({ height }) => height));
  const size = {
    width: Math.round(clamp(remembered?.width ?? USUAL.width, SMALLEST.width, widest)),
    height: Math.round(clamp(remembered?.height ?? USUAL.height, SMALLEST.height, highest)),
  };
  if (remembered === null || first === undefined) return size;
  const { x, y } = remembered;
  const holds = displays.some(
    (display) =>
      x + size.width >= display.x + GRIP &&
      x <= display.x + display.width - GRIP &&
      y >= display.y &&
      y <= display.y + display.height - GRIP,
  );
  return holds ? { x: Math.round(x), y: Math.round(y), ...size } : size;
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
