import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { json, serveApi } from '../../../test/clusters/api-server.ts'
import { makeCertificates } from '../../../test/clusters/certificates.ts'
import { kubeconfigFolder } from '../../../test/clusters/kubeconfig-folder.ts'
import { openCluster } from './open.ts'

/** A SOCKS5 server (RFC 1928) without authentication that resolves every name to 127.0.0.1 and records the targets. */
async function serveSocks() {
  const targets: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer(async (client) => {
    sockets.add(client)
    client.on('error', () => client.destroy())
    const [hello] = await once(client, 'data')
    expect([...hello.subarray(0, 1)]).toEqual([5])
    client.write(Buffer.from([5, 0]))
    const [request] = await once(client, 'data')
    const isName = request[3] === 3
    const end = isName ? 5 + request[4] : 8
    const host = isName ? request.subarray(5, end).toString() : [...request.subarray(4, 8)].join('.')
    const port = request.readUInt16BE(end)
    targets.push(`${host}:${port}`)
    const remote = connect(port, '127.0.0.1', () => {
      client.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 0]))
      client.pipe(remote).pipe(client)
    })
    sockets.add(remote)
    remote.on('error', () => client.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // of a TCP server
  const close = () => {
    for (const socket of sockets) socket.destroy()
    server.close()
  }
  return { port, targets, close }
}

// client-go accepts socks5h from the environment only.
it.each([
  { scheme: 'socks5', from: 'kubeconfig' },
  { scheme: 'socks5', from: 'environment' },
  { scheme: 'socks5h', from: 'environment' },
])('reaches a cluster through a $scheme proxy of the $from, which resolves its name', async ({ scheme, from }) => {
  const tls = await makeCertificates()
  const server = await serveApi(tls, (_seen, response) => json(response, 200, { gitVersion: 'v1' }))
  const proxy = await serveSocks()
  const url = `${scheme}://127.0.0.1:${proxy.port}`
  const config = await kubeconfigFolder(
    {
      server: `https://api.cluster.test:${server.port}`,
      'certificate-authority-data': Buffer.from(tls.ca).toString('base64'),
      ...(from === 'kubeconfig' ? { 'proxy-url': url } : {}),
    },
    {},
    from === 'environment' ? { HTTPS_PROXY: url } : {},
  )
  const client = await openCluster(config.connection)
  onTestFinished(async () => {
    await client.close()
    proxy.close()
    await server.close()
    await config.remove()
  })

  expect(await client.request('GET', '/version', {}, AbortSignal.timeout(5_000))).toEqual({ gitVersion: 'v1' })
  expect(proxy.targets).toEqual([`api.cluster.test:${server.port}`])
})
