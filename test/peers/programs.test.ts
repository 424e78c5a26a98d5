import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { createAuthority } from './authority.ts'
import { ask, startChartProgram } from './chart-program.ts'
import { demoCredentials } from './demo.ts'
import { type PeerName, type Peers, startPeers } from './peers.ts'
import { freePort } from './program.ts'
import { startSmallBroker } from './small-broker.ts'

let folder: string
let peers: Peers
/** As mounted in a pod: a folder for each Secret, a file for each key. */
let secrets: string
const end = new AbortController()
const soon = { timeout: 20_000, interval: 50 }

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'programs-'))
  peers = await startPeers({ address: '127.0.0.1', folder: join(folder, 'state') }, end.signal)
  secrets = join(folder, 'secrets')
  for (const { credential, key, value } of demoCredentials(peers)) {
    await mkdir(join(secrets, credential), { recursive: true })
    await writeFile(join(secrets, credential, key), value)
  }
  await writeFile(join(folder, 'ca.crt'), peers.authority.certificate)
}, 240_000)
afterAll(async () => {
  await peers?.stop()
  await rm(folder, { recursive: true, force: true })
}, 30_000)

const addressOf = (prefix: string, name: PeerName) => ({
  [`${prefix}_HOST`]: peers[name].host,
  [`${prefix}_PORT`]: String(peers[name].port),
})
const trust = () => ({ SERVERS_CA_FILE: join(folder, 'ca.crt') })

describe('the agent', () => {
  const start = async (planeId: string, certificateFolder = join(secrets, 'plane-certificate')) => {
    const environment = { PLANE_ID: planeId, CERTIFICATE_FOLDER: certificateFolder, HEARTBEAT_SECONDS: '0.1' }
    return startChartProgram('agent', await freePort(), {
      ...environment,
      ...trust(),
      ...addressOf('CONTROL_PLANE', 'controlPlane'),
    })
  }

  it('is ready while it is connected, and reconnects after an interruption', async () => {
    const agent = await start('breaks')
    await peers.controlPlane.seen('breaks', 2, AbortSignal.timeout(20_000))
    await expect.poll(agent.isReady, soon).toBe(true)

    await peers.controlPlane.stop()
    await expect.poll(agent.isReady, soon).toBe(false)
    await peers.controlPlane.start()

    await peers.controlPlane.seen('breaks', 2, AbortSignal.timeout(20_000))
    await expect
      .poll(async () => (await agent.health('/status'))?.body, soon)
      .toMatchObject({ connected: true, connections: 2 })
  })

  it('reports the response of the control plane when its certificate is rejected', async () => {
    const foreign = join(folder, 'foreign')
    await mkdir(foreign, { recursive: true })
    const { certificate, key } = createAuthority().issue({ client: true })
    await writeFile(join(foreign, 'tls.crt'), certificate)
    await writeFile(join(foreign, 'tls.key'), key)

    const agent = await start('foreign', foreign)

    await expect
      .poll(async () => (await agent.health('/readyz'))?.body.reason, soon)
      .toContain('401: client certificate verification failed')
  })
})

describe('the local adaptor', () => {
  it('is ready only while connected to both the global adaptor and the service bus', async ({ skip }) => {
    if (peers.brokers.kind === 'small') skip('RabbitMQ is not installed')
    const adaptor = startChartProgram('local-adaptor', await freePort(), {
      PLANE_ID: 'demo',
      QUEUE: 'notices',
      CERTIFICATE_FOLDER: join(secrets, 'plane-certificate'),
      ACCOUNT_FOLDER: join(secrets, 'messaging-account'),
      ...trust(),
      ...addressOf('GLOBAL_ADAPTOR', 'globalAdaptor'),
      ...addressOf('SERVICE_BUS', 'serviceBus'),
    })
    await expect.poll(adaptor.isReady, soon).toBe(true)

    await peers.brokers.notify('{"type":"organizationPurge"}')
    await expect
      .poll(async () => (await adaptor.health('/status'))?.body, soon)
      .toMatchObject({
        connections: [{ name: 'global adaptor' }, { name: 'service bus', messages: 1 }],
      })

    await peers.serviceBus.stop()
    await expect
      .poll(async () => (await adaptor.health('/readyz'))?.body.reason, soon)
      .toMatch(/^no connection to the service bus/)
    await peers.serviceBus.start()
    await expect.poll(adaptor.isReady, soon).toBe(true)
    await peers.globalAdaptor.stop()
    await expect
      .poll(async () => (await adaptor.health('/readyz'))?.body.reason, soon)
      .toMatch(/^no connection to the global adaptor/)
    await peers.globalAdaptor.start()
    await expect.poll(adaptor.isReady, soon).toBe(true)
  })
})

describe('the enforcer', () => {
  const start = async (account = join(secrets, 'messaging-account')) =>
    startChartProgram('enforcer', await freePort(), {
      EXCHANGE: 'amq.topic',
      ACCOUNT_FOLDER: account,
      ...trust(),
      ...addressOf('EVENT_HUB', 'eventHub'),
    })

  it('is ready only while connected to the event hub', async ({ skip }) => {
    if (peers.brokers.kind === 'small') skip('RabbitMQ is not installed')
    const enforcer = await start()
    await expect.poll(enforcer.isReady, soon).toBe(true)

    await peers.brokers.notify('{"type":"tokenRevocation"}')
    await expect
      .poll(async () => (await enforcer.health('/status'))?.body, soon)
      .toMatchObject({ connections: [{ name: 'event hub', messages: 1 }] })

    await peers.eventHub.stop()
    await expect.poll(enforcer.isReady, soon).toBe(false)
    await peers.eventHub.start()

    await expect.poll(enforcer.isReady, soon).toBe(true)
  })

  it('reports a wrong password, without writing it to its output', async ({ skip }) => {
    if (peers.brokers.kind === 'small') skip('RabbitMQ is not installed')
    const account = join(folder, 'wrong-account')
    await mkdir(account, { recursive: true })
    await writeFile(join(account, 'username'), 'plane')
    await writeFile(join(account, 'password'), 'canary-password')

    const enforcer = await start(account)

    await expect
      .poll(async () => (await enforcer.health('/readyz'))?.body.reason, soon)
      .toMatch(/403|closed the connection/)
    expect([...enforcer.stdout, ...enforcer.stderr].join('\n')).not.toContain('canary-password')
  })
})

describe('the small brokers that replace RabbitMQ', () => {
  it('accept the local adaptor and the enforcer only with their account', async () => {
    const account = { username: 'plane', password: 'right' }
    const serviceBus = { host: 'bus.test', address: '127.0.0.1' }
    const bus = await startSmallBroker(serviceBus, 'amqp1', peers.authority, account, end.signal)
    const hub = await startSmallBroker(
      { ...serviceBus, host: 'hub.test' },
      'amqp091',
      peers.authority,
      account,
      end.signal,
    )
    onTestFinished(async () => {
      await bus.stop()
      await hub.stop()
    })
    const folderOf = async (password: string) => {
      const path = join(folder, `account-${password}`)
      await mkdir(path, { recursive: true })
      await writeFile(join(path, 'username'), 'plane')
      await writeFile(join(path, 'password'), password)
      return path
    }
    const start = async (name: string, password: string) =>
      startChartProgram(name, await freePort(), {
        PLANE_ID: 'demo',
        QUEUE: 'notices',
        EXCHANGE: 'amq.topic',
        CERTIFICATE_FOLDER: join(secrets, 'plane-certificate'),
        ACCOUNT_FOLDER: await folderOf(password),
        ...trust(),
        ...addressOf('GLOBAL_ADAPTOR', 'globalAdaptor'),
        SERVICE_BUS_HOST: bus.host,
        SERVICE_BUS_PORT: String(bus.port),
        EVENT_HUB_HOST: hub.host,
        EVENT_HUB_PORT: String(hub.port),
      })

    const [adaptor, enforcer] = [await start('local-adaptor', 'right'), await start('enforcer', 'right')]
    const [rejectedAdaptor, rejectedEnforcer] = [
      await start('local-adaptor', 'wrong'),
      await start('enforcer', 'wrong'),
    ]

    await expect.poll(adaptor.isReady, soon).toBe(true)
    await expect.poll(enforcer.isReady, soon).toBe(true)
    for (const rejected of [rejectedAdaptor, rejectedEnforcer])
      await expect
        .poll(async () => (await rejected.health('/readyz'))?.body.reason, soon)
        .toContain('closed the connection')
  })
})

describe('the secret resolver', () => {
  it('shows a digest of the secret, and never the secret', async () => {
    peers.keyVault.put('plane/canary', { password: 'canary-secret' })
    const resolver = startChartProgram('secret-resolver', await freePort(), {
      SECRET_PATH: 'plane/canary',
      TOKEN_FILE: join(secrets, 'key-vault-token', 'token'),
      ...trust(),
      ...addressOf('KEY_VAULT', 'keyVault'),
    })
    await expect.poll(resolver.isReady, soon).toBe(true)

    const status = (await resolver.health('/status'))?.body

    expect(status).toMatchObject({ version: 1, digest: expect.stringMatching(/^[0-9a-f]{16}$/) })
    const output = JSON.stringify(status) + resolver.stdout.join('\n') + resolver.stderr.join('\n')
    for (const secret of ['canary-secret', Buffer.from('canary-secret').toString('base64'), peers.keyVault.token])
      expect(output).not.toContain(secret)
  })

  it('is not ready if its token is not permitted to read', async () => {
    await writeFile(join(folder, 'wrong-token'), 'hvs.wrong')
    const resolver = startChartProgram('secret-resolver', await freePort(), {
      SECRET_PATH: 'plane/integrations',
      TOKEN_FILE: join(folder, 'wrong-token'),
      ...trust(),
      ...addressOf('KEY_VAULT', 'keyVault'),
    })

    await expect
      .poll(async () => (await resolver.health('/readyz'))?.body.reason, soon)
      .toBe('secret not read: the key vault answered 403')
  })
})

describe("the plane's registry", () => {
  it('fetches a missing artifact from the private network once', async ({ skip }) => {
    if (peers.registry.kind === 'small') skip('the program distribution is not built')
    const artifact = {
      config: { mediaType: 'application/vnd.oci.empty.v1+json', bytes: Buffer.from('{}') },
      layers: [{ mediaType: 'text/plain', bytes: Buffer.from('an integration') }],
    }
    const digest = await peers.registry.push('integrations/stock', '2.0.0', artifact, AbortSignal.timeout(10_000))
    const port = await freePort()
    const registry = startChartProgram('registry', await freePort(), {
      PORT: String(port),
      STORE_FOLDER: join(folder, 'store'),
      ACCOUNT_FOLDER: join(secrets, 'registry-account'),
      ...trust(),
      ...addressOf('UPSTREAM', 'registry'),
    })
    await expect.poll(async () => (await registry.health('/status'))?.body.upstream, soon).toBe('signed in')

    const first = await ask(port, '/v2/integrations/stock/manifests/2.0.0')
    const { layers } = JSON.parse(first.body)
    const blob = `/v2/integrations/stock/blobs/${layers[0].digest}`
    const content = (await ask(port, blob)).body
    await peers.registry.stop()
    onTestFinished(() => peers.registry.start())
    const again = await ask(port, '/v2/integrations/stock/manifests/2.0.0')

    expect(first.headers['docker-content-digest']).toBe(digest)
    expect(content).toBe('an integration')
    expect(again.body).toBe(first.body)
    expect((await ask(port, '/v2/integrations/other/manifests/1')).status).toBe(502)
  })
})
