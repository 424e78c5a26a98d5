import type { BrowserWindow, Dialog } from 'electron'

/** The file that the user chose in the system's dialog; undefined if it was cancelled. */
export async function chooseKubeconfig(
  dialog: Pick<Dialog, 'showOpenDialog'>,
  window: BrowserWindow | undefined,
): Promise<string | undefined> {
  const options: Electron.OpenDialogOptions = { title: 'Add kubeconfig', properties: ['openFile', 'showHiddenFiles'] }
  const { canceled, filePaths } = await (window === undefined
    ? dialog.showOpenDialog(options)
    : dialog.showOpenDialog(window, options))
  return canceled ? undefined : filePaths[0]
}
