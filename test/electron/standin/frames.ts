import { EventEmitter } from 'node:events'
import type { DevToolsSession } from './devtools.ts'
import { type MessagePortMain, type PortData, transfer } from './ports.ts'

/** Names in the isolated world; no page can see them. */
export const toMain = 'standinToMain'
export const fromMain = 'standinFromMain'

interface FrameMessage {
  readonly kind: 'ipc' | 'port' | 'port-closed'
  readonly id: number
  readonly channel: string
  readonly args: unknown[]
  readonly data: { readonly json?: PortData; readonly base64?: string }
}

const encode = (data: PortData): object =>
  data instanceof Uint8Array ? { base64: Buffer.from(data).toString('base64') } : { json: data }

/** A frame of a page, for as much of Electron's WebFrameMain as the host looks at. Emits `ipc` with channel and arguments. */
export class Frame extends EventEmitter {
  url = ''
  origin = 'null'
  readonly parent: Frame | null
  #world: { readonly session: DevToolsSession; readonly context: number } | undefined
  readonly #ports = new Map<number, MessagePortMain>()
  #lastPort = 0

  readonly frames: Frame[] = []

  constructor(parent: Frame | null) {
    super()
    this.parent = parent
    parent?.frames.push(this)
  }
  get top(): Frame {
    return this.parent?.top ?? this
  }
  get detached(): boolean {
    return this.#world === undefined
  }
  isDestroyed(): boolean {
    return false
  }
  send(channel: string, ...args: unknown[]): void {
    this.#say({ kind: 'message', channel, args, ports: [] })
  }
  postMessage(channel: string, message: unknown, ports: MessagePortMain[] = []): void {
    const ids = ports.map((port) => this.#takeIn(port))
    this.#say({ kind: 'message', channel, args: [message], ports: ids })
  }

  /** A document's isolated world has been made. */
  enter(session: DevToolsSession, context: number): void {
    this.leave()
    this.#world = { session, context }
  }
  /** Its document has gone, and every port that was given to it. */
  leave(): void {
    this.#world = undefined
    for (const port of this.#ports.values()) port.farClosed()
    this.#ports.clear()
  }
  /** What the isolated world said. */
  hear(text: string): void {
    const message: FrameMessage = JSON.parse(text)
    if (message.kind === 'ipc') this.emit('ipc', message.channel, message.args)
    const port = this.#ports.get(message.id)
    if (message.kind === 'port') {
      const { json, base64 } = message.data
      port?.receive(base64 === undefined ? (json ?? null) : new Uint8Array(Buffer.from(base64, 'base64')))
    }
    if (message.kind === 'port-closed') {
      this.#ports.delete(message.id)
      port?.farClosed()
    }
  }

  #takeIn(port: MessagePortMain): number {
    this.#lastPort += 1
    const id = this.#lastPort
    const partner = transfer(port, {
      send: (data) => this.#say({ kind: 'port', id, data: encode(data) }),
      close: () => this.#say({ kind: 'port-closed', id }),
    })
    this.#ports.set(id, partner)
    return id
  }
  #say(message: object): void {
    this.#world?.session.post('Runtime.callFunctionOn', {
      executionContextId: this.#world.context,
      functionDeclaration: `(message) => globalThis.${fromMain}?.(message)`,
      arguments: [{ value: message }],
    })
  }
}
