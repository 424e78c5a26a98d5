import { type BrowserWindow, ipcMain, MessageChannelMain, type MessagePortMain } from 'electron'
import { portChannel, requestChannel } from '../../preload/channels.ts'
import { mayHavePort } from './asker.ts'

/** Gives each load of the window's page one port to the core, on its first request. */
export function offerPort(window: BrowserWindow, connect: (port: MessagePortMain) => void): void {
  const { webContents } = window
  let given: MessagePortMain | undefined

  const answer = (event: Electron.IpcMainEvent): void => {
    if (event.sender !== webContents || given !== undefined) return
    const frame = event.senderFrame
    if (!mayHavePort(frame, webContents.mainFrame)) return
    const { port1, port2 } = new MessageChannelMain()
    given = port1
    connect(port1)
    port1.start()
    frame?.postMessage(portChannel, null, [port2])
  }
  // Fires for new documents only, so a page cannot get a second port by navigating within itself.
  const forget = (): void => {
    given?.close()
    given = undefined
  }

  ipcMain.on(requestChannel, answer)
  webContents.on('did-navigate', forget)
  webContents.on('render-process-gone', forget)
  window.once('closed', () => {
    ipcMain.off(requestChannel, answer)
    given?.close()
  })
}
