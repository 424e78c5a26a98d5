import { type App, type BrowserWindow, dialog, type PowerMonitor } from 'electron'
import type { Core } from './core.ts'

/** How long closing the core may take. Journals record what was not finished. */
const closeLimitMs = 5_000

/** A page that crashes again within this time is not reloaded. */
const crashGapMs = 30_000

/** Quits once the core is closed: journals written, child processes ended, temporary files removed. */
export function quitGently(app: App, core: Core): void {
  let closed = false
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit()
  })
  app.on('before-quit', (event) => {
    if (closed) return
    event.preventDefault()
    const limit = new Promise<void>((resolve) => setTimeout(resolve, closeLimitMs).unref())
    void Promise.race([core.close(), limit])
      .catch(() => undefined) // a failure to close must not prevent quitting
      .then(() => {
        closed = true
        app.quit()
      })
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => app.quit())
}

/** Locks the vault before the computer is out of the user's hands. */
export function lockOnSuspend(monitor: PowerMonitor, core: Pick<Core, 'suspended'>): void {
  const lock = (): void => void core.suspended().catch(() => undefined)
  monitor.on('suspend', lock)
  monitor.on('lock-screen', lock)
}

/** Reloads the page once if its process crashed, then reports it. The core and its operations continue. */
export function reloadAfterCrash(window: BrowserWindow): void {
  let lastCrash = Number.NEGATIVE_INFINITY
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit' || window.isDestroyed()) return
    const now = performance.now()
    if (now - lastCrash < crashGapMs) {
      dialog.showErrorBox('The window stopped working', `Close and open Hangar again (${reason}).`)
      return
    }
    lastCrash = now
    window.webContents.reload()
  })
}
