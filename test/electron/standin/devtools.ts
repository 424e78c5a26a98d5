import { EventEmitter } from 'node:events'
import { WebSocket } from 'ws'

// biome-ignore lint/suspicious/noExplicitAny: the protocol's hundreds of shapes are documented, not declared, here
export type Parameters = Record<string, any>

interface Waiting {
  readonly method: string
  readonly resolve: (result: Parameters) => void
  readonly reject: (error: Error) => void
}

/** A session with one target: emits the events of the DevTools protocol by their names. */
export class DevToolsSession extends EventEmitter<Record<string, [Parameters]>> {
  readonly #devtools: DevTools
  readonly id: string | undefined
  constructor(devtools: DevTools, id?: string) {
    super()
    this.setMaxListeners(0)
    this.#devtools = devtools
    this.id = id
  }
  send(method: string, params: Parameters = {}): Promise<Parameters> {
    return this.#devtools.send(method, params, this.id)
  }
  /** Sends without waiting; ignores that the target may have closed. */
  post(method: string, params: Parameters = {}): void {
    this.send(method, params).catch(() => undefined)
  }
}

/** A connection to a running chromium. */
export class DevTools {
  readonly browser = new DevToolsSession(this)
  readonly #socket: WebSocket
  readonly #waiting = new Map<number, Waiting>()
  readonly #sessions = new Map<string, DevToolsSession>()
  #lastId = 0

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.on('message', (text) => this.#receive(JSON.parse(String(text))))
    socket.on('close', () => {
      for (const { method, reject } of this.#waiting.values())
        reject(new Error(`${method}: chromium has closed the connection`))
      this.#waiting.clear()
      this.browser.emit('closed', {})
    })
  }

  static async open(url: string): Promise<DevTools> {
    const socket = new WebSocket(url, { perMessageDeflate: false, maxPayload: 256 * 1024 * 1024 })
    await new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject))
    return new DevTools(socket)
  }

  session(id: string): DevToolsSession {
    const known = this.#sessions.get(id) ?? new DevToolsSession(this, id)
    this.#sessions.set(id, known)
    return known
  }

  send(method: string, params: Parameters, sessionId?: string): Promise<Parameters> {
    this.#lastId += 1
    const id = this.#lastId
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { method, resolve, reject })
      this.#socket.send(JSON.stringify({ id, method, params, sessionId }))
    })
  }

  close(): void {
    this.#socket.close()
  }

  #receive(message: Parameters): void {
    const waiting = this.#waiting.get(message.id)
    if (waiting !== undefined) {
      this.#waiting.delete(message.id)
      if (message.error === undefined) waiting.resolve(message.result)
      else waiting.reject(new Error(`${waiting.method}: ${message.error.message}`))
      return
    }
    const target = message.sessionId === undefined ? this.browser : this.session(message.sessionId)
    target.emit(message.method, message.params)
    if (message.method === 'Target.detachedFromTarget') this.#sessions.delete(message.params.sessionId)
  }
}
