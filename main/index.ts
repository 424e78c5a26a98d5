import { homedir } from 'node:os'
import { join } from 'node:path'
import { app, type BrowserWindow, dialog, powerMonitor, session, shell } from 'electron'
import { chooseKubeconfig } from './desktop/choose-file.ts'
import { confirmNatively } from './desktop/confirm.ts'
import { startCore } from './desktop/core.ts'
import { limitDownloads } from './desktop/downloads.ts'
import { offerPort } from './desktop/handshake.ts'
import { lockOnSuspend, quitGently, reloadAfterCrash } from './desktop/lifecycle.ts'
import { setMenu } from './desktop/menu.ts'
import { confineNavigation } from './desktop/navigation.ts'
import { cutNetwork } from './desktop/network.ts'
import { showNotification } from './desktop/notifications.ts'
import { limitPermissions } from './desktop/permissions.ts'
import { declareScheme, servePages } from './desktop/protocol.ts'
import { updateCheck } from './desktop/updates.ts'
import { loadPage, openWindow, raise } from './desktop/window.ts'
import { explain } from './fault.ts'
import { homeFolder } from './home.ts'

/** The desktop host: one process, one window, one core. The window uses only the contract. */
const built = join(app.getAppPath(), 'out')
let window: BrowserWindow | undefined

// In a package a fuse does this; Node's inspector is open to every user of the computer.
process.on('SIGUSR1', () => undefined)
// Windows shows notifications only for the app id of an installed app (electron-builder.yml).
if (process.platform === 'win32') app.setAppUserModelId('io.github.hangar.desktop')
app.enableSandbox()
declareScheme()
confineNavigation(app, (url) => shell.openExternal(url))

if (app.requestSingleInstanceLock()) {
  app.on('second-instance', () => {
    if (window !== undefined) raise(window)
  })
  // Electron becomes ready only after this module has been evaluated: awaiting it here would never end.
  void app.whenReady().then(run)
} else {
  app.quit()
}

function run(): void {
  // In memory: Chromium stores nothing of a page on disk.
  const pages = session.fromPartition('hangar')
  limitPermissions(pages)
  cutNetwork(pages)
  limitDownloads(pages)
  servePages(pages, join(built, 'renderer'))

  const core = startCore(
    async () =>
      (await import('./app.ts')).createApp({
        home: homeFolder(process.env, process.platform, homedir()),
        host: 'desktop',
        // Chromium evaluates the PAC file and the system settings; Hangar only reads the result.
        resolveProxy: (url) => pages.resolveProxy(url),
        chooseKubeconfig: () => chooseKubeconfig(dialog, window),
        confirm: (question) => confirmNatively(dialog, window, question),
        notify: (notification) => showNotification(notification, show),
      }),
    (error) => dialog.showErrorBox('Hangar could not start', explain(error)),
  )
  const checkForUpdates = updateCheck(app, process.resourcesPath, () => window)
  setMenu({ mac: process.platform === 'darwin', developing: !app.isPackaged, checkForUpdates })

  const open = (): void => {
    window = openWindow(pages, join(built, 'preload', 'bridge.cjs'), !app.isPackaged)
    offerPort(window, core.connect)
    reloadAfterCrash(window)
    window.once('closed', () => {
      window = undefined
    })
    loadPage(window).catch((error: unknown) => {
      dialog.showErrorBox('Hangar could not open its window', explain(error))
    })
  }
  const show = (): void => {
    if (window === undefined) open()
    else raise(window)
  }
  open()
  app.on('activate', () => {
    if (window === undefined) open()
  })
  lockOnSuspend(powerMonitor, core)
  quitGently(app, core)
}
