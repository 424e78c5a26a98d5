import type { DownloadItem, Session } from 'electron'
import { isOurs } from './origin.ts'

/** A download as Electron reports it. */
export type Asked = Pick<DownloadItem, 'getURL' | 'hasUserGesture'>

/** Whether our own page created the file and the user requested it: not from a network, and not by a script alone. */
export function maySave(item: Asked): boolean {
  const url = item.getURL()
  return url.startsWith('blob:') && isOurs(url.slice('blob:'.length)) && item.hasUserGesture()
}

/** Permits saving reports and allow-lists through the system's dialog, and refuses all other downloads. */
export function limitDownloads(session: Session): void {
  session.on('will-download', (event, item) => {
    if (!maySave(item)) return event.preventDefault()
    // Without a path Electron shows the dialog, with the page's file name as the default.
    item.setSaveDialogOptions({ title: 'Save', defaultPath: item.getFilename() })
  })
}
