import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { type App, createApp } from '../../main/app.ts'
import { contract } from '../../preload/contract/index.ts'
import { EndpointList } from '../../preload/contract/profiles.ts'
import { type Listening, serveApi } from '../clusters/api-server.ts'
import { createAuthority } from '../peers/authority.ts'
import { procedureNames, textFields } from './fields.ts'
import { findSecrets } from './search.ts'
import { type Planted, plantSecrets } from './secrets.ts'

const listFile = join(import.meta.dirname, 'contract-fields.txt')

describe('the output of the contract', () => {
  it('contains only text fields that were reviewed', async () => {
    // A new field could carry a secret to the window: review what fills it, then add its line to the list.
    expect(textFields(contract)).toEqual((await readFile(listFile, 'utf8')).trimEnd().split('\n'))
  })
})

/** The input of each procedure, by its name and optionally a variant. A procedure without an input fails the test below. */
const inputsOf = (
  planeId: string,
  contextId: string,
  planted: Planted,
  ca: string,
  port: number,
  lastRun: () => Promise<string>,
): Readonly<Record<string, unknown>> => ({
  'profiles.list': undefined,
  'profiles.get': { name: planted.profileFile },
  'profiles.read': { name: planted.profileFile },
  'profiles.check': { text: 'schemaVersion: 1' },
  'profiles.copy': { name: 'demo', newName: 'copied' },
  'profiles.save': { name: 'copied', text: 'schemaVersion: 1' },
  'profiles.readSettings': { name: planted.profileFile, text: `password: ${planted.password}` },
  'profiles.writeSettings': { text: '# Comment', settings: { ca } },
  'profiles.remove': { name: 'copied' },
  'profileDrafts.create': { name: 'drafted', files: [{ path: 'hosts.txt', content: btoa('api.example.com:443') }] },
  'profileDrafts.save': { draftId: randomUUID(), decisions: [] },
  'profileDrafts.compare': { draftId: randomUUID() },
  'profileDrafts.update': { draftId: randomUUID(), rows: [] },
  'kits.list': undefined,
  'kits.begin': { name: 'plane.kit', bytes: 3 },
  'kits.append': { id: randomUUID(), offset: 0, content: btoa('kit') },
  'kits.remove': { id: randomUUID() },
  'kits.verify': { id: randomUUID(), key: 'RWQ' },
  'kits.push': { id: randomUUID(), key: 'RWQ', registry: 'registry.example.com' },
  'kits.import': { id: randomUUID(), key: 'RWQ', registry: 'registry.example.com', name: 'imported' },
  'planes.list': undefined,
  'planes.get': { planeId },
  'planes.create': {
    name: 'second',
    profile: planted.profileFile,
    contextId,
    managementModel: 'self',
    settings: {},
    overrides: { words: { password: planted.password } },
  },
  'planes.connect': {
    name: 'running',
    profile: planted.profileFile,
    contextId,
    managementModel: 'self',
  },
  'planes.update': { planeId, settings: { ca }, overrides: { words: { password: planted.password } } },
  'planes.setContext': { planeId, contextId },
  'planes.importValues': {
    profile: 'demo',
    name: 'values.yaml',
    text: `settings: { region: west }\ntoken: ${planted.password}`,
  },
  'planes.certificates': { pem: ca },
  'planes.describe': { planeId, labels: { region: 'westeurope' }, pinned: true },
  'activity.list': {},
  'activity.watch': {},
  'fleet.watch': undefined,
  'fleet.check': { planeIds: [planeId], connections: true },
  'clusters.files': undefined,
  'clusters.chooseFile': undefined,
  'clusters.uploadFile': { name: 'team.yaml', text: 'apiVersion: v1\nkind: Config\n' },
  'clusters.removeFile': { id: 'none' },
  'clusters.contexts': undefined,
  'clusters.watchContexts': undefined,
  'clusters.probe': { contextId },
  'clusters.allow': { contextId, consentId: 'none', wholeFile: false, variables: [] },
  'profiles.readEndpoints': { text: 'endpoints: []' },
  'connectivity.rows': { planeId },
  'connectivity.rows of a profile': profileSubject(planted, ca),
  'connectivity.vantages': { planeId },
  'connectivity.proxy': { planeId },
  'connectivity.proxy of a list': listSubject(planted, port),
  // The pod is refused, so that the outcome contains its manifest.
  'connectivity.check': { planeId, from: [{ kind: 'computer' }, { kind: 'pod' }] },
  'connectivity.check of a list': {
    ...listSubject(planted, port),
    contextId,
    from: [{ kind: 'computer' }, { kind: 'pod' }],
  },
  'connectivity.check of a profile': { ...profileSubject(planted, ca), contextId, from: [{ kind: 'node' }] },
  'connectivity.checkRepeatedly': { planeId, everyMs: 1_000 },
  'connectivity.checkRepeatedly of a list': { ...listSubject(planted, port), everyMs: 1_000 },
  'connectivity.last': { planeId },
  'connectivity.runs': { planeId },
  'connectivity.verdictHistory': { planeId },
  'connectivity.run': async () => ({ planeId, runId: await lastRun() }),
  'connectivity.compare': async () => ({ planeId, before: await lastRun(), after: await lastRun() }),
  'connectivity.export': async () => ({ planeId, runId: await lastRun(), format: 'html' }),
  'connectivity.allowList': { planeId, format: 'markdown' },
  'connectivity.allowList of a profile': { ...profileSubject(planted, ca), contextId, format: 'networkpolicy' },
  'connectivity.setWatch': { planeId, watch: { everyMinutes: 60, from: [{ kind: 'computer' }], holdSeconds: 0 } },
  'connectivity.watch': { planeId },
  'connectivity.watches': undefined,
  'connectivity.openRequests': undefined,
  'install.discover': { contextId, profile: planted.profileFile },
  'install.preflight': { planeId },
  'install.preflight of one check': { planeId, only: ['settings.valid'] },
  'install.checks': undefined,
  'install.values': { planeId },
  'install.values of a profile': { profile: planted.profileFile, settings: { ca }, release: 'words' },
  'install.plan': { planeId, action: 'install' },
  'install.watchHolder': { planeId },
  'install.savePlan': { planeId, action: 'install' },
  'install.openPlan': { text: '{}' },
  'install.start': { planeId, action: 'install', digest: 'none' },
  'operations.list': undefined,
  'operations.watch': undefined,
  'operations.cancel': { operationId: randomUUID() },
  'operations.resume': { operationId: randomUUID() },
  'operations.forget': { operationId: randomUUID() },
  'workloads.watch': { planeId },
  'workloads.events': { planeId },
  'workloads.object': {
    planeId,
    object: { uid: randomUUID(), kind: 'Pod', namespace: 'hangar-plane', name: 'agent-0' },
  },
  'logs.status': { planeId },
  'logs.collect': { planeId },
  'logs.search': { planeId },
  'logs.count': { planeId },
  'logs.place': { planeId, target: { place: 0 } },
  'logs.searchEngine': { planeId, engine: { kind: 'loki', service: 'logging/loki:3100' } },
  'logs.engines': { planeId },
  'logs.fetch': {
    planeId,
    engine: { kind: 'loki', service: 'logging/loki:3100' },
    from: '2026-01-01T00:00:00Z',
    to: '2026-01-02T00:00:00Z',
  },
  'logs.unfinishedFetch': { planeId },
  'logs.forgetFetch': { planeId },
  'logs.follow': { planeId },
  'logs.export': { planeId, format: 'ndjson' },
  'logs.patterns': { planeId, compare: { from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' } },
  'logs.around': { planeId, record: '0mfm1g5s0-0000000000' },
  'logs.histogram': { planeId, from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z', steps: 10 },
  'logs.saveSearch': {
    planeId,
    name: 'errors',
    text: 'level:error',
    levels: [],
    sources: [],
    range: { kind: 'all' },
    order: 'newest',
  },
  'logs.searches': { planeId },
  'logs.removeSearch': { planeId, id: '11111111-1111-4111-8111-111111111111' },
  'logs.retention': { planeId },
  'logs.expired': { planeId, days: 7, bytes: null },
  'logs.setRetention': { planeId, days: 7, bytes: null },
  'logs.accesses': { planeId },
  'logs.purge': { planeId },
  'vault.status': undefined,
  'vault.watch': undefined,
  'vault.active': undefined,
  'vault.rekey': undefined,
  'vault.unlock': { passphrase: 'not the passphrase of this vault' },
  'vault.put': { planeId, credential: 'agent', key: 'token', value: planted.token },
  'vault.list': { planeId },
  'vault.remove': { planeId, credential: 'none' },
  'trust.list': undefined,
  'trust.revoke': { id: 'none' },
  'trust.helm': undefined,
  'trust.allowHelm': { consentId: 'none' },
  'settings.get': undefined,
  'settings.set': { theme: 'dark' },
  'settings.about': undefined,
  'planes.profileChange': { planeId },
  'planes.approveProfile': { planeId, digest: '0'.repeat(64) },
  // Last, because the others need the plane and an open vault.
  'vault.lock': undefined,
  'planes.remove': { planeId },
})

/** A list of the terminal, whose file with trusted roots contains secrets beside a certificate. */
const listSubject = ({ credentialsFile }: Planted, port: number) => ({
  title: 'Endpoints',
  list: EndpointList.parse({
    endpoints: [
      { id: 'listed', component: 'words', host: 'localhost', port, protocol: 'https' },
      {
        id: 'own-roots',
        component: 'words',
        host: 'localhost',
        port,
        protocol: 'https',
        clientProfile: { trust: { file: credentialsFile } },
      },
    ],
  }),
})

const profileSubject = ({ profileFile }: Planted, ca: string) => ({ profile: profileFile, settings: { ca } })

/** Streams that do not end are read for this long. */
const streamMs = 1_500
/** A check is read to its end, because its saved run is read afterwards; a repeated check to its first report at least. */
const checkMs: Readonly<Record<string, number>> = {
  'connectivity.check': 20_000,
  'connectivity.checkRepeatedly': 6_000,
}

describe('every procedure, with secrets in the vault and in the kubeconfig', () => {
  let folder: string
  let app: App
  let api: Listening
  let planted: Planted
  let planeId: string
  let contextId: string
  let ca: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hangar-contract-'))
    process.env.DBUS_SESSION_BUS_ADDRESS = 'disabled:'
    const authority = createAuthority('Canary authority')
    ca = authority.certificate
    const { certificate, key } = authority.issue({ addresses: ['127.0.0.1'] })
    // An API server, or a gateway in front of it, whose errors quote the credentials of the request.
    api = await serveApi(
      { ca: authority.certificate, server: { cert: certificate, key } },
      ({ headers, url }, response) => {
        const message = `${url.pathname} is not for ${headers.authorization}`
        // Without permission to list nodes, vantages are offered; another failure becomes their `unavailableReason`.
        const code = url.pathname === '/api/v1/nodes' ? 500 : 403
        response.writeHead(code, { 'Content-Type': 'application/json' })
        response.end(
          JSON.stringify({
            kind: 'Status',
            apiVersion: 'v1',
            status: 'Failure',
            reason: code === 500 ? 'InternalError' : 'Forbidden',
            message,
            code,
          }),
        )
      },
    )
    const admin = authority.issue({ names: ['admin'], client: true })
    const base64 = (text: string): string => Buffer.from(text).toString('base64')
    const given = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [
        { name: 'echo', cluster: { server: api.url, 'certificate-authority-data': base64(authority.certificate) } },
      ],
      users: [
        {
          name: 'admin',
          user: { 'client-certificate-data': base64(admin.certificate), 'client-key-data': base64(admin.key) },
        },
      ],
      contexts: [{ name: 'echo', context: { cluster: 'echo', user: 'admin' } }],
      'current-context': 'echo',
    }
    await writeFile(join(folder, 'admin'), stringify(given), { mode: 0o600 })
    planted = await plantSecrets(join(folder, 'given'), join(folder, 'admin'), api.port, authority)
    app = await createApp({ home: join(folder, 'state'), host: 'terminal', kubeconfig: planted.kubeconfig })

    const { client } = app
    await client.vault.unlock({ passphrase: planted.secrets.passphrase ?? '' })
    const { contexts } = await client.clusters.contexts()
    contextId = contexts.find(({ name }) => name === 'with-token')?.id ?? ''
    const overrides = { words: { password: planted.password } }
    const described = {
      name: 'canary',
      profile: planted.profileFile,
      contextId,
      managementModel: 'self',
      settings: {},
      overrides,
    }
    planeId = (await client.planes.create(described)).id
    await client.vault.put({ planeId, credential: 'agent', key: 'tls.key', value: String(planted.token) })
  }, 60_000)

  afterAll(async () => {
    await app?.close()
    await api?.close()
    await rm(folder, { recursive: true, force: true })
  })

  it('returns no secret in outputs, streams and errors', async () => {
    const lastRun = async (): Promise<string> => (await app.client.connectivity.runs({ planeId }))[0]?.runId ?? ''
    const inputs = inputsOf(planeId, contextId, planted, ca, api.port, lastRun)
    const answers = new Map<string, string>()
    for (const [name, input] of Object.entries(inputs))
      answers.set(name, JSON.stringify(await call(app, name, typeof input === 'function' ? await input() : input)))

    const called = new Set(Object.keys(inputs).map(procedureOf))
    expect([...called].toSorted()).toEqual(procedureNames(contract).toSorted())
    // The secrets were used, and the server returned them.
    expect(api.seen.map(({ headers }) => headers.authorization)).toContain(
      `Bearer ${planted.secrets['kubeconfig token']}`,
    )
    expect(answers.get('vault.list')).toContain('tls.key')
    expect(answers.get('connectivity.vantages')).toContain('does not answer: /api/v1/nodes is not for')
    for (const name of ['check', 'check of a list'])
      expect(answers.get(`connectivity.${name}`)).toContain('apiVersion: batch/v1')
    for (const name of ['run', 'export', 'last', 'checkRepeatedly', 'check of a profile', 'allowList of a profile'])
      expect(answers.get(`connectivity.${name}`), name).toContain('server')
    expect(answers.get('connectivity.checkRepeatedly of a list')).toContain('own-roots')
    const leaks = [...answers].flatMap(([name, answer]) =>
      findSecrets(Buffer.from(answer), name, Object.values(planted.secrets)),
    )
    expect(leaks).toEqual([])
  }, 90_000)

  it('refuses the window a file or folder of this computer', async () => {
    const window = await createApp({ home: join(folder, 'window'), host: 'browser', kubeconfig: planted.kubeconfig })
    try {
      const inputs: readonly (readonly [string, object])[] = [
        ['connectivity.check', listSubject(planted, api.port)],
        ['connectivity.check', { title: 'Endpoints', list: { endpoints: [] }, folder }],
        ['connectivity.checkRepeatedly', { ...listSubject(planted, api.port), everyMs: 1_000 }],
        ['connectivity.rows', profileSubject(planted, ca)],
        ['connectivity.proxy', listSubject(planted, api.port)],
        ['connectivity.allowList', { ...profileSubject(planted, ca), format: 'markdown' }],
      ]
      for (const [name, input] of inputs)
        expect(JSON.stringify(await call(window, name, input)), name).toContain('Only the terminal can name')
    } finally {
      await window.close()
    }
  }, 30_000)
})

/** `connectivity.check of a list` → `connectivity.check`. */
const procedureOf = (name: string): string => name.split(' ', 1).join()

/** The output, the first events of a stream, or the error, as data. */
async function call({ client }: App, name: string, input: unknown): Promise<unknown> {
  const path = procedureOf(name)
  const signal = AbortSignal.timeout(checkMs[path] ?? streamMs)
  const procedure: unknown = path.split('.').reduce<unknown>((at, step) => Reflect.get(Object(at), step), client)
  if (typeof procedure !== 'function') throw new Error(`Unknown procedure ${path}.`)
  const events: unknown[] = []
  try {
    const answer: unknown = await procedure(input, { signal })
    if (typeof answer !== 'object' || answer === null || !(Symbol.asyncIterator in answer)) return answer
    for await (const event of answer as AsyncIterable<unknown>) events.push(event) // it has the method
    return events
  } catch (error) {
    const { message, ...rest } = Object(error)
    return [
      events,
      String(message),
      rest,
      String(Reflect.get(Object(error), 'data') && JSON.stringify(Reflect.get(Object(error), 'data'))),
    ]
  }
}
