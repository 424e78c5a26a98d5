/**
 * Stands in for Electron's runtime in tests, over a chromium driven by its DevTools protocol, as far as our host uses
 * Electron. Policies, worlds, ports, permissions and navigation are chromium's own, not imitated. What it cannot show:
 * the operating system's side of Electron (menus, dialogs, fuses, updates).
 */
import { app } from './app.ts'
import { listenTo } from './ipc-main.ts'
import { defaultSession, fromPartition } from './session.ts'

app.on('web-contents-created', (_event, contents) => listenTo(contents))

export const protocol = defaultSession.protocol
export const session = { defaultSession, fromPartition }
export { app } from './app.ts'
export { BrowserWindow } from './browser-window.ts'
export { dialog, Menu, Notification, nativeTheme, powerMonitor, shell, shown } from './desktop.ts'
export { ipcMain } from './ipc-main.ts'
export { MessageChannelMain } from './ports.ts'
