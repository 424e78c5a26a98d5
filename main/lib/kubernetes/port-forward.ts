import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { Problem } from '../../../preload/contract/problem.ts'
import type { KubernetesClient } from './client.ts'
import type { ClusterSocket } from './websocket.ts'

/**
 * The subprotocol that every kubelet since Kubernetes 1.8 speaks: channel 0 carries the data, channel 1 an error, and each begins
 * with the number of the port. It cannot say that one direction ended, and only a closed connection ends it.
 * https://github.com/kubernetes/kubernetes/blob/v1.36.3/staging/src/k8s.io/cri-streaming/pkg/streaming/portforward/websocket.go
 */
const subprotocol = 'v4.channel.k8s.io'
const dataChannel = 0
const errorChannel = 1
/** Opening, until the kubelet has confirmed the port. */
const connectLimitMs = 15_000
/**
 * The pod is not told that the input ended, so it may wait for more. Silence of this length then ends the connection; kubectl
 * ends it after 1 s, also during a response.
 */
const silenceLimitMs = 30_000
/** The kubelet accepts frames of up to 32 MiB. */
const frameBytes = 32_768
/** With more than this unsent, the writer waits, in pauses of this length. */
const unsentLimitBytes = 1_048_576
const unsentPauseMs = 5
/** The error channel carries text of the container runtime. */
const errorLimitCharacters = 1_024
/** Of one listener. Each connection is a WebSocket of its own. */
const connectionLimit = 32

export interface PodPort {
  readonly namespace: string
  readonly pod: string
  /** 1 to 65535, as a container listens on it at localhost. */
  readonly port: number
  /** How long the pod may be silent after the input ended; default 30,000. */
  readonly silenceMs?: number
}

export interface ForwardOptions extends PodPort {
  /** Connections at once; a further one is closed. Default 32. */
  readonly connections?: number
  /** Why a connection failed; its local side is reset. */
  readonly onProblem?: (problem: Problem) => void
}

export interface PortForward {
  /** On 127.0.0.1. Every program of this computer can connect to it. */
  readonly port: number
  /** Stops listening and resets the open connections. */
  close(): Promise<void>
}

/**
 * One connection to a port of a pod. The stream fails with PORT_FORWARD_FAILED, also when nothing listens on the port: the kubelet
 * confirms the forward before it connects. What the pod sent before a failure is read first. Ending the input keeps the output
 * open. The signal applies as long as the stream lives, and its reason is the stream's error.
 */
export async function openPort(client: KubernetesClient, to: PodPort, signal: AbortSignal): Promise<Duplex> {
  const path = `/api/v1/namespaces/${encodeURIComponent(to.namespace)}/pods/${encodeURIComponent(to.pod)}/portforward?ports=${to.port}`
  const limit = AbortSignal.timeout(connectLimitMs)
  const opening = AbortSignal.any([signal, limit])
  try {
    const stream = new PodPortStream(await client.socket(path, [subprotocol], opening), to)
    await stream.confirmed(opening)
    const stop = (): void => void stream.destroy(asError(signal.reason))
    signal.addEventListener('abort', stop, { once: true })
    stream.once('close', () => signal.removeEventListener('abort', stop))
    return stream
  } catch (error) {
    if (!limit.aborted || signal.aborted) throw error
    throw new Problem('TIMED_OUT', `The forward to ${nameOf(to)} was not confirmed in time.`, path)
  }
}

/** Listens on a free port of 127.0.0.1 and forwards each connection to the pod. Ends with the signal. */
export async function forwardPort(
  client: KubernetesClient,
  options: ForwardOptions,
  signal: AbortSignal,
): Promise<PortForward> {
  signal.throwIfAborted()
  const closed = new AbortController()
  const all = AbortSignal.any([signal, closed.signal])
  const open = new Set<Promise<void>>()
  const server = createServer({ allowHalfOpen: true }, (local) => {
    const carried = carry(client, local, options, all)
    open.add(carried)
    carried.finally(() => open.delete(carried))
  })
  server.maxConnections = options.connections ?? connectionLimit
  server.on('drop', () => {
    const message = `The forward to ${nameOf(options)} has ${server.maxConnections} connections already.`
    options.onProblem?.(new Problem('PORT_FORWARD_FAILED', message))
  })
  const close = async (): Promise<void> => {
    closed.abort(new Problem('CANCELLED', `The forward to ${nameOf(options)} was closed.`))
    server.close()
    await Promise.all(open)
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  signal.addEventListener('abort', close, { once: true })
  server.once('close', () => signal.removeEventListener('abort', close))
  const { port } = server.address() as AddressInfo // of a TCP server
  return { port, close }
}

/** Forwards one connection to its end. A failure resets the local side, so that it is not taken for an end of the data. */
async function carry(
  client: KubernetesClient,
  local: Socket,
  options: ForwardOptions,
  signal: AbortSignal,
): Promise<void> {
  const gone = new AbortController()
  local.once('close', () => gone.abort(new Problem('CANCELLED', 'The local connection was closed.')))
  local.on('error', () => undefined) // `close` follows, and the pipelines report it
  try {
    const remote = await openPort(client, options, AbortSignal.any([signal, gone.signal]))
    remote.once('error', () => local.resetAndDestroy())
    await Promise.all([pipeline(local, remote), pipeline(remote, local)])
  } catch (error) {
    local.resetAndDestroy()
    if (error instanceof Problem && error.code !== 'CANCELLED') options.onProblem?.(error)
  }
}

class PodPortStream extends Duplex {
  readonly #socket: ClusterSocket
  readonly #to: PodPort
  readonly #confirmed = Promise.withResolvers<void>()
  readonly #read: (frame: Buffer) => Frame
  #failure: Problem | undefined
  #closed = false
  #silence: NodeJS.Timeout | undefined

  constructor(socket: ClusterSocket, to: PodPort) {
    super({ allowHalfOpen: false })
    this.#socket = socket
    this.#to = to
    this.#read = frameReader(to.port)
    this.#confirmed.promise.catch(() => undefined)
    const { webSocket } = socket
    webSocket.binaryType = 'arraybuffer'
    webSocket.addEventListener('message', ({ data }) => {
      this.#receive(Buffer.from(data as ArrayBuffer)) // binaryType says so; a text frame is read as bytes
    })
    webSocket.addEventListener('close', ({ wasClean, code }) => {
      this.#closed = true
      if (!wasClean) this.#fail('was interrupted', `WebSocket close code ${code}`)
      if (this.#failure === undefined && !this.destroyed) this.push(null)
      this.#confirmed.reject(this.#failure ?? this.#problem('ended before it began', `WebSocket close code ${code}`))
    })
  }

  /** Resolves when the kubelet has sent the number of the port on both channels. */
  async confirmed(signal: AbortSignal): Promise<void> {
    const stop = (): void => this.#confirmed.reject(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
    try {
      signal.throwIfAborted()
      await this.#confirmed.promise
    } catch (error) {
      this.on('error', () => undefined) // it is thrown here
      this.destroy()
      throw error
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }

  override read(size?: number): unknown {
    const chunk: unknown = super.read(size)
    this.#settle()
    return chunk
  }

  override _read(): void {
    this.#socket.resume()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#send(chunk).then(() => done(), done)
  }

  override _final(done: () => void): void {
    this.#limitSilence()
    done()
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearTimeout(this.#silence)
    if (!this.#closed) this.#socket.destroy()
    done(error)
  }

  #receive(bytes: Buffer): void {
    if (this.#failure !== undefined) return
    const frame = this.#read(bytes)
    if (frame.kind === 'begun') this.#confirmed.resolve()
    else if (frame.kind === 'error') this.#fail('failed', frame.text)
    else if (frame.kind === 'invalid') this.#fail('broke the protocol', frame.reason)
    else if (frame.kind === 'data') {
      this.#silence?.refresh()
      if (!this.push(frame.content)) this.#socket.pause()
    }
  }

  async #send(bytes: Buffer): Promise<void> {
    const { webSocket } = this.#socket
    for (let sent = 0; sent < bytes.length; sent += frameBytes) {
      while (!this.#closed && webSocket.bufferedAmount > unsentLimitBytes) await delay(unsentPauseMs)
      if (this.#closed) return this.#fail('ended before the pod had received everything')
      webSocket.send(Buffer.concat([Buffer.of(dataChannel), bytes.subarray(sent, sent + frameBytes)]))
    }
  }

  #limitSilence(): void {
    const limitMs = this.#to.silenceMs ?? silenceLimitMs
    this.#silence = setTimeout(() => {
      // A reader that is behind is no silence of the pod.
      if (this.readableLength > 0) this.#silence?.refresh()
      else
        this.destroy(
          new Problem('TIMED_OUT', `${nameOf(this.#to)} sent nothing for ${limitMs} ms after the input ended.`),
        )
    }, limitMs)
  }

  #problem(what: string, evidence = ''): Problem {
    return new Problem('PORT_FORWARD_FAILED', `The forward to ${nameOf(this.#to)} ${what}.`, evidence)
  }

  /** The first failure counts; it is reported when what arrived before it has been read. */
  #fail(what: string, evidence?: string): void {
    this.#failure ??= this.#problem(what, evidence)
    this.#confirmed.reject(this.#failure)
    this.#socket.destroy()
    this.#settle()
  }

  #settle(): void {
    if (this.#failure === undefined || this.readableLength > 0) return
    // Later, because a failure can arrive with the confirmation, before the caller has the stream.
    setImmediate(() => this.destroy(this.#failure))
  }
}

type Frame =
  | { readonly kind: 'pending' | 'begun' }
  | { readonly kind: 'data'; readonly content: Buffer }
  | { readonly kind: 'error'; readonly text: string }
  | { readonly kind: 'invalid'; readonly reason: string }

/** Reads the frames of a forward of one port, in their order. */
export function frameReader(port: number): (frame: Buffer) => Frame {
  const begun = new Set<number>()
  return (frame) => {
    const channel = frame[0]
    if (channel !== dataChannel && channel !== errorChannel) return { kind: 'invalid', reason: `channel ${channel}` }
    const content = frame.subarray(1)
    if (!begun.has(channel)) {
      if (content.length !== 2 || content.readUInt16LE() !== port)
        return { kind: 'invalid', reason: `channel ${channel} began with ${content.subarray(0, 8).toString('hex')}` }
      begun.add(channel)
      return { kind: begun.size === 2 ? 'begun' : 'pending' }
    }
    if (channel === dataChannel) return { kind: 'data', content }
    const text = content.subarray(0, errorLimitCharacters).toString('utf8')
    return { kind: 'error', text: text.replace(/\p{Cc}+/gu, ' ').trim() }
  }
}

const nameOf = ({ namespace, pod, port }: PodPort): string => `port ${port} of pod ${namespace}/${pod}`

const asError = (reason: unknown): Error => (reason instanceof Error ? reason : new Error(String(reason)))
