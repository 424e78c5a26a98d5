import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { implement } from '@orpc/server'
import { onTestFinished } from 'vitest'
import { type ClientOptions, WebSocket } from 'ws'
import type { App } from '../../main/app.ts'
import { type Listening, listen } from '../../main/serve/listen.ts'
import type { Welcome } from '../../preload/browser-session.ts'
import { contract } from '../../preload/contract/index.ts'

/** Of `/assets/large.js`: more than the buffers of a connection. */
export const largeBytes = 24 * 1024 * 1024

/** The browser host with a small page and a core of three procedures. */
export interface Host extends Listening {
  /** Streams that run in the core. */
  readonly streams: Set<AbortSignal>
  /** Lets the calls of `vault.status` end, which wait for it. */
  answerCalls(): void
}

/** Stops at the end of the test. */
export async function startHost(): Promise<Host> {
  const root = await mkdtemp(join(tmpdir(), 'hangar-host-'))
  await mkdir(join(root, 'assets'))
  await writeFile(join(root, 'index.html'), '<title>Hangar</title><script type=module src=/assets/main.js></script>')
  await writeFile(join(root, 'assets', 'main.js'), 'document.title = "loaded"')
  await writeFile(join(root, 'assets', 'large.js'), '/'.repeat(largeBytes))
  const os = implement(contract)
  const streams = new Set<AbortSignal>()
  const answer = Promise.withResolvers<void>()
  const router = {
    settings: {
      about: os.settings.about.handler(
        () => ({ version: '1', host: 'browser', home: '/', runtime: 'node', platform: 'linux' }) as const,
      ),
    },
    vault: {
      status: os.vault.status.handler(async () => {
        await answer.promise
        return { backend: 'keychain', state: 'open', reason: '' } as const
      }),
    },
    operations: {
      watch: os.operations.watch.handler(async function* ({ signal }) {
        if (signal === undefined) return
        streams.add(signal)
        try {
          yield { operations: [] }
          if (!signal.aborted) await once(signal, 'abort')
        } finally {
          streams.delete(signal)
        }
      }),
    },
  }
  // Only what the tests call is there.
  const app = { router, close: async () => undefined } as unknown as App
  const listening = await listen(Promise.resolve(root), Promise.resolve(app), 0)
  onTestFinished(async () => {
    await listening.close()
    await rm(root, { recursive: true })
  })
  return { ...listening, streams, answerCalls: answer.resolve }
}

export const tokenOf = (address: string): string =>
  new URLSearchParams(new URL(address).hash.slice(1)).get('token') ?? ''

/** A socket with the headers of our page: any program can send them. */
export async function openSocket(port: number, options: ClientOptions = {}, address = '127.0.0.1'): Promise<WebSocket> {
  const headers = { origin: `http://${address}:${port}`, ...options.headers }
  const socket = new WebSocket(`ws://${address}:${port}/rpc`, { ...options, headers })
  onTestFinished(() => socket.terminate())
  socket.on('error', () => undefined) // the close that follows is what is tested
  await once(socket, 'open')
  return socket
}

/** Sends the first message; resolves with the session, or with the code of the close. */
export function hello(socket: WebSocket, message: unknown): Promise<Welcome | number> {
  const answer = new Promise<Welcome | number>((resolve) => {
    socket.once('message', (data) => resolve(JSON.parse(String(data))))
    socket.once('close', resolve)
  })
  socket.send(JSON.stringify(message))
  return answer
}

export interface SignedIn extends Welcome {
  readonly socket: WebSocket
}

/** Signs in with a new address, or with the key of an earlier sign-in. */
export async function signIn(host: Listening, key?: string): Promise<SignedIn> {
  const socket = await openSocket(host.port)
  const welcome = await hello(socket, key === undefined ? { token: tokenOf(host.createAddress()) } : { key })
  if (typeof welcome === 'number') throw new Error(`The host closed the socket with ${welcome}.`)
  return { socket, ...welcome }
}

export interface Answer {
  readonly status: number
  /** The result, or the error. */
  readonly body: unknown
}

interface Pending {
  resolve(answer: Answer): void
  reject(error: Error): void
}

/** The calls of each socket that have no answer yet, by id. */
const pendingOf = new WeakMap<WebSocket, Map<string, Pending>>()

/** One listener per socket: tests make thousands of calls. */
function pendingCalls(socket: WebSocket): Map<string, Pending> {
  const known = pendingOf.get(socket)
  if (known !== undefined) return known
  const pending = new Map<string, Pending>()
  pendingOf.set(socket, pending)
  socket.on('message', (data) => {
    const { i, p } = JSON.parse(String(data))
    pending.get(i)?.resolve({ status: p.s ?? 200, body: p.b?.json })
    pending.delete(i)
  })
  socket.once('close', (code) => {
    for (const { reject } of pending.values()) reject(new Error(`The host closed the socket with ${code}.`))
  })
  return pending
}

let lastCall = 0

/** Calls the procedure of this path; resolves with the first message of the host for it. */
export function call(socket: WebSocket, path: string): Promise<Answer> {
  lastCall += 1
  const id = `call-${lastCall}`
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  promise.catch(() => undefined) // awaited by the caller, or of no interest
  pendingCalls(socket).set(id, { resolve, reject })
  socket.send(JSON.stringify({ i: id, p: { u: path } }))
  return promise
}

export const closed = (socket: WebSocket): Promise<number> => new Promise((resolve) => socket.once('close', resolve))
