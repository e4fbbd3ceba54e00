// The least that a main process can be: what loading the app's own is measured against (bench/desktop.bench.ts).
import { app } from 'electron';

await app.whenReady();
process.exit(0);
