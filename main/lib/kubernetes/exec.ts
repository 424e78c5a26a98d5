import { once } from 'node:events'
import { PassThrough, Readable } from 'node:stream'
import type { Exec } from '@kubernetes/client-node/dist/exec.js'
import type { WebSocket } from 'undici'
import type { KubernetesClient } from './client.ts'

/** Version 5 (Kubernetes 1.30) can close the program's standard input; version 4 cannot. */
const closesInput = 'v5.channel.k8s.io'
const protocols = [closesInput, 'v4.channel.k8s.io'] as const
/** Channels of output; other channels are ignored. */
const outputChannels: ReadonlySet<number | undefined> = new Set([1, 2, 3])
const chunkBytes = 32_768
/** Of standard error, this many of the last characters are kept. */
const errorLimitCharacters = 2_000

export interface ExecOptions {
  readonly namespace: string
  readonly pod: string
  readonly container: string
  /** Program and arguments; no shell. The API server's audit log shows them: never a secret. */
  readonly command: readonly string[]
  /** Written to standard input, which is then closed where the cluster supports it. */
  readonly stdin?: Uint8Array
}

export interface ExecResult {
  readonly ok: boolean
  /** Why it failed, from the kubelet or the runtime, and then from the program's standard error. */
  readonly message: string
}

/**
 * Runs a program in a running container and yields its standard output. Returns how it ended. Leaving the generator closes the
 * connection; a program that does not read its input may continue. The frames are read and written by @kubernetes/client-node,
 * over a WebSocket of our client, which has the credentials and the proxy.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#websockets
 */
export async function* execInPod(
  client: KubernetesClient,
  { namespace, pod, container, command, stdin }: ExecOptions,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, ExecResult> {
  const stdout = new PassThrough()
  const stderr = new PassThrough().setEncoding('utf8')
  let errors = ''
  stderr.on('data', (text: string) => {
    errors = (errors + text).slice(-errorLimitCharacters)
  })
  const ended = Promise.withResolvers<ExecResult>()
  let socket: WebSocket | undefined
  const close = (message: string): void => {
    ended.resolve({ ok: false, message })
    stdout.end()
  }
  const connect = async (path: string, onFrame: OnFrame): Promise<WebSocket> => {
    socket = (await client.socket(path, protocols, signal)).webSocket
    socket.binaryType = 'arraybuffer'
    socket.addEventListener('message', ({ data }) => {
      const frame = Buffer.from(data as ArrayBuffer) // binaryType is arraybuffer
      if (!outputChannels.has(frame[0])) return
      try {
        onFrame(frame[0] ?? 0, frame.subarray(1))
      } catch (error) {
        close(error instanceof Error ? error.message : String(error))
      }
    })
    socket.addEventListener('close', () => close('the connection to the pod ended'))
    return socket
  }
  const input = async function* (bytes: Uint8Array): AsyncGenerator<Uint8Array> {
    for (let sent = 0; sent < bytes.length; sent += chunkBytes)
      yield Buffer.from(bytes.subarray(sent, sent + chunkBytes))
    // Under version 4 the library ends the connection with the input, and the output is lost (kubernetes-client/javascript#465).
    if (socket?.protocol !== closesInput) await ended.promise
  }
  const stop = (): void => close('cancelled')
  signal.addEventListener('abort', stop, { once: true })
  try {
    const exec = await execOver(connect)
    const source = stdin === undefined ? null : Readable.from(input(stdin), { objectMode: false })
    await exec.exec(namespace, pod, container, [...command], stdout, stderr, source, false, (status) =>
      ended.resolve({ ok: status.status === 'Success', message: status.message ?? '' }),
    )
    for await (const chunk of stdout) yield chunk
    signal.throwIfAborted()
    const { ok, message } = await ended.promise
    if (!ok && !stderr.readableEnded && stderr.writableEnded) await once(stderr, 'end')
    return { ok, message: [message, errors.trim()].filter(Boolean).join(': ') }
  } finally {
    signal.removeEventListener('abort', stop)
    ended.resolve({ ok: false, message: 'cancelled' })
    socket?.close()
  }
}

type OnFrame = (channel: number, content: Buffer) => boolean

/** Imported when first used: 33 ms, where the whole library takes 400. */
async function execOver(connect: (path: string, onFrame: OnFrame) => Promise<WebSocket>): Promise<Exec> {
  const library = await import('@kubernetes/client-node/dist/exec.js')
  const handler = {
    connect: (path: string, _onText: unknown, onFrame: OnFrame | null) => connect(path, onFrame ?? (() => true)),
  }
  // Only the handler uses the kubeconfig. undici's WebSocket has the methods of `ws` that the library calls.
  return new library.Exec(undefined as never, handler as never)
}
