import type { DownloadItem, Session } from 'electron'
import { isOurs } from './origin.ts'

/** A download as Electron tells of it. */
export type Asked = Pick<DownloadItem, 'getURL' | 'hasUserGesture'>

/** A text that our own page made, and that a person asked for just now: no file of a network, and none that a script asks for. */
export function maySave(item: Asked): boolean {
  const url = item.getURL()
  return url.startsWith('blob:') && isOurs(url.slice('blob:'.length)) && item.hasUserGesture()
}

/** Lets reports and allow-lists be saved, each where the system's own dialog is told to; everything else is refused. */
export function limitDownloads(session: Session): void {
  session.on('will-download', (event, item) => {
    if (!maySave(item)) return event.preventDefault()
    // Without a path the dialog is shown; its first word is the name that the page gave.
    item.setSaveDialogOptions({ title: 'Save', defaultPath: item.getFilename() })
  })
}
