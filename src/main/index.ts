import { join } from 'node:path';
import { app, BrowserWindow, shell } from 'electron';

/** Opens the dashboard's window, or brings the one that is open to the front. */
async function showDashboard(): Promise<void> {
  const [open] = BrowserWindow.getAllWindows();
  if (open) {
    if (open.isMinimized()) open.restore();
    open.focus();
    return;
  }
  const window = new BrowserWindow({
    width: 1100,
    height: 760,
    minWidth: 480,
    show: false,
    title: 'Mooring',
    webPreferences: {
      preload: join(import.meta.dirname, '../preload/preload.cjs'),
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
    },
  });
  // The window shows our own page only; everything else belongs in the person's browser.
  window.webContents.setWindowOpenHandler(({ url }) => {
    if (url.startsWith('https://')) void shell.openExternal(url);
    return { action: 'deny' };
  });
  window.webContents.on('will-navigate', (event) => event.preventDefault());
  window.once('ready-to-show', () => window.show());
  await window.loadFile(join(import.meta.dirname, '../renderer/index.html'));
}

function start(): void {
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return;
  }
  const show = (): void => {
    showDashboard().catch((error: unknown) => {
      process.stderr.write(`The window could not be opened: ${String(error)}\n`);
    });
  };
  app.on('second-instance', show);
  app.on('activate', show);
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  void app.whenReady().then(show);
}

start();
