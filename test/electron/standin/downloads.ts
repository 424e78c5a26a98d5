import { EventEmitter } from 'node:events'
import { toHost } from './address.ts'
import type { DevToolsSession, Parameters } from './devtools.ts'

/** Electron's DownloadItem, of a download that chromium has begun. */
class DownloadItem extends EventEmitter {
  readonly #url: string
  readonly #filename: string
  readonly #gesture: boolean
  constructor(url: string, filename: string, gesture: boolean) {
    super()
    this.#url = url
    this.#filename = filename
    this.#gesture = gesture
  }
  getURL(): string {
    return this.#url
  }
  getFilename(): string {
    return this.#filename
  }
  hasUserGesture(): boolean {
    return this.#gesture
  }
  setSaveDialogOptions(): void {} // no dialog: chromium saves to its own folder
}

/** A blob has the origin of its page within its URL. */
const asHost = (url: string): string => (url.startsWith('blob:') ? `blob:${toHost(url.slice(5))}` : toHost(url))

/**
 * Reports downloads before anything is saved, as Electron does. A download that is prevented is cancelled in chromium.
 * `gesture` returns whether the page has user activation.
 */
export async function watchDownloads(
  browser: DevToolsSession,
  folder: string,
  gesture: () => Promise<boolean>,
  onDownload: (event: { preventDefault(): void; readonly defaultPrevented: boolean }, item: DownloadItem) => void,
): Promise<void> {
  const items = new Map<string, DownloadItem>()
  // A small file may be saved before the page has answered `gesture`.
  const endedBefore = new Map<string, string>()
  const begun = async ({ guid, url, suggestedFilename }: Parameters): Promise<void> => {
    const item = new DownloadItem(asHost(url), suggestedFilename, await gesture())
    const event = {
      defaultPrevented: false,
      preventDefault() {
        event.defaultPrevented = true
      },
    }
    onDownload(event, item)
    items.set(guid, item)
    const ended = endedBefore.get(guid)
    if (ended !== undefined) item.emit('done', {}, ended)
    if (event.defaultPrevented) browser.post('Browser.cancelDownload', { guid })
  }
  browser.on('Browser.downloadWillBegin', (download) => void begun(download).catch(() => undefined))
  browser.on('Browser.downloadProgress', ({ guid, state }) => {
    if (state === 'inProgress') return
    const ended = state === 'completed' ? 'completed' : 'cancelled'
    const item = items.get(guid)
    if (item === undefined) endedBefore.set(guid, ended)
    else item.emit('done', {}, ended)
  })
  await browser.send('Browser.setDownloadBehavior', {
    behavior: 'allowAndName',
    downloadPath: folder,
    eventsEnabled: true,
  })
}
