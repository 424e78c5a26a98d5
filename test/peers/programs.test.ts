import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { correlationId } from '../../assets/charts/plane-integrations/files/lines.mjs'
import { createAuthority } from './authority.ts'
import { ask, startChartProgram } from './chart-program.ts'
import { demoCredentials } from './demo.ts'
import { type PeerName, type Peers, startPeers } from './peers.ts'
import { freePort } from './program.ts'

let folder: string
let peers: Peers
/** As a pod has them: a folder for each Secret, a file for each key. */
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

const place = (prefix: string, name: PeerName) => ({
  [`${prefix}_HOST`]: peers[name].host,
  [`${prefix}_PORT`]: String(peers[name].port),
})
const trust = () => ({ FAR_ENDS_CA_FILE: join(folder, 'ca.crt') })

describe('the agent', () => {
  const start = async (planeId: string, certificateFolder = join(secrets, 'plane-certificate')) => {
    const environment = { PLANE_ID: planeId, CERTIFICATE_FOLDER: certificateFolder, HEARTBEAT_SECONDS: '0.1' }
    return startChartProgram('plane-agent', 'agent', await freePort(), {
      ...environment,
      ...trust(),
      ...place('CONTROL_PLANE', 'controlPlane'),
    })
  }

  it('is ready while the control plane has it, and connects anew after a break', async () => {
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

  it('says what the control plane said when its certificate is refused', async () => {
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
  it('is ready only while both the global adaptor and the service bus have it', async ({ skip }) => {
    if (peers.brokers.kind === 'small') skip('RabbitMQ is not installed')
    const adaptor = startChartProgram('plane-adaptors', 'local-adaptor', await freePort(), {
      PLANE_ID: 'demo',
      QUEUE: 'notices',
      CERTIFICATE_FOLDER: join(secrets, 'plane-certificate'),
      ACCOUNT_FOLDER: join(secrets, 'messaging-account'),
      ...trust(),
      ...place('GLOBAL_ADAPTOR', 'globalAdaptor'),
      ...place('SERVICE_BUS', 'serviceBus'),
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
    startChartProgram('plane-adaptors', 'enforcer', await freePort(), {
      EXCHANGE: 'amq.topic',
      ACCOUNT_FOLDER: account,
      ...trust(),
      ...place('EVENT_HUB', 'eventHub'),
    })

  it('is ready only while the event hub has it', async ({ skip }) => {
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

  it('says that its password is wrong, and writes it nowhere', async ({ skip }) => {
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

describe('the secret resolver', () => {
  it('shows a digest that changes with the secret, and never the secret', async () => {
    peers.keyVault.put('plane/canary', { password: 'canary-secret' })
    const resolver = startChartProgram('plane-foundation', 'secret-resolver', await freePort(), {
      SECRET_PATH: 'plane/canary',
      TOKEN_FILE: join(secrets, 'key-vault-token', 'token'),
      ...trust(),
      ...place('KEY_VAULT', 'keyVault'),
    })
    await expect.poll(resolver.isReady, soon).toBe(true)

    const status = (await resolver.health('/status'))?.body

    expect(status).toMatchObject({ version: 1, digest: expect.stringMatching(/^[0-9a-f]{16}$/) })
    const seen = JSON.stringify(status) + resolver.stdout.join('\n') + resolver.stderr.join('\n')
    for (const secret of ['canary-secret', Buffer.from('canary-secret').toString('base64'), peers.keyVault.token])
      expect(seen).not.toContain(secret)
  })

  it('is not ready where its token may not read', async () => {
    await writeFile(join(folder, 'wrong-token'), 'hvs.wrong')
    const resolver = startChartProgram('plane-foundation', 'secret-resolver', await freePort(), {
      SECRET_PATH: 'plane/integrations',
      TOKEN_FILE: join(folder, 'wrong-token'),
      ...trust(),
      ...place('KEY_VAULT', 'keyVault'),
    })

    await expect
      .poll(async () => (await resolver.health('/readyz'))?.body.reason, soon)
      .toBe('secret not read: the key vault answered 403')
  })
})

describe("the plane's registry", () => {
  it('fetches what it lacks from the private network, once', async ({ skip }) => {
    if (peers.registry.kind === 'small') skip('the program distribution is not built')
    const artifact = {
      config: { mediaType: 'application/vnd.oci.empty.v1+json', bytes: Buffer.from('{}') },
      layers: [{ mediaType: 'text/plain', bytes: Buffer.from('an integration') }],
    }
    const digest = await peers.registry.push('integrations/stock', '2.0.0', artifact, AbortSignal.timeout(10_000))
    const port = await freePort()
    const registry = startChartProgram('plane-foundation', 'registry', await freePort(), {
      PORT: String(port),
      STORE_FOLDER: join(folder, 'store'),
      ACCOUNT_FOLDER: join(secrets, 'registry-account'),
      ...trust(),
      ...place('UPSTREAM', 'registry'),
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

describe('the gateway', () => {
  it('lets calls with the key through to the integration, and refuses all others', async () => {
    const backend = createServer((request, response) =>
      response.end(JSON.stringify({ path: request.url, headers: request.headers })),
    )
    const [backendPort, httpPort, httpsPort] = [await freePort(), await freePort(), await freePort()]
    await new Promise<void>((resolve) => backend.listen(backendPort, '127.0.0.1', resolve))
    onTestFinished(() => void backend.close())
    const tls = join(folder, 'gateway-tls')
    await mkdir(tls, { recursive: true })
    const { certificate, key } = peers.authority.issue({ names: ['gateway'] })
    await writeFile(join(tls, 'tls.crt'), certificate)
    await writeFile(join(tls, 'tls.key'), key)
    const apiKey = demoCredentials(peers).find(({ credential }) => credential === 'gateway-api-key')?.value ?? ''
    await writeFile(join(folder, 'api-key'), apiKey)
    const gateway = startChartProgram('plane-gateway', 'gateway', await freePort(), {
      ROUTES: JSON.stringify({
        '/orders': `http://127.0.0.1:${backendPort}`,
        '/gone': `http://127.0.0.1:${await freePort()}`,
      }),
      KEY_FILE: join(folder, 'api-key'),
      TLS_FOLDER: tls,
      HTTP_PORT: String(httpPort),
      HTTPS_PORT: String(httpsPort),
    })
    await expect.poll(gateway.isReady, soon).toBe(true)
    const withKey = { 'x-api-key': apiKey }

    expect((await ask(httpPort, '/orders/1')).status).toBe(401)
    expect((await ask(httpPort, '/orders/1', { 'x-api-key': 'guess' })).status).toBe(401)
    expect((await ask(httpPort, '/nothing', withKey)).status).toBe(404)
    expect((await ask(httpPort, '/gone/1', withKey)).status).toBe(503)
    const passed = await ask(httpPort, '/orders/1', { ...withKey, 'x-correlation-id': 'call-4711-abc' })

    expect(passed).toMatchObject({ status: 200, headers: { 'x-correlation-id': 'call-4711-abc' } })
    const { headers } = JSON.parse(passed.body)
    expect(headers['x-correlation-id']).toBe('call-4711-abc')
    expect(headers).not.toHaveProperty('x-api-key')
    await expect
      .poll(() => gateway.stdout.map((line) => JSON.parse(line).gatewayCode).filter(Boolean), soon)
      .toEqual(['AUTH_FAILURE', 'AUTH_FAILURE', 'RESOURCE_NOT_FOUND', 'NO_HEALTHY_BACKEND', 'BACKEND_RESPONSE'])
  })
})

describe('the integrations', () => {
  it.each(['logfmt', 'json'])(
    'write %s as Ballerina does, on stderr, with ids that can be searched for',
    async (format) => {
      const program = startChartProgram('plane-integrations', 'ballerina', await freePort(), {
        MODULE: 'hangar/orders',
        FORMAT: format,
        SEED: '7',
        LINES_PER_SECOND: '200',
      })

      await expect.poll(() => program.stderr.length, soon).toBeGreaterThan(50)

      expect(program.stdout).toEqual([])
      const start =
        format === 'json'
          ? /^\{"time":"[^"]+Z","level":"(INFO|WARN|ERROR|DEBUG)","module":"hangar\/orders","message":"/
          : /^time=\S+Z level=(INFO|WARN|ERROR|DEBUG) module=hangar\/orders message="/
      expect(program.stderr.filter((line) => !start.test(line))).toEqual([])
      expect(program.stderr[3]).toContain(correlationId(7, 2))
    },
  )

  it('write as Micro Integrator does, with stack traces of several lines', async () => {
    const program = startChartProgram('plane-integrations', 'micro-integrator', await freePort(), {
      SEED: '9',
      PORT: String(await freePort()),
      LINES_PER_SECOND: '200',
    })

    await expect
      .poll(() => program.stdout.filter((line) => line.startsWith('Caused by: ')).length, soon)
      .toBeGreaterThan(0)

    const record = /^\[\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2},\d{3}\] ( INFO| WARN|ERROR|DEBUG) \{\w+\} - \S/
    const others = program.stdout.filter((line) => !record.test(line))
    expect(others.every((line) => line === '' || /^(\tat |\t\.\.\. \d+ more|Caused by: )/.test(line))).toBe(true)
    expect(program.stdout.find((line) => line.includes('ERROR'))).toMatch(
      /correlation_id: [0-9a-f-]{36} org\.apache\.synapse\.SynapseException: /,
    )
  })
})
