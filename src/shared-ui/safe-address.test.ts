import { expect, test } from 'vitest';
import { safeAddress } from './safe-address.ts';

test.each(['https://help.acme.example/x?y=1', 'http://127.0.0.1:8080/', 'mailto:it@acme.example'])(
  '%s is followed',
  (address) => {
    expect(safeAddress(address)).toBe(address);
  },
);

test.each([
  'javascript:alert(1)',
  ' JaVaScRiPt:alert(1)',
  'java\nscript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'file:///etc/passwd',
  'vbscript:x',
  'blob:https://x/1',
  '//evil.example/x',
  '/relative',
  '',
  'https://',
])('%j is only text', (address) => {
  expect(safeAddress(address)).toBeNull();
});
