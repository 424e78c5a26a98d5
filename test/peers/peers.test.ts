import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { run } from '../../scripts/run.ts'
import { createAuthority } from './authority.ts'
import { callGrpc, dial, requestHttps, sendAndRead } from './clients.ts'
import { type Peers, peerNames, startPeers } from './peers.ts'

let folder: string
let peers: Peers
const end = new AbortController()

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'peers-'))
  peers = await startPeers({ address: '127.0.0.1', folder: join(folder, 'state') }, end.signal)
}, 240_000)
afterAll(async () => {
  await peers?.stop()
  await rm(folder, { recursive: true, force: true })
}, 30_000)

const clientCertificate = (authority = peers.authority) => {
  const { certificate: cert, key } = authority.issue({ client: true, commonName: 'plane-demo' })
  return { cert, key }
}
const upgrade = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
}
const agentPath = '/ws?planeType=dataplane&planeID=demo'

describe('the control plane', () => {
  it.each([
    ['without a client certificate', {}, 401, 'no client certificate presented'],
    [
      'with a certificate of another authority',
      clientCertificateOf(createAuthority()),
      401,
      'client certificate verification failed',
    ],
  ] as const)('refuses an agent %s', async (_, certificate, status, words) => {
    const answer = await requestHttps(peers, peers.controlPlane, agentPath, { headers: upgrade, ...certificate })

    expect(answer).toMatchObject({ status, body: expect.stringContaining(words) })
  })

  it('requires the id of the plane before a client certificate', async () => {
    expect(await requestHttps(peers, peers.controlPlane, '/ws', { headers: upgrade })).toMatchObject({ status: 400 })
  })

  it('acknowledges heartbeats of a connected agent, and lists it', async () => {
    const { host: address, ...options } = dial(peers, peers.controlPlane)
    const socket = new WebSocket(`wss://${address}:${options.port}${agentPath}`, { ...options, ...clientCertificate() })
    const acknowledged = new Promise((resolve) => socket.once('message', (data) => resolve(JSON.parse(String(data)))))
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
    socket.send(JSON.stringify({ type: 'heartbeat', sequence: 7, kubernetes: { version: 'v1.36.3' } }))

    expect(await acknowledged).toEqual({ type: 'heartbeat-ack', sequence: 7 })
    const agent = await peers.controlPlane.seen('demo', 1, AbortSignal.timeout(5_000))
    expect(agent).toMatchObject({ heartbeats: 1, kubernetes: { version: 'v1.36.3' } })

    socket.terminate()
    await expect.poll(() => peers.controlPlane.agents()).toEqual([])
  })
})

/** The table of a test is evaluated before the servers start. */
function clientCertificateOf(authority: ReturnType<typeof createAuthority>) {
  const { certificate: cert, key } = authority.issue({ client: true })
  return { cert, key }
}

describe('the global adaptor', () => {
  it('answers UNIMPLEMENTED to an unknown method, over HTTP/2', async () => {
    const answer = await callGrpc(peers, peers.globalAdaptor, '/hangar.probe/Nothing')

    expect(answer).toMatchObject({ status: '12', alpn: 'h2' })
  })

  it('streams only to a plane with its certificate', async () => {
    const path = '/hangar.adaptor.v1.GlobalAdaptor/Watch'

    expect(await callGrpc(peers, peers.globalAdaptor, path)).toMatchObject({ status: '16' })
    expect((await callGrpc(peers, peers.globalAdaptor, path, clientCertificate())).data).toEqual(
      Buffer.from([0, 0, 0, 0, 2, 8, 1]),
    )
  })

  it('does not negotiate HTTP/1.1', async () => {
    const socket = connect({ ...dial(peers, peers.globalAdaptor), ALPNProtocols: ['http/1.1'] })
    const outcome = await new Promise((resolve) => {
      socket.once('secureConnect', () => resolve(socket.alpnProtocol))
      socket.once('error', () => resolve('refused'))
    })
    socket.destroy()

    expect(outcome).not.toBe('http/1.1')
  })
})

describe('the message brokers', () => {
  it('use AMQP 1.0 at the service bus: the same header, then the mechanisms', async () => {
    const header = Buffer.from('AMQP\x03\x01\x00\x00', 'latin1')

    const response = await sendAndRead(peers, peers.serviceBus, header, 24)

    expect(response.subarray(0, 8)).toEqual(header)
    expect(response.subarray(16, 19).toString('hex')).toBe('005340')
    expect(response.toString('latin1')).toContain('PLAIN')
  })

  it('use AMQP 0-9-1 at the event hub: Connection.Start', async () => {
    const response = await sendAndRead(peers, peers.eventHub, Buffer.from('AMQP\x00\x00\x09\x01', 'latin1'), 11)

    expect(response.subarray(0, 3).toString('hex')).toBe('010000')
    expect(response.subarray(7, 11).toString('hex')).toBe('000a000a')
  })
})

describe('the key vault', () => {
  it('answers its health without a token, and secrets only with its token', async () => {
    const path = '/v1/secret/data/plane/integrations'
    const read = (token?: string) =>
      requestHttps(peers, peers.keyVault, path, { headers: token ? { 'x-vault-token': token } : {} })

    expect(JSON.parse((await requestHttps(peers, peers.keyVault, '/v1/sys/health')).body)).toMatchObject({
      initialized: true,
      sealed: false,
    })
    expect((await read()).status).toBe(403)
    expect((await read('hvs.wrong')).status).toBe(403)
    expect(JSON.parse((await read(peers.keyVault.token)).body).data.data).toHaveProperty('warehousePassword')
  })
})

describe('a registry', () => {
  const basic = (password: string) => ({
    authorization: `Basic ${Buffer.from(`plane:${password}`).toString('base64')}`,
  })

  it('refers clients to its token server, which rejects a wrong password', async () => {
    const answer = await requestHttps(peers, peers.registry, '/v2/')

    expect(answer.status).toBe(401)
    expect(answer.headers['docker-distribution-api-version']).toBe('registry/2.0')
    expect(answer.headers['www-authenticate']).toContain(
      `Bearer realm="https://${peers.registry.host}:${peers.registry.port}/token"`,
    )
    expect((await requestHttps(peers, peers.registry, '/token', { headers: basic('guess') })).status).toBe(401)
  })

  it('lets its account pull, and not push', async ({ skip }) => {
    if (peers.registry.kind === 'small') skip('the program distribution is not built')
    const config = { mediaType: 'application/vnd.oci.empty.v1+json', bytes: Buffer.from('{}') }
    const layer = { mediaType: 'text/plain', bytes: Buffer.from('an integration') }
    const digest = await peers.registry.push(
      'integrations/orders',
      '1.0.0',
      { config, layers: [layer] },
      AbortSignal.timeout(10_000),
    )
    const scope = encodeURIComponent('repository:integrations/orders:pull,push')
    const given = await requestHttps(peers, peers.registry, `/token?service=${peers.registry.host}&scope=${scope}`, {
      headers: basic(peers.registry.password),
    })
    const headers = {
      authorization: `Bearer ${JSON.parse(given.body).token}`,
      accept: 'application/vnd.oci.image.manifest.v1+json',
    }

    const manifest = await requestHttps(peers, peers.registry, '/v2/integrations/orders/manifests/1.0.0', { headers })
    const write = await requestHttps(peers, peers.registry, '/v2/integrations/orders/blobs/uploads/', {
      method: 'POST',
      headers,
    })

    expect(manifest.headers['docker-content-digest']).toBe(digest)
    expect(write.status).toBe(401)
  })
})

describe("the vendor's registry", () => {
  it('has the chart of the gateway at the path of the profile', async ({ skip }) => {
    if (peers.vendorRegistry.kind === 'small') skip('the program distribution is not built')
    const { host, password } = peers.vendorRegistry
    const account = { authorization: `Basic ${Buffer.from(`plane:${password}`).toString('base64')}` }
    const path = `/token?service=${host}&scope=${encodeURIComponent('repository:charts/plane-gateway:pull')}`
    const { token } = JSON.parse((await requestHttps(peers, peers.vendorRegistry, path, { headers: account })).body)

    const headers = { authorization: `Bearer ${token}`, accept: 'application/vnd.oci.image.manifest.v1+json' }
    const manifest = await requestHttps(peers, peers.vendorRegistry, '/v2/charts/plane-gateway/manifests/1.0.0', {
      headers,
    })

    expect(JSON.parse(manifest.body).layers[0].mediaType).toBe('application/vnd.cncf.helm.chart.content.v1.tar+gzip')
  })
})

describe('the other servers', () => {
  it('include an ACME directory', async () => {
    const { body } = await requestHttps(peers, peers.acme, '/dir')

    expect(JSON.parse(body)).toMatchObject({
      newNonce: expect.any(String),
      newAccount: expect.any(String),
      newOrder: expect.any(String),
    })
  })

  it('include a DNS service that requires a token and names its token server', async () => {
    const answer = await requestHttps(peers, peers.dnsService, '/subscriptions?api-version=2020-01-01')

    expect(answer.status).toBe(401)
    expect(answer.headers['www-authenticate']).toContain(`Bearer authorization_uri="https://${peers.dnsService.host}`)
  })

  it('include a Git repository that git can read', async ({ skip }) => {
    const path = '/hangar/updates.git/info/refs?service=git-upload-pack'
    const answer = await requestHttps(peers, peers.git, path)
    expect(answer.headers['content-type']).toBe('application/x-git-upload-pack-advertisement')
    expect(answer.body).toMatch(/^001e# service=git-upload-pack\n/)

    if (peers.git.kind === 'small') skip('git is not installed')
    const { host, address, port } = peers.git
    const ca = join(folder, 'ca.pem')
    const here = ['-c', `http.curloptResolve=${host}:${port}:${address}`]
    await writeFile(ca, peers.authority.certificate)
    const { code, stdout, stderr } = await run(
      'git',
      [...here, 'ls-remote', `https://${host}:${port}/hangar/updates.git`],
      {
        env: { GIT_CONFIG_GLOBAL: '/dev/null', GIT_SSL_CAINFO: ca },
      },
    )

    expect({ code, stderr }).toMatchObject({ code: 0 })
    expect(stdout).toMatch(/^[0-9a-f]{40}\tHEAD\n/)
  })
})

describe('each server', () => {
  it('can be stopped and started without an effect on the others', async () => {
    const unreachable = async () => {
      const tries = peerNames.map(async (name) => {
        const socket = connect(dial(peers, peers[name]))
        const isUp = await new Promise<boolean>((resolve) => {
          socket.once('secureConnect', () => resolve(true))
          socket.once('error', () => resolve(false))
        })
        socket.destroy()
        return isUp ? [] : [name]
      })
      return (await Promise.all(tries)).flat()
    }
    for (const name of peerNames) {
      const { port } = peers[name]
      await peers[name].stop()
      expect(await unreachable()).toEqual([name])
      await peers[name].start()
      expect(peers[name].port).toBe(port)
    }

    expect(await unreachable()).toEqual([])
  })
})
