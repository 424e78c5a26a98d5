import { EventEmitter } from 'node:events'
import type { Frame } from './frames.ts'
import type { WebContents } from './web-contents.ts'

/** Electron's IpcMain, for messages without a reply: the host responds with ports, never with values. */
export const ipcMain = new EventEmitter()

/** Forwards messages of frames to `ipcMain`, with the frame as their sender. */
export function listenTo(contents: WebContents): void {
  contents.on('ipc-message-from', (frame: Frame, channel: string, args: unknown[]) => {
    ipcMain.emit(
      channel,
      { type: 'frame', sender: contents, senderFrame: frame, ports: [], frameId: 0, processId: 0 },
      ...args,
    )
  })
}
