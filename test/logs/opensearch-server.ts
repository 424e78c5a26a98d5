import { spawn } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import type { Api } from '../bed/api.ts'
import { openSearchFolder } from '../bed/programs.ts'
import { until } from '../bed/until.ts'
import { shellPod } from '../bed/with-bed.ts'

const readyLimitMs = 180_000
const settings = `network.host: 127.0.0.1
discovery.type: single-node
cluster.routing.allocation.disk.threshold_enabled: false
`

export interface Running {
  /** At 127.0.0.1. */
  readonly port: number
  stop(): Promise<void>
}

/** Starts a node of OpenSearch that keeps everything in a folder. It chooses a port from 9201 to 9299. */
export async function startOpenSearch(folder: string, signal: AbortSignal): Promise<Running> {
  await mkdir(join(folder, 'node_1', 'config'), { recursive: true })
  await writeFile(join(folder, 'node_1', 'config', 'opensearch.yml'), settings)
  const jars = join(openSearchFolder(), 'jars', '*')
  const runner = ['-cp', jars, 'org.codelibs.opensearch.runner.OpenSearchRunner']
  const child = spawn(
    'java',
    ['-Xms128m', '-Xmx512m', ...runner, '-basePath', folder, '-numOfNode', '1', '-clusterName', 'hangar'],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  )
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (printed.length < 10_000) printed += text
  })
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL')
    await ended
  }
  const port = (): number => Number(/HTTP Port: +(\d+)/.exec(printed)?.[1])
  try {
    await until(
      'OpenSearch responds',
      async () => {
        if (child.exitCode !== null) throw new Error(`OpenSearch ended: ${printed}`)
        return await fetch(`http://127.0.0.1:${port()}/_cluster/health`, { signal }).then(
          ({ ok }) => ok,
          () => false,
        )
      },
      readyLimitMs,
      signal,
    )
  } catch (error) {
    await stop()
    throw error
  }
  return { port: port(), stop }
}

/** An address of this computer that an API server permits in endpoints: none of loopback. */
export const ownAddress = (): string | undefined =>
  Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address

/** Carries connections from this computer to its own address on to a port of 127.0.0.1. Others are closed. */
export async function relay(address: string, to: number): Promise<{ readonly port: number } & AsyncDisposable> {
  const open = new Set<Socket>()
  const server: Server = createServer((socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    socket.on('error', () => undefined)
    if (socket.remoteAddress !== address) return socket.destroy()
    const target = connect(to, '127.0.0.1').on('error', () => socket.destroy())
    socket.pipe(target).pipe(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, address, resolve))
  const { port } = server.address() as AddressInfo // of a TCP server
  return {
    port,
    [Symbol.asyncDispose]: () => {
      // The API server keeps its connections open.
      for (const socket of open) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

/**
 * A service that leads to one port of this computer. The API server carries requests only to addresses of pods, so there is a pod
 * with this one: nothing runs in it.
 */
export async function createService(
  api: Api,
  name: string,
  to: { readonly address: string; readonly port: number },
  signal: AbortSignal,
): Promise<void> {
  const metadata = { name, namespace: 'default' }
  const service = { apiVersion: 'v1', kind: 'Service', metadata, spec: { ports: [{ name: 'http', port: 9200 }] } }
  const pods = '/api/v1/namespaces/default/pods'
  await api.create(pods, { ...shellPod(name, 'true'), metadata }, signal)
  await api.patch(`${pods}/${name}/status`, { status: { podIP: to.address, podIPs: [{ ip: to.address }] } }, signal)
  const targetRef = { kind: 'Pod', namespace: 'default', name }
  const endpoints = {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata,
    subsets: [{ addresses: [{ ip: to.address, targetRef }], ports: [{ name: 'http', port: to.port }] }],
  }
  await api.create('/api/v1/namespaces/default/services', service, signal)
  await api.create('/api/v1/namespaces/default/endpoints', endpoints, signal)
}
