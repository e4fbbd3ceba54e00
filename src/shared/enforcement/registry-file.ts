import type { SignInWish } from './sign-in-wish.ts';

const MOORING = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Mooring\\Mooring Desktop';
const DOCKER = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Docker\\Docker Desktop';

/** Version 5 of `reg import`'s format; the values that the agent reads (docs/policy.md section 6). */
export function registryFile(wish: SignInWish): string {
  // The value itself is hexadecimal: the comment is for whoever reads the file.
  const names = `; allowedOrgs: ${wish.organizations.join(', ')}`;
  const organizations = [names, value('allowedOrgs', multiString(wish.organizations))];
  const own = [
    value('hubUrl', text(wish.hubUrl)),
    ...(wish.hubKeys.length === 0 ? [] : [value('hubKeys', text(JSON.stringify(wish.hubKeys)))]),
  ];
  const keys =
    wish.layout === 'mooring'
      ? [[`[${MOORING}]`, ...organizations, ...own]]
      : // The original knows no other value, so what is only ours stays in our key.
        [
          [`[${DOCKER}]`, ...organizations],
          [`[${MOORING}]`, ...own, value('layout', text(wish.layout))],
        ];
  return `${['Windows Registry Editor Version 5.00', ...keys.map((lines) => lines.join('\r\n'))].join('\r\n\r\n')}\r\n\r\n`;
}

/** UTF-16 with its mark, little end first: the form that `reg.exe` writes itself. */
export function utf16(content: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(2 + content.length * 2);
  bytes.set([0xff, 0xfe]);
  for (let index = 0; index < content.length; index += 1) {
    const unit = content.charCodeAt(index);
    bytes.set([unit & 0xff, unit >> 8], 2 + index * 2);
  }
  return bytes;
}

function value(name: string, data: string): string {
  return `"${name}"=${data}`;
}

function text(content: string): string {
  return `"${content.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** REG_MULTI_SZ: strings in UTF-16, each with its end, and an empty one last. */
function multiString(strings: readonly string[]): string {
  const units = [...strings.map((each) => `${each}\0`), '\0'].join('');
  const bytes = [...utf16(units).subarray(2)];
  return `hex(7):${bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(',')}`;
}
