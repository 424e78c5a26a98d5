import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type App, type BrowserWindow, dialog, shell } from 'electron'

/**
 * Looking for a newer Hangar: only in a packaged app whose build names a place to look (the packager then writes
 * `app-update.yml`), and only when a person asks for it. Undefined elsewhere. Nothing is looked up on its own.
 */
export function updateCheck(app: App, resources: string, window: () => BrowserWindow | undefined) {
  if (!app.isPackaged || !existsSync(join(resources, 'app-update.yml'))) return undefined
  return (): void => {
    void checkForUpdate(window()).catch((error: unknown) => {
      dialog.showErrorBox('Hangar could not check for updates', error instanceof Error ? error.message : String(error))
    })
  }
}

async function checkForUpdate(window: BrowserWindow | undefined): Promise<void> {
  const { default: updater } = await import('electron-updater') // heavy, and rarely wanted
  const { autoUpdater } = updater
  autoUpdater.autoDownload = false
  autoUpdater.autoInstallOnAppQuit = false
  const found = await autoUpdater.checkForUpdates()
  if (found === null || !found.isUpdateAvailable) {
    await ask(window, 'This is the newest Hangar.', ['OK'])
    return
  }
  const newer = `Hangar ${found.updateInfo.version} can be had.`
  if ((await ask(window, newer, ['Download and Restart', 'Not Now'])) !== 0) return
  await autoUpdater.downloadUpdate()
  shell.beep()
  autoUpdater.quitAndInstall()
}

async function ask(window: BrowserWindow | undefined, message: string, buttons: string[]): Promise<number> {
  const question = { type: 'info' as const, message, buttons, defaultId: 0, cancelId: buttons.length - 1 }
  const { response } = await (window === undefined
    ? dialog.showMessageBox(question)
    : dialog.showMessageBox(window, question))
  return response
}
