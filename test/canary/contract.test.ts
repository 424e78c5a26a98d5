import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { type App, createApp } from '../../main/app.ts'
import { contract } from '../../preload/contract/index.ts'
import { type Listening, serveApi } from '../clusters/api-server.ts'
import { createAuthority } from '../peers/authority.ts'
import { procedureNames, textFields } from './fields.ts'
import { findSecrets } from './search.ts'
import { type Planted, plantSecrets } from './secrets.ts'

const listFile = join(import.meta.dirname, 'contract-fields.txt')

describe('the output of the contract', () => {
  it('contains only text fields that were reviewed', async () => {
    // A field that is new could carry a secret to the window: see what fills it, then write its line into the list.
    expect(textFields(contract)).toEqual((await readFile(listFile, 'utf8')).trimEnd().split('\n'))
  })
})

/** What each procedure is asked. All of them: one that is missing here fails the test below. */
const questions = (
  planeId: string,
  contextId: string,
  planted: Planted,
  ca: string,
  lastRun: () => Promise<string>,
): Readonly<Record<string, unknown>> => ({
  'profiles.list': undefined,
  'profiles.get': { name: planted.profileFile },
  'profiles.read': { name: planted.profileFile },
  'profiles.check': { text: 'schemaVersion: 1' },
  'profiles.copy': { name: 'demo', newName: 'copied' },
  'profiles.save': { name: 'copied', text: 'schemaVersion: 1' },
  'profiles.remove': { name: 'copied' },
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
  'planes.update': { planeId, settings: { ca }, overrides: { words: { password: planted.password } } },
  'clusters.contexts': undefined,
  'clusters.watchContexts': undefined,
  'clusters.probe': { contextId },
  'connectivity.rows': { planeId },
  'connectivity.vantages': { planeId },
  'connectivity.proxy': { planeId },
  // The pod is refused: what it would have been started with comes as a manifest.
  'connectivity.check': { planeId, from: [{ kind: 'computer' }, { kind: 'pod' }] },
  'connectivity.checkRepeatedly': { planeId, everyMs: 1_000 },
  'connectivity.last': { planeId },
  'connectivity.runs': { planeId },
  'connectivity.run': async () => ({ planeId, runId: await lastRun() }),
  'connectivity.compare': async () => ({ planeId, before: await lastRun(), after: await lastRun() }),
  'connectivity.export': async () => ({ planeId, runId: await lastRun(), format: 'html' }),
  'connectivity.allowList': { planeId, format: 'markdown' },
  'connectivity.setWatch': { planeId, watch: { everyMinutes: 60, from: [{ kind: 'computer' }], holdSeconds: 0 } },
  'connectivity.watch': { planeId },
  'connectivity.watches': undefined,
  'connectivity.openRequests': undefined,
  'install.preflight': { planeId },
  'install.plan': { planeId, action: 'install' },
  'install.start': { planeId, action: 'install', digest: 'none' },
  'operations.list': undefined,
  'operations.watch': undefined,
  'operations.cancel': { operationId: randomUUID() },
  'operations.resume': { operationId: randomUUID() },
  'operations.forget': { operationId: randomUUID() },
  'workloads.watch': { planeId },
  'workloads.events': { planeId },
  'logs.status': { planeId },
  'logs.collect': { planeId },
  'logs.search': { planeId },
  'logs.follow': { planeId },
  'logs.histogram': { planeId, from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z', steps: 10 },
  'logs.purge': { planeId },
  'vault.status': undefined,
  'vault.unlock': { passphrase: 'not the passphrase of this vault' },
  'vault.put': { planeId, credential: 'agent', key: 'token', value: planted.token },
  'vault.list': { planeId },
  'vault.remove': { planeId, credential: 'none' },
  'settings.get': undefined,
  'settings.set': { theme: 'dark' },
  'settings.about': undefined,
  // Last: what it takes away the others need.
  'planes.remove': { planeId },
})

/** So much of a stream is listened to. */
const listenMs = 1_500
/** A check is heard to its end: what it found is asked for afterwards. */
const checkMs = 20_000

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
    // An API server, or what stands before it, that answers with what it was sent.
    api = await serveApi(
      { ca: authority.certificate, server: { cert: certificate, key } },
      ({ headers, url }, response) => {
        const message = `${url.pathname} is not for ${headers.authorization}`
        response.writeHead(403, { 'Content-Type': 'application/json' })
        response.end(
          JSON.stringify({
            kind: 'Status',
            apiVersion: 'v1',
            status: 'Failure',
            reason: 'Forbidden',
            message,
            code: 403,
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

  it('returns none of them, in outputs, streams and errors', async () => {
    const lastRun = async (): Promise<string> => (await app.client.connectivity.runs({ planeId }))[0]?.runId ?? ''
    const asked = questions(planeId, contextId, planted, ca, lastRun)
    const answers = new Map<string, string>()
    for (const [name, question] of Object.entries(asked))
      answers.set(
        name,
        JSON.stringify(await ask(app, name, typeof question === 'function' ? await question() : question)),
      )

    expect(Object.keys(asked).toSorted()).toEqual(procedureNames(contract).toSorted())
    // The secrets were used, and came back from the far side.
    expect(api.seen.map(({ headers }) => headers.authorization)).toContain(
      `Bearer ${planted.secrets['kubeconfig token']}`,
    )
    expect(answers.get('vault.list')).toContain('tls.key')
    expect(answers.get('connectivity.check')).toContain('apiVersion: batch/v1')
    for (const name of ['run', 'export', 'last']) expect(answers.get(`connectivity.${name}`)).toContain('far-end')
    const leaks = [...answers].flatMap(([name, answer]) =>
      findSecrets(Buffer.from(answer), name, Object.values(planted.secrets)),
    )
    expect(leaks).toEqual([])
  }, 90_000)
})

/** The answer, the first events of a stream, or the error, as data. */
async function ask({ client }: App, name: string, question: unknown): Promise<unknown> {
  const signal = AbortSignal.timeout(name === 'connectivity.check' ? checkMs : listenMs)
  const procedure: unknown = name.split('.').reduce<unknown>((at, step) => Reflect.get(Object(at), step), client)
  if (typeof procedure !== 'function') throw new Error(`There is no ${name}.`)
  const events: unknown[] = []
  try {
    const answer: unknown = await procedure(question, { signal })
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
