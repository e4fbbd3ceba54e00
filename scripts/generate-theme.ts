// Writes the theme's CSS variables into a style sheet: `node scripts/generate-theme.ts`. A page under
// `style-src 'self'` cannot compute them itself.
import { writeFileSync } from 'node:fs';
import { themeStyleSheet } from '../src/shared-ui/theme-style-sheet.ts';

const target = new URL('../src/shared-ui/theme-variables.css', import.meta.url);
writeFileSync(target, themeStyleSheet());
