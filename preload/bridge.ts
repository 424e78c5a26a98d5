import { ipcRenderer } from 'electron'
import { askChannel, portChannel } from './channels.ts'

/**
 * Runs beside the page in a world of its own, sandboxed. It hands the page one port to the core and offers nothing
 * else: no function of Electron's or Node's is put in the page's reach. Who may have the port is decided in main.
 */
const isAsk = (event: MessageEvent): boolean =>
  event.source === window && event.origin === location.origin && event.data === askChannel

if (window.top === window) {
  const ask = (event: MessageEvent): void => {
    if (isAsk(event)) ipcRenderer.send(askChannel)
  }
  window.addEventListener('message', ask)
  ipcRenderer.once(portChannel, ({ ports }) => {
    window.removeEventListener('message', ask)
    window.postMessage(portChannel, location.origin, ports)
  })
}
