import { EventEmitter } from 'node:events'

/** What a port's message may hold here: text, or bytes. Hangar's transport sends nothing else. */
export type PortData = string | Uint8Array | null | number | boolean | object

/** Carries one port's messages to the far side, wherever that is. */
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

  /** Joins the port to its far side. What was posted before goes first. */
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
  /** A message from the far side. */
  receive(data: PortData): void {
    if (this.#closed) return
    if (this.#waiting === undefined) this.emit('message', { data, ports: [] })
    else this.#waiting.push(data)
  }
  /** What was held back here, for the place that the port moves to. */
  takeWaiting(): PortData[] {
    return this.#waiting?.splice(0) ?? []
  }
  /** The far side has gone. */
  farClosed(): void {
    if (this.#closed) return
    this.#closed = true
    this.emit('close')
  }
}

/** Two ports, each the far side of the other until one is transferred. */
export class MessageChannelMain implements Electron.MessageChannelMain {
  readonly port1 = new MessagePortMain()
  readonly port2 = new MessagePortMain()
  constructor() {
    partners.set(this.port1, this.port2)
    partners.set(this.port2, this.port1)
    this.port1.join({ send: (data) => this.port2.receive(data), close: () => this.port2.farClosed() })
    this.port2.join({ send: (data) => this.port1.receive(data), close: () => this.port1.farClosed() })
  }
}

const partners = new WeakMap<MessagePortMain, MessagePortMain>()

/** Takes a transferred port out of this process: from now on its partner speaks to `link`. Returns that partner. */
export function transfer(port: MessagePortMain, link: PortLink): MessagePortMain {
  const partner = partners.get(port)
  if (partner === undefined) throw new Error('This port has been transferred before.')
  partners.delete(port)
  partner.join(link)
  for (const data of port.takeWaiting()) link.send(data)
  return partner
}
