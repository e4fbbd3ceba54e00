import { maskUserInfo } from './mask-user-info.ts';

const LONGEST = 60;
/** What a terminal would act upon, or a reader could not see: controls, zero-width and bidirectional marks. */
const UNSEEN = /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/**
 * Foreign text as it may appear in a message: in quotes, shortened, every control character escaped, and the
 * user-info of an address masked.
 */
export function quote(text: string): string {
  const masked = maskUserInfo(text);
  const short = masked.length > LONGEST ? `${masked.slice(0, LONGEST)}…` : masked;
  return JSON.stringify(short).replace(
    UNSEEN,
    (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Names a JSON value in a message: its kind, and the value itself where it is short. */
export function describeValue(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return `the text ${quote(value)}`;
  if (typeof value === 'number') return `the number ${value}`;
  if (typeof value === 'boolean') return String(value);
  return Array.isArray(value) ? 'a list' : 'an object';
}
