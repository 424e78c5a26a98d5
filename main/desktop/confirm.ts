import type { BrowserWindow, Dialog } from 'electron'
import type { Question } from '../composition/confirmed-decisions.ts'

/** Whether the user agrees in a message box of the system, which no page can press. Escape, Enter and closing it refuse. */
export async function confirmNatively(
  dialog: Pick<Dialog, 'showMessageBox'>,
  window: BrowserWindow | undefined,
  { message, detail, accept }: Question,
): Promise<boolean> {
  const options: Electron.MessageBoxOptions = {
    type: 'warning',
    title: 'Hangar',
    message,
    detail,
    buttons: ['Cancel', accept],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  }
  const { response } = await (window === undefined
    ? dialog.showMessageBox(options)
    : dialog.showMessageBox(window, options))
  return response === 1
}
