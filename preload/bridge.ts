import { ipcRenderer } from 'electron'
import { portChannel, requestChannel } from './channels.ts'

/**
 * Runs next to the page in an isolated context, sandboxed. It gives the page one port to the core and nothing else: the page
 * cannot reach any function of Electron or Node. The main process decides which page gets the port.
 */
const isPortRequest = (event: MessageEvent): boolean =>
  event.source === window && event.origin === location.origin && event.data === requestChannel

if (window.top === window) {
  const requestPort = (event: MessageEvent): void => {
    if (isPortRequest(event)) ipcRenderer.send(requestChannel)
  }
  window.addEventListener('message', requestPort)
  ipcRenderer.once(portChannel, ({ ports }) => {
    window.removeEventListener('message', requestPort)
    window.postMessage(portChannel, location.origin, ports)
  })
}
