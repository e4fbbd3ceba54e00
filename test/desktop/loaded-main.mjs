// Loads the app's built main bundle up to where Electron is ready and the app takes over, and ends there.
import { app } from 'electron';

const desktop = new URL('../../out/main/index.js', import.meta.url);
await import(desktop.href);
await app.whenReady();
process.exit(0);
