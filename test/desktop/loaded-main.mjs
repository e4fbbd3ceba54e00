// Loads the app's built main bundle, the part that it loads while Electron gets ready included, and ends where the app
// takes over.
import { readdirSync } from 'node:fs';
import { app } from 'electron';

const built = new URL('../../out/main/', import.meta.url);
await import(new URL('index.js', built).href);
const [desktop] = readdirSync(new URL('chunks/', built)).filter((name) => /^desktop-.*\.js$/.test(name));
await Promise.all([import(new URL(`chunks/${desktop}`, built).href), app.whenReady()]);
process.exit(0);
