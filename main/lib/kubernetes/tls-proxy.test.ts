import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer, type TLSSocket } from 'node:tls'
import { expect, it, onTestFinished, vi } from 'vitest'
import { kubeconfigFolder } from '../../../test/clusters/kubeconfig-folder.ts'
import { createAuthority } from '../../../test/peers/authority.ts'
import { openCluster } from './open.ts'

/** An untrusted TLS server, and the bytes that it received after the handshake. */
async function serveUntrusted() {
  const { certificate: cert, key } = createAuthority('Nobody').issue({ names: ['localhost'] })
  const received: string[] = []
  const sockets = new Set<TLSSocket>()
  const server = createServer({ cert, key }, (socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('data', (data) => {
      received.push(data.toString())
      socket.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n')
    })
  })
  server.on('tlsClientError', () => undefined)
  server.listen(0, 'localhost')
  await once(server, 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const { port } = server.address() as AddressInfo // of a TCP server
  return { port, received }
}

async function request(cluster: Record<string, unknown>): Promise<unknown> {
  const config = await kubeconfigFolder(cluster, { token: 'canary-token' })
  const client = await openCluster(config.connection)
  onTestFinished(async () => {
    await client.close()
    await config.remove()
  })
  return client.request('GET', '/version', {}, AbortSignal.timeout(5_000))
}

it('a proxy with an untrusted certificate gets neither the destination nor its own user and password', async () => {
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0')
  onTestFinished(() => void vi.unstubAllEnvs())
  const proxy = await serveUntrusted()
  const url = `https://user:canary-password@localhost:${proxy.port}`

  await expect(request({ server: 'https://api.cluster.test:6443', 'proxy-url': url })).rejects.toThrow()
  expect(proxy.received).toEqual([])
})

it('a cluster with an untrusted certificate gets no token', async () => {
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0')
  onTestFinished(() => void vi.unstubAllEnvs())
  const api = await serveUntrusted()

  await expect(request({ server: `https://localhost:${api.port}` })).rejects.toThrow()
  expect(api.received).toEqual([])
})
