import { EventEmitter } from 'node:events'

/** What a port's message may hold here: text, or bytes. Hangar's transport sends nothing else. */
export type PortData = string | Uint8Array | null | number | boolean | object

/** Sends the messages of one port to its remote port, in this or another process. */
export interface PortLink {
  send(data: PortData): void
  close(): void
}

/** Electron's MessagePortMain: holds messages back until it is started; may be transferred to a page once. */
export class MessagePortMain extends EventEmitter implements Electron.MessagePortMain {
  #link: PortLink | undefined
  #waiting: PortData[] | undefined = []
  #early: PortData[] = []
  #closed = false

  /** Connects the port to its remote port. Messages posted before are sent first. */
  join(link: PortLink): void {
    this.#link = link
    for (const data of this.#early.splice(0)) link.send(data)
    if (this.#closed) link.close()
  }
  postMessage(data: PortData): void {
    if (this.#closed) return
    if (this.#link === undefined) this.#early.push(data)
    else this.#link.send(data)
  }
  start(): void {
    const waiting = this.#waiting ?? []
    this.#waiting = undefined
    for (const data of waiting) this.emit('message', { data, ports: [] })
  }
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#link?.close()
    this.emit('close')
  }
  /** Receives a message from the remote port. */
  receive(data: PortData): void {
    if (this.#closed) return
    if (this.#waiting === undefined) this.emit('message', { data, ports: [] })
    else this.#waiting.push(data)
  }
  /** The messages received before `start`, for the process that the port is transferred to. */
  takeWaiting(): PortData[] {
    return this.#waiting?.splice(0) ?? []
  }
  /** Closes the port after its remote port has closed. */
  remoteClosed(): void {
    if (this.#closed) return
    this.#closed = true
    this.emit('close')
  }
}

/** Two ports, each the remote port of the other until one is transferred. */
export class MessageChannelMain implements Electron.MessageChannelMain {
  readonly port1 = new MessagePortMain()
  readonly port2 = new MessagePortMain()
  constructor() {
    partners.set(this.port1, this.port2)
    partners.set(this.port2, this.port1)
    this.port1.join({ send: (data) => this.port2.receive(data), close: () => this.port2.remoteClosed() })
    this.port2.join({ send: (data) => this.port1.receive(data), close: () => this.port1.remoteClosed() })
  }
}

const partners = new WeakMap<MessagePortMain, MessagePortMain>()

/** Transfers a port to another process: its partner then sends to `link`. Returns the partner. */
export function transfer(port: MessagePortMain, link: PortLink): MessagePortMain {
  const partner = partners.get(port)
  if (partner === undefined) throw new Error('This port has already been transferred.')
  partners.delete(port)
  partner.join(link)
  for (const data of port.takeWaiting()) link.send(data)
  return partner
}
