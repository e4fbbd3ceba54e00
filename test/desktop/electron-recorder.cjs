// Loaded into Electron's main process before the app (`electron -r`): notes what the app shows and asks for, in the
// shape of seen.ts, and lets the real thing happen but for what would leave the test: browser, boxes, notifications.
const { basename } = require('node:path');
const electron = require('electron');

const {
  app,
  BrowserWindow,
  dialog,
  nativeImage,
  nativeTheme,
  Notification,
  powerMonitor,
  protocol,
  shell,
  Tray,
  WebContentsView,
} = electron;

const seen = {
  ...{ trayImage: '', tooltip: '', menu: [], opened: 0, webPreferences: {}, bounds: {} },
  ...{ notifications: [], outside: [], boxes: [], abouts: 0, proxies: [], questions: [] },
  ...{ sandboxed: false, schemes: [] },
};
const shown = [];
const trays = new Set();
let menu = null;

const wrap = (object, name, note) => {
  const original = object[name];
  object[name] = function noted(...args) {
    note.call(this, ...args);
    return original.apply(this, args);
  };
};
const images = new WeakMap();
const createFromPath = nativeImage.createFromPath;
nativeImage.createFromPath = (file) => {
  const image = createFromPath(file);
  images.set(image, basename(file));
  return image;
};
wrap(Tray.prototype, 'setImage', function setImage(image) {
  trays.add(this);
  seen.trayImage = images.get(image) ?? '';
});
wrap(Tray.prototype, 'setToolTip', (text) => {
  seen.tooltip = text;
});
wrap(Tray.prototype, 'setContextMenu', function setContextMenu(next) {
  trays.add(this);
  menu = next;
  seen.menu = next.items
    .filter(({ type }) => type !== 'separator')
    .map(({ id, label, enabled }) => ({ id: /^\d+$/.test(id ?? '') ? '' : (id ?? ''), label, enabled }));
});
wrap(Tray.prototype, 'destroy', () => {
  seen.trayImage = '';
});
wrap(app, 'enableSandbox', () => {
  seen.sandboxed = true;
});
wrap(protocol, 'registerSchemesAsPrivileged', (schemes) => seen.schemes.push(...schemes));
app.showAboutPanel = () => {
  seen.abouts += 1;
};
shell.openExternal = async (url) => {
  seen.outside.push(url);
};
dialog.showMessageBox = async (...given) => {
  const { message, detail = '', cancelId = 0 } = given.at(-1);
  // Only what is a question has a button that changes nothing.
  if (cancelId === 0) seen.boxes.push({ title: message, text: detail });
  else seen.questions.push(message);
  return { response: Number(process.env.TEST_ANSWER ?? cancelId) };
};
// As an installed copy with these resources, which leaves no trace on this machine.
const { TEST_RESOURCES } = process.env;
if (TEST_RESOURCES !== undefined) {
  Object.defineProperty(app, 'isPackaged', { value: true });
  Object.defineProperty(process, 'resourcesPath', { value: TEST_RESOURCES });
  app.setAsDefaultProtocolClient = () => true;
  app.setLoginItemSettings = () => undefined;
}
app.on('session-created', (session) => wrap(session, 'setProxy', (proxy) => seen.proxies.push(proxy)));
dialog.showErrorBox = (title, text) => {
  seen.boxes.push({ title, text });
};
Notification.prototype.show = function show() {
  shown.push(this);
  seen.notifications.push({ title: this.title, body: this.body });
};
app.on('browser-window-created', (_, window) => {
  seen.opened += 1;
  const { session: __, ...preferences } = window.webContents.getLastWebPreferences() ?? {};
  seen.webPreferences = JSON.parse(JSON.stringify(preferences));
  seen.bounds = window.getBounds();
});

globalThis.mooringRecorder = {
  seen: () => ({
    ...seen,
    theme: nativeTheme.themeSource,
    windows: BrowserWindow.getAllWindows().map((window) => ({
      id: window.id,
      shown: window.isVisible(),
      address: window.webContents.getURL(),
    })),
  }),
  choose: (id) => {
    const item = menu?.getMenuItemById(id);
    if (!item?.enabled) throw new Error(`the menu has no item "${id}" that can be chosen`);
    item.click();
  },
  clickTray: () => {
    for (const tray of trays) tray.emit('click');
  },
  clickNotification: (index) => shown[index]?.emit('click'),
  closeWindow: () => BrowserWindow.getAllWindows().at(-1)?.close(),
  crashPage: () => BrowserWindow.getAllWindows().at(-1)?.webContents.forcefullyCrashRenderer(),
  openUrl: (url) => app.emit('open-url', { preventDefault: () => undefined }, url),
  power: (event) => powerMonitor.emit(event),
  strangerOpens: async () => {
    const { webContents } = new WebContentsView();
    await webContents.loadURL('about:blank');
    const refused = await webContents.executeJavaScript("window.open('about:blank') === null");
    webContents.close();
    return !refused;
  },
  quit: () => setImmediate(() => app.quit()),
};
