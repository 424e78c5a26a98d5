import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/**
 * The part of the Kubernetes API that serves logs: lists, watches and reads pods, and answers `pods/log` as the API
 * server and the kubelet do, faults included. What a test lets a container do is visible at once.
 * https://github.com/kubernetes/kubernetes/blob/v1.36.0/pkg/kubelet/kubelet_pods.go (GetKubeletContainerLogs)
 * https://github.com/kubernetes/kubernetes/blob/v1.36.0/staging/src/k8s.io/cri-client/pkg/logs/logs.go (ReadLogs)
 */
export class PodLogServer {
  readonly pods = new Map<string, ScriptedPod>()
  /** Of `pods/log`, in order. */
  readonly requests: Query[] = []
  /** Answers a request in place of the server: a status of failure, or 200 with the text of a kubelet that fails late. */
  fault: (request: Request) => Fault | undefined = () => undefined
  #version = 1
  readonly #server
  readonly #sockets = new Set<Socket>()
  readonly #watches = new Set<ServerResponse>()
  readonly follows = new Set<Follow>()

  constructor() {
    this.#server = createServer((request, response) => this.#answer(request, response))
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
    })
  }

  get address(): string {
    const { port } = this.#server.address() as AddressInfo // it listens on a port
    return `http://127.0.0.1:${port}`
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.listen(0, '127.0.0.1', resolve)
    })
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => {
      this.#server.close(resolve)
    })
  }

  pod(name: string, containers: readonly string[] = ['main']): ScriptedPod {
    const pod = new ScriptedPod(this, name, containers)
    this.pods.set(name, pod)
    this.changed(pod, 'ADDED')
    return pod
  }

  changed(pod: ScriptedPod, type: 'ADDED' | 'MODIFIED' | 'DELETED' = 'MODIFIED'): void {
    this.#version += 1
    for (const watch of this.#watches) watch.write(`${JSON.stringify({ type, object: this.#manifest(pod) })}\n`)
  }

  /** The API server ends the streams of a kubelet that it has lost without an error. */
  endFollows(): void {
    for (const follow of this.follows) follow.end()
  }

  /** All connections break, wherever they are. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  #manifest(pod: ScriptedPod) {
    return { ...pod.manifest(), metadata: { ...pod.manifest().metadata, resourceVersion: String(this.#version) } }
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '', 'http://server')
    const [, name, isLog] = /\/pods(?:\/([^/]+))?(\/log)?$/.exec(url.pathname) ?? []
    const query = Object.fromEntries(url.searchParams)
    const kind = isLog !== undefined ? 'log' : name !== undefined ? 'get' : 'watch' in query ? 'watch' : 'list'
    if (isLog !== undefined) this.requests.push(query)
    const fault = this.fault({ kind, query, pod: name ?? '' })
    if (fault !== undefined) {
      refuse(response, fault.status, fault.text)
      return
    }
    if (kind === 'list') {
      const items = [...this.pods.values()].map((pod) => this.#manifest(pod))
      json(response, 200, { kind: 'PodList', metadata: { resourceVersion: String(this.#version) }, items })
      return
    }
    if (kind === 'watch') {
      response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders()
      this.#watches.add(response)
      response.on('close', () => this.#watches.delete(response))
      return
    }
    const pod = this.pods.get(name ?? '')
    if (pod === undefined) refuse(response, 404, `pods "${name}" not found`)
    else if (kind === 'get') json(response, 200, this.#manifest(pod))
    else this.#serveLog(pod, query, response)
  }

  #serveLog(pod: ScriptedPod, query: Query, response: ServerResponse): void {
    const container = pod.containers.get(query.container ?? '')
    if (container === undefined) {
      refuse(response, 400, `container ${query.container} is not valid for pod ${pod.name}`)
      return
    }
    const instance = query.previous === 'true' ? container.previous() : container.current()
    if (instance === undefined) {
      const what = query.previous === 'true' ? 'previous terminated container' : 'container'
      refuse(response, 400, `${what} "${container.name}" in pod "${pod.name}" not found`)
      return
    }
    response.writeHead(200, { 'content-type': 'text/plain' }).flushHeaders()
    if (instance.isRemoved) {
      response.end(`unable to retrieve container logs for containerd://${container.name}`)
      return
    }
    const follow = new Follow(response, query)
    for (const line of follow.tailOf(instance.lines)) follow.send(line)
    if (query.follow !== 'true' || !instance.isRunning) {
      follow.end()
      return
    }
    this.follows.add(follow)
    instance.follows.add(follow)
    response.on('close', () => {
      this.follows.delete(follow)
      instance.follows.delete(follow)
    })
  }
}

type Query = Readonly<Record<string, string>>
interface Request {
  readonly kind: 'list' | 'watch' | 'get' | 'log'
  readonly query: Query
  readonly pod: string
}
interface Fault {
  readonly status: number
  readonly text: string
}

const json = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

const reasons: Readonly<Record<number, string>> = { 400: 'BadRequest', 403: 'Forbidden', 404: 'NotFound' }

function refuse(response: ServerResponse, status: number, message: string): void {
  if (status === 200) response.writeHead(200, { 'content-type': 'text/plain' }).end(message)
  else json(response, status, { kind: 'Status', status: 'Failure', code: status, reason: reasons[status], message })
}

/** One line of a file in the format of CRI; `partial`: the next one of this stream continues it. */
export interface FileLine {
  readonly ns: bigint
  readonly text: string
  readonly partial?: boolean
}

/** A response that sends lines as they are written. */
export class Follow {
  readonly response: ServerResponse
  readonly #query: Query
  #isNewLine = true
  #writtenBytes = 0

  constructor(response: ServerResponse, query: Query) {
    this.response = response
    this.#query = query
  }

  tailOf(lines: readonly FileLine[]): readonly FileLine[] {
    const { tailLines } = this.#query
    return tailLines === undefined ? lines : lines.slice(-Number(tailLines))
  }

  send({ ns, text, partial = false }: FileLine): void {
    const { sinceTime } = this.#query
    const isOld = sinceTime !== undefined && ns < BigInt(Date.parse(sinceTime)) * 1_000_000n
    if (!isOld) this.#write(`${this.#isNewLine ? `${stamp(ns)} ` : ''}${text}${partial ? '' : '\n'}`)
    this.#isNewLine = !partial
  }

  #write(text: string): void {
    if (this.response.writableEnded) return
    this.#writtenBytes += Buffer.byteLength(text)
    this.response.write(text)
  }

  /** What the client, and the buffers of the connection, have taken. */
  get takenBytes(): number {
    return this.#writtenBytes - this.response.writableLength
  }

  /** What a connection that is cut leaves of a line. */
  sendCut({ ns, text }: FileLine, characters: number): void {
    this.#write(`${stamp(ns)} ${text}`.slice(0, characters))
  }

  end(): void {
    this.response.end()
  }
}

/** The kubelet sends nine digits. */
const stamp = (ns: bigint): string =>
  `${new Date(Number(ns / 1_000_000n)).toISOString().slice(0, 19)}.${String(ns % 1_000_000_000n).padStart(9, '0')}Z`

/** The fraction of a second is left out. */
const statusTime = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`

class Instance {
  lines: FileLine[] = []
  isRunning = true
  exitCode = 0
  readonly startedMs: number
  finishedMs = 0
  /** Its log file is deleted. */
  isRemoved = false
  /** The kubelet does not notice the next file (kubernetes#115701). */
  isStalled = false
  readonly follows = new Set<Follow>()

  constructor(startedMs: number) {
    this.startedMs = startedMs
  }

  state() {
    const startedAt = statusTime(this.startedMs)
    if (this.isRunning) return { running: { startedAt } }
    return { terminated: { exitCode: this.exitCode, startedAt, finishedAt: statusTime(this.finishedMs) } }
  }

  write(line: FileLine): void {
    this.lines.push(line)
    if (!this.isStalled) for (const follow of this.follows) follow.send(line)
  }
}

export class ScriptedContainer {
  readonly name: string
  readonly #pod: ScriptedPod
  readonly #instances: Instance[] = []
  /** Instances that the status in the API server is behind the kubelet. */
  statusLag = 0

  constructor(pod: ScriptedPod, name: string) {
    this.#pod = pod
    this.name = name
  }

  start(): this {
    this.#instances.push(new Instance(this.#pod.clockMs))
    this.#pod.changed()
    return this
  }

  /** Nothing happens for this long. */
  idle(ms: number): this {
    this.#pod.clockMs += ms
    return this
  }

  /** One line; by default a millisecond after the last one. */
  print(text: string, more: { readonly ms?: number; readonly partial?: boolean } = {}): this {
    this.#pod.clockMs = more.ms ?? this.#pod.clockMs + 1
    this.#last().write({ ns: BigInt(this.#pod.clockMs) * 1_000_000n, text, partial: more.partial })
    return this
  }

  /** A line that only these streams have a part of, when they end. */
  printCut(text: string, characters: number): this {
    this.#pod.clockMs += 1
    const line = { ns: BigInt(this.#pod.clockMs) * 1_000_000n, text }
    const instance = this.#last()
    instance.lines.push(line)
    for (const follow of instance.follows) follow.sendCut(line, characters)
    return this
  }

  exit(code = 0): this {
    const instance = this.#last()
    instance.isRunning = false
    instance.finishedMs = this.#pod.clockMs
    instance.exitCode = code
    for (const follow of instance.follows) follow.end()
    this.#pod.changed()
    return this
  }

  rotate({ stalls = false } = {}): this {
    const instance = this.#last()
    instance.lines = []
    instance.isStalled = stalls
    return this
  }

  /** The kubelet has removed the log of the instance before. */
  removePrevious(): this {
    const instance = this.#instances.at(-2)
    if (instance !== undefined) instance.isRemoved = true
    return this
  }

  #last(): Instance {
    return this.#instances.at(-1) ?? this.start().#last()
  }

  current(): Instance | undefined {
    return this.#instances.at(-1)
  }

  /** In CrashLoopBackOff, it is the current one. */
  previous(): Instance | undefined {
    return this.#pod.waits && this.current()?.isRunning === false ? this.current() : this.#instances.at(-2)
  }

  status() {
    const shown = this.#instances.length - 1 - this.statusLag
    const instance = this.#instances[Math.max(0, shown)]
    const state = instance?.state()
    const waiting = { reason: instance === undefined ? 'ContainerCreating' : 'CrashLoopBackOff' }
    const isWaiting = instance === undefined || (!instance.isRunning && this.#pod.waits)
    return {
      name: this.name,
      restartCount: Math.max(0, shown),
      containerID: `containerd://${this.name}-${Math.max(0, shown)}`,
      state: isWaiting ? { waiting } : state,
      lastState: (isWaiting ? state : this.#instances[shown - 1]?.state()) ?? {},
    }
  }
}

let pods = 0

export class ScriptedPod {
  readonly name: string
  readonly uid: string
  readonly #server: PodLogServer
  readonly containers: ReadonlyMap<string, ScriptedContainer>
  readonly #init: ReadonlySet<string>
  readonly #ephemeral: ReadonlySet<string>
  clockMs = Date.UTC(2026, 10, 22, 10)
  /** A container that has ended waits for its next start. */
  waits = false
  phase = 'Running'

  /** Containers are named `main`, `init:NAME` or `ephemeral:NAME`. */
  constructor(server: PodLogServer, name: string, containers: readonly string[]) {
    pods += 1
    this.#server = server
    this.name = name
    this.uid = `uid-${pods}`
    const named = (prefix: string) =>
      containers.filter((each) => each.startsWith(prefix)).map((each) => each.slice(prefix.length))
    this.#init = new Set(named('init:'))
    this.#ephemeral = new Set(named('ephemeral:'))
    this.containers = new Map(
      containers
        .map((each) => each.replace(/^.*:/, ''))
        .map((container) => [container, new ScriptedContainer(this, container)]),
    )
  }

  container(name = 'main'): ScriptedContainer {
    const container = this.containers.get(name)
    if (container === undefined) throw new Error(`There is no container ${name}`)
    return container
  }

  changed(): void {
    this.#server.changed(this)
  }

  delete(): void {
    this.#server.pods.delete(this.name)
    for (const container of this.containers.values())
      for (const follow of container.current()?.follows ?? []) follow.end()
    this.#server.changed(this, 'DELETED')
  }

  manifest() {
    const statuses = (isKind: (name: string) => boolean) =>
      [...this.containers.values()].filter(({ name }) => isKind(name)).map((container) => container.status())
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: this.name, namespace: 'n', uid: this.uid, labels: { app: 'orders' } },
      spec: { initContainers: [...this.#init].map((name) => ({ name })) },
      status: {
        phase: this.phase,
        containerStatuses: statuses((name) => !this.#init.has(name) && !this.#ephemeral.has(name)),
        initContainerStatuses: statuses((name) => this.#init.has(name)),
        ephemeralContainerStatuses: statuses((name) => this.#ephemeral.has(name)),
      },
    }
  }
}
