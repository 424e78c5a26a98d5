import { randomUUID } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createConnectivity } from '../../main/connectivity/connectivity.ts'
import { noConnectionFacts } from '../../main/connectivity/probe/connection-facts.ts'
import { ConnectivityReport } from '../../preload/contract/connectivity.ts'
import { Endpoint } from '../../preload/contract/profiles.ts'
import { exitCode } from '../../preload/exit-code.ts'
import { check, checkList, evidenceOf, verdictOf } from './check.ts'
import { json, servePage } from './servers/http.ts'
import { authority, name, serve } from './servers/serve.ts'
import { serveUnresponsive } from './servers/unresponsive.ts'

describe('many endpoints', () => {
  // CPU time of this process, which does not depend on the load of the machine; the benchmark measures elapsed time.
  it('take under 1.5 s of CPU time for thirty that pass', async () => {
    const server = await servePage(json({}))
    const rows = Array.from({ length: 30 }, () => ({ port: server.port }))
    await checkList(rows.slice(0, 1))
    const before = process.cpuUsage()
    const { report } = await checkList(rows)
    expect(report.results.map(verdictOf)).toEqual(rows.map(() => 'pass'))
    const { user, system } = process.cpuUsage(before)
    expect((user + system) / 1_000).toBeLessThan(1_500)
  })

  it('take under 15 s for a thousand that do not respond', async () => {
    const port = await serveUnresponsive()
    const rows = Array.from({ length: 1_000 }, () => ({ host: '127.0.0.1', port }))
    const startedAt = performance.now()
    const { report } = await checkList(rows)
    expect(new Set(report.results.map(verdictOf))).toEqual(new Set(['fail tcp.timeout']))
    expect(performance.now() - startedAt).toBeLessThan(15_000)
  })

  it('have results in their order', async () => {
    const server = await servePage(json({}))
    const { report } = await checkList([
      { port: server.port },
      { host: '' },
      { host: '127.0.0.1', port: 1 },
      { port: server.port },
    ])
    expect(report.results.map(({ endpoint }) => endpoint)).toEqual(['row-0', 'row-1', 'row-2', 'row-3'])
    expect(report.results.map(verdictOf)).toEqual(['pass', 'unknown config.missing', 'fail tcp.refused', 'pass'])
  })
})

describe('a check', () => {
  it('ends within 200 ms of a cancel, and leaves no connection', async () => {
    const open = Promise.withResolvers<void>()
    const closed = Promise.withResolvers<void>()
    const mute = await serve((socket) => {
      open.resolve()
      socket.resume()
      socket.once('close', () => closed.resolve())
    })
    const stop = new AbortController()
    const running = checkList([{ port: mute.port }, { port: mute.port, tls: false }], {}, stop.signal)
    await open.promise
    const cancelledAt = performance.now()
    stop.abort()
    await expect(running).rejects.toThrow()
    expect(performance.now() - cancelledAt).toBeLessThan(200)
    await closed.promise
  })

  it('reports each stage when it ends, then the endpoint, then the report', async () => {
    const server = await servePage(json({}))
    const { events } = await checkList([{ port: server.port }])
    const kinds = events.map((event) => (event.kind === 'stage' ? event.stage.stage : event.kind))
    expect(kinds).toEqual([
      'started',
      'config',
      'dns',
      'tcp',
      'proxy',
      'tls',
      'identity',
      'result',
      'vantage',
      'finished',
    ])
  })

  it('produces a report that matches the published schema exactly', async () => {
    const { report } = await checkList([{ host: '' }, { host: '' }, { direction: 'inbound' }])
    expect(ConnectivityReport.parse(report)).toEqual(report)
    expect(report.vantages).toMatchObject([{ vantage: { kind: 'computer' }, state: 'ran' }])
    expect(report.findings).toMatchObject([{ cause: 'config.missing', endpoints: ['row-0', 'row-1'] }])
  })

  it('redacts secrets in headers, and leaves the body out', async () => {
    const secret = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJl'
    const server = await servePage(
      json({ token: 'canary-value', hint: `SharedAccessKey=canary-key; ${secret}` }, 200, {
        'Set-Cookie': 'session=canary',
        Location: `/?sig=canary`,
      }),
    )
    const result = await check({ port: server.port })
    expect(evidenceOf(result)).toMatch(/location: \/\?sig=\*\*\*[\s\S]*body: \d+ characters/)
    expect(evidenceOf(result)).not.toContain('hint')
    expect(JSON.stringify(result)).not.toMatch(/canary|eyJzdWIi/)
  })
})

describe('the exit code', () => {
  const row = (id: string, verdict: string) => ({
    endpoint: id,
    verdict,
    cause: '',
    hint: '',
    stages: [],
    vantage: { kind: 'computer', name: 'x' },
    facts: noConnectionFacts,
  })
  const report = (...results: ReturnType<typeof row>[]) => {
    const at = new Date().toISOString()
    return ConnectivityReport.parse({
      schemaVersion: 2,
      runId: randomUUID(),
      startedAt: at,
      endedAt: at,
      vantages: [],
      results,
      findings: [],
    })
  }
  it('is 1 for a failure, and for a required endpoint with an unknown verdict', () => {
    const rows = [
      { id: 'a', required: true },
      { id: 'b', required: false },
    ]
    expect(exitCode(report(row('a', 'pass'), row('b', 'unknown')), rows)).toBe(0)
    expect(exitCode(report(row('a', 'warn'), row('b', 'skipped')), rows)).toBe(0)
    expect(exitCode(report(row('a', 'unknown')), rows)).toBe(1)
    expect(exitCode(report(row('b', 'fail')), rows)).toBe(1)
  })
})

describe('a plane', () => {
  it('is checked with its settings, and its last report is readable by its owner only', async () => {
    const home = await mkdtemp(join(tmpdir(), 'hangar-connectivity-'))
    onTestFinished(() => rm(home, { recursive: true, force: true }))
    const server = await servePage(json({}), { requestCert: true, rejectUnauthorized: true, ca: authority.certificate })
    const client = authority.issue({ names: ['agent'], client: true })
    const planeId = crypto.randomUUID()
    const endpoint = Endpoint.parse({
      id: 'control-plane',
      component: 'agent',
      host: '${control.host}',
      port: '${control.port}',
      protocol: 'https',
      clientProfile: { trust: { setting: 'ca' }, clientCertificate: 'agent-tls' },
    })
    const connectivity = createConnectivity({
      home,
      env: {},
      rowsOf: () =>
        Promise.resolve({
          endpoints: [endpoint],
          settings: { control: { host: 'localhost', port: server.port }, ca: authority.certificate },
          componentTitles: { agent: 'Agent' },
          folder: home,
        }),
      credentialOf: () => Promise.resolve({ certificate: client.certificate, key: client.key }),
    })
    expect(await connectivity.last(planeId)).toBeNull()
    expect(await connectivity.rows({ planeId })).toMatchObject([
      { id: 'control-plane', componentTitle: 'Agent', host: 'localhost', port: server.port },
    ])

    for await (const event of connectivity.check({ planeId }, AbortSignal.timeout(10_000))) {
      if (event.kind === 'result') expect(verdictOf(event.result)).toBe('pass')
    }

    expect(verdictOf((await connectivity.last(planeId))?.results[0] ?? expect.fail())).toBe('pass')
    const [run] = await connectivity.runs(planeId)
    expect(run).toMatchObject({ by: 'person', counts: { pass: 1, fail: 0 } })
    const folder = join(home, 'connectivity', planeId, 'runs')
    const file = join(folder, (await readdir(folder))[0] ?? '')
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect((await stat(folder)).mode & 0o777).toBe(0o700)
    expect(await readFile(file, 'utf8')).not.toContain('PRIVATE KEY')
    await expect(
      connectivity.check({ planeId, endpoints: ['nothing'] }, AbortSignal.timeout(1_000)).next(),
    ).rejects.toMatchObject({ code: 'INPUT_INVALID' })
  })

  it.each([
    ['wss', { status: 401, body: 'client certificate verification failed' }, 'fail auth.rejected'],
    ['https', { status: 403, body: 'unknown client' }, 'fail auth.rejected'],
    ['https', { status: 404, body: 'nothing here' }, 'pass'],
  ])('with a client certificate over %s that gets %o has the verdict %s', async (protocol, page, expected) => {
    const server = await servePage(page, { requestCert: true, rejectUnauthorized: false })
    const client = authority.issue({ names: ['agent'], client: true })
    const clientProfile = { trust: { setting: 'ca' }, clientCertificate: 'agent-tls' }
    const endpoint = Endpoint.parse({
      id: 'a',
      component: 'agent',
      host: 'localhost',
      port: server.port,
      protocol,
      clientProfile,
    })
    const connectivity = createConnectivity({
      home: '/nonexistent',
      env: {},
      rowsOf: () =>
        Promise.resolve({
          endpoints: [endpoint],
          settings: { ca: authority.certificate },
          componentTitles: {},
          folder: '/',
        }),
      credentialOf: () => Promise.resolve(client),
    })
    const verdicts: string[] = []
    for await (const event of connectivity.check({ planeId: name, endpoints: ['a'] }, AbortSignal.timeout(10_000))) {
      if (event.kind === 'result') verdicts.push(verdictOf(event.result))
    }
    expect(verdicts).toEqual([expected])
  })
})
