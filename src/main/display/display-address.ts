import { isAbsolute, join } from 'node:path';

/** Where a display server listens. A path that begins with NUL is an abstract socket of Linux. */
export type DisplayAddress =
  | { readonly kind: 'socket'; readonly paths: readonly string[] }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  /** The connection was handed over open. */
  | { readonly kind: 'given' };

/** The ways in which Chromium can draw on Linux, by the values of its switch `ozone-platform`. */
export type Backend = 'x11' | 'wayland';

/** A display that the environment names; `address` is `null` where the name is none that a server could have. */
export interface NamedDisplay {
  readonly backend: Backend;
  readonly name: string;
  readonly address: DisplayAddress | null;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Every display that this environment names, as X and Wayland read it (X(7), `wl_display_connect`). */
export function namedDisplays(environment: Environment): readonly NamedDisplay[] {
  return [x11(environment), wayland(environment)].filter((each) => each !== null);
}

const X_PORT = 6_000;

function x11({ DISPLAY: name = '' }: Environment): NamedDisplay | null {
  return name === '' ? null : { backend: 'x11', name: `DISPLAY=${name}`, address: xAddress(name) };
}

/** `[host]:number[.screen]`, or the path of a socket. */
function xAddress(name: string): DisplayAddress | null {
  const path = /^(?:unix:)?(\/.*)$/.exec(name)?.[1];
  if (path !== undefined) return { kind: 'socket', paths: [path, path.replace(/\.\d+$/, '')] };
  const [, host = '', number = ''] = /^(.*):(\d{1,5})(?:\.\d+)?$/.exec(name) ?? [];
  if (number === '') return null;
  if (host === '' || host === 'unix') {
    const socket = `/tmp/.X11-unix/X${Number(number)}`;
    return { kind: 'socket', paths: [`\0${socket}`, socket] };
  }
  const port = X_PORT + Number(number);
  if (port > 65_535) return null;
  return { kind: 'tcp', host: host.replace(/^(?:tcp|inet6?)\//, '').replace(/^\[(.*)\]$/, '$1'), port };
}

function wayland(environment: Environment): NamedDisplay | null {
  const { WAYLAND_SOCKET, WAYLAND_DISPLAY, XDG_RUNTIME_DIR = '' } = environment;
  const named = (name: string, address: DisplayAddress | null): NamedDisplay => ({
    ...{ backend: 'wayland', name, address },
  });
  if (WAYLAND_SOCKET) return named(`WAYLAND_SOCKET=${WAYLAND_SOCKET}`, { kind: 'given' });
  // Unset it means the usual one; empty it means none.
  const given = WAYLAND_DISPLAY ?? (XDG_RUNTIME_DIR === '' ? '' : 'wayland-0');
  if (given === '') return null;
  const name = `WAYLAND_DISPLAY=${given}`;
  if (isAbsolute(given)) return named(name, { kind: 'socket', paths: [given] });
  // The specification of base directories has relative ones ignored.
  if (!isAbsolute(XDG_RUNTIME_DIR)) return named(name, null);
  return named(name, { kind: 'socket', paths: [join(XDG_RUNTIME_DIR, given)] });
}
