/**
 * Runs in the isolated world, before the preload script: Electron's `ipcRenderer` over one binding that exists in this
 * world alone. Given to chromium as text, so it refers to nothing outside itself.
 */
export function preloadWorld(
  toMain: string,
  fromMain: string,
  subFrames: boolean,
  preload: (...given: unknown[]) => void,
) {
  if (window.top !== window && !subFrames) return
  const world = globalThis as unknown as Record<string, (message: unknown) => void> // names are made up by the stand-in
  const binding = world[toMain]
  if (binding === undefined) throw new Error('The stand-in has no binding to its main process.')
  const send = (message: object): void => binding(JSON.stringify(message))
  const listeners = new Map<string, Set<(...given: unknown[]) => void>>()
  const ports = new Map<number, MessagePort>()

  const encode = (data: unknown): object => {
    const bytes = data instanceof ArrayBuffer ? new Uint8Array(data) : data
    if (!(bytes instanceof Uint8Array)) return { json: data }
    let binary = ''
    for (const byte of bytes) binary += String.fromCharCode(byte)
    return { base64: btoa(binary) }
  }
  const decode = (data: { json?: unknown; base64?: string }): unknown =>
    data.base64 === undefined ? data.json : Uint8Array.from(atob(data.base64), (letter) => letter.charCodeAt(0))

  const openPort = (id: number): MessagePort => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = ({ data }) => send({ kind: 'port', id, data: encode(data) })
    port1.addEventListener('close', () => {
      ports.delete(id)
      send({ kind: 'port-closed', id })
    })
    ports.set(id, port1)
    return port2
  }
  world[fromMain] = (given) => {
    const message = given as {
      kind: string
      id: number
      channel: string
      data: object
      args: unknown[]
      ports: number[]
    } // made by frames.ts
    if (message.kind === 'port') ports.get(message.id)?.postMessage(decode(message.data))
    if (message.kind === 'port-closed') ports.get(message.id)?.close()
    if (message.kind !== 'message') return
    const event = { ports: message.ports.map(openPort), sender: ipcRenderer, senderId: 0 }
    for (const listener of [...(listeners.get(message.channel) ?? [])]) listener(event, ...message.args)
  }

  const on = (channel: string, listener: (...given: unknown[]) => void): void => {
    const known = listeners.get(channel) ?? new Set()
    listeners.set(channel, known.add(listener))
  }
  const off = (channel: string, listener: (...given: unknown[]) => void): void => {
    listeners.get(channel)?.delete(listener)
  }
  const once = (channel: string, listener: (...given: unknown[]) => void): void => {
    const first = (...given: unknown[]): void => {
      off(channel, first)
      listener(...given)
    }
    on(channel, first)
  }
  const ipcRenderer = {
    on,
    off,
    once,
    send: (channel: string, ...args: unknown[]) => send({ kind: 'ipc', channel, args }),
  }

  // The modules of a sandboxed preload that Hangar's requires.
  const require = (name: string): unknown => {
    if (name === 'electron' || name === 'electron/renderer') return { ipcRenderer }
    throw new Error(`module not found: ${name}`)
  }
  const module = { exports: {} }
  preload(require, module, module.exports)
}
