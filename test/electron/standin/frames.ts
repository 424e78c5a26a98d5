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

/** A frame of a page: the part of Electron's WebFrameMain that the host uses. Emits `ipc` with channel and arguments. */
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
    this.#send({ kind: 'message', channel, args, ports: [] })
  }
  postMessage(channel: string, message: unknown, ports: MessagePortMain[] = []): void {
    const ids = ports.map((port) => this.#addPort(port))
    this.#send({ kind: 'message', channel, args: [message], ports: ids })
  }

  /** Called when the isolated world of a document is created. */
  enter(session: DevToolsSession, context: number): void {
    this.leave()
    this.#world = { session, context }
  }
  /** Called when the document is unloaded: closes each port that was sent to it. */
  leave(): void {
    this.#world = undefined
    for (const port of this.#ports.values()) port.remoteClosed()
    this.#ports.clear()
  }
  /** Handles a message from the isolated world. */
  receive(text: string): void {
    const message: FrameMessage = JSON.parse(text)
    if (message.kind === 'ipc') this.emit('ipc', message.channel, message.args)
    const port = this.#ports.get(message.id)
    if (message.kind === 'port') {
      const { json, base64 } = message.data
      port?.receive(base64 === undefined ? (json ?? null) : new Uint8Array(Buffer.from(base64, 'base64')))
    }
    if (message.kind === 'port-closed') {
      this.#ports.delete(message.id)
      port?.remoteClosed()
    }
  }

  #addPort(port: MessagePortMain): number {
    this.#lastPort += 1
    const id = this.#lastPort
    const partner = transfer(port, {
      send: (data) => this.#send({ kind: 'port', id, data: encode(data) }),
      close: () => this.#send({ kind: 'port-closed', id }),
    })
    this.#ports.set(id, partner)
    return id
  }
  #send(message: object): void {
    this.#world?.session.post('Runtime.callFunctionOn', {
      executionContextId: this.#world.context,
      functionDeclaration: `(message) => globalThis.${fromMain}?.(message)`,
      arguments: [{ value: message }],
    })
  }
}
