import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { type App, type AppOptions, createApp } from '../../main/app.ts'
import type { Question } from '../../main/composition/confirmed-decisions.ts'
import type { Client } from '../../main/router.ts'
import type { Connection } from '../../preload/contract/workloads.ts'
import { createAuthority } from '../peers/authority.ts'
import { type Listening, serveApi } from './api-server.ts'
import { writeProgram } from './kubeconfig-folder.ts'

/** Longer than a watch, a schedule or a probe needs to start what it would start. */
const settleMs = 4_000

const profile = stringify({
  schemaVersion: 1,
  name: 'small',
  title: 'Small',
  description: 'A plane with logs and nothing else.',
  managementModels: [{ id: 'self', title: 'Self', summary: 'You run it.', tasks: [] }],
  components: [{ id: 'agent', title: 'Agent', summary: 'Runs elsewhere.', providedBy: 'vendor' }],
  releases: [],
  endpoints: [{ id: 'nowhere', component: 'agent', host: '127.0.0.1', port: 1, protocol: 'https' }],
  logSources: [{ id: 'agent', title: 'Agent', component: 'agent', namespace: 'default', selector: 'app=agent' }],
})

/** An API server with no objects, whose watches stay open. */
async function serveEmptyCluster(): Promise<{ api: Listening; ca: string }> {
  const authority = createAuthority('Consent authority')
  const { certificate, key } = authority.issue({ addresses: ['127.0.0.1'] })
  const tls = { ca: authority.certificate, server: { cert: certificate, key } }
  const api = await serveApi(tls, ({ url }, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json' })
    if (url.searchParams.get('watch') !== null) return void response.flushHeaders()
    response.end(
      JSON.stringify({
        kind: 'List',
        apiVersion: 'v1',
        metadata: { resourceVersion: '1' },
        items: [],
        gitVersion: 'v1.36.0',
      }),
    )
  })
  return { api, ca: authority.certificate }
}

describe('a kubeconfig of someone else, whose credential program leaves a mark', () => {
  let folder: string
  let cluster: Awaited<ReturnType<typeof serveEmptyCluster>>
  let app: App | undefined

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hangar-consent-'))
    process.env.DBUS_SESSION_BUS_ADDRESS = 'disabled:'
    cluster = await serveEmptyCluster()
    // The credential expires at once, so that each connection runs the program again.
    const status = { token: 'token-of-the-program', expirationTimestamp: '2020-01-01T00:00:00Z' }
    const credential = JSON.stringify({
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      status,
    })
    await writeProgram(
      join(folder, 'sign-in'),
      `echo "$SECRET_OF_THE_SHELL" >> '${join(folder, 'mark')}'\necho '${credential}'`,
    )
    process.env.SECRET_OF_THE_SHELL = 'canary-of-the-environment'
    const command = join(folder, 'sign-in')
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command, interactiveMode: 'IfAvailable' }
    const server = { server: cluster.api.url, 'certificate-authority-data': Buffer.from(cluster.ca).toString('base64') }
    await writeFile(
      join(folder, 'kubeconfig'),
      stringify({
        apiVersion: 'v1',
        kind: 'Config',
        'current-context': 'foreign',
        clusters: [{ name: 'c', cluster: server }],
        users: [{ name: 'u', user: { exec } }],
        contexts: [{ name: 'foreign', context: { cluster: 'c', user: 'u' } }],
      }),
      { mode: 0o600 },
    )
  })

  afterEach(async () => {
    await app?.close()
    app = undefined
    await cluster.api.close()
    await rm(folder, { recursive: true, force: true })
  })

  const start = async (options: Partial<AppOptions> = {}): Promise<Client> => {
    await app?.close()
    app = await createApp({
      home: join(folder, 'state'),
      host: 'browser',
      kubeconfig: join(folder, 'kubeconfig'),
      ...options,
    })
    const { client } = app
    await client.vault.unlock({ passphrase: 'a passphrase of some length' })
    return client
  }

  /** Another process, which knows nothing of the app that runs. */
  const revokeInTerminal = async (id: string): Promise<void> => {
    const environment = { ...process.env, HANGAR_HOME: join(folder, 'state') }
    await promisify(execFile)(process.execPath, ['bin/hangar.js', 'trust', 'revoke', id], { env: environment })
  }

  const runs = async (): Promise<number> =>
    existsSync(join(folder, 'mark')) ? (await readFile(join(folder, 'mark'), 'utf8')).split('\n').length - 1 : 0

  const createPlane = async (client: Client) => {
    await client.profiles.copy({ name: 'devant', newName: 'small' })
    await client.profiles.save({ name: 'small', text: profile })
    const { contexts } = await client.clusters.contexts()
    const contextId = contexts[0]?.id ?? ''
    const described = {
      name: 'foreign',
      profile: 'small',
      contextId,
      managementModel: 'self',
      settings: {},
      overrides: {},
    }
    const { id } = await client.planes.create(described)
    const change = await client.planes.profileChange({ planeId: id })
    // The content may have been approved for another plane.
    if (change !== null) await client.planes.approveProfile({ planeId: id, digest: change.digest })
    return { planeId: id, contextId }
  }

  const allow = async (client: Client, contextId: string): Promise<void> => {
    const { contexts } = await client.clusters.contexts()
    const consentId = contexts.find(({ id }) => id === contextId)?.consent?.id ?? ''
    await client.clusters.allow({ contextId, consentId, wholeFile: false, variables: [] })
  }

  /** The states of the connection of a watched plane, the newest last. */
  const watchPlane = (client: Client, planeId: string, signal: AbortSignal): Connection[] => {
    const states: Connection[] = []
    void (async () => {
      for await (const event of await client.workloads.watch({ planeId }, { signal }))
        states.push(event.kind === 'state' ? event.status.connection : event.connection)
    })().catch(() => undefined)
    return states
  }

  const until = async (condition: () => boolean | Promise<boolean>): Promise<void> => {
    for (const limit = Date.now() + 15_000; !(await condition()); await delay(50))
      if (Date.now() > limit) throw new Error('The condition did not become true within 15 s.')
  }

  it('runs nothing by listing, watching and starting with a plane and a schedule on it', async () => {
    const first = await start({ host: 'terminal' })
    const { planeId } = await createPlane(first)
    await first.connectivity.setWatch({
      planeId,
      watch: { everyMinutes: 1, from: [{ kind: 'computer' }, { kind: 'pod' }], holdSeconds: 0 },
    })
    const client = await start()
    const stop = new AbortController()
    await client.clusters.contexts()
    const lists = (await client.clusters.watchContexts(undefined, { signal: stop.signal }))[Symbol.asyncIterator]()
    await lists.next()
    const states = watchPlane(client, planeId, stop.signal)
    await delay(settleMs)
    stop.abort()

    expect(await runs()).toBe(0)
    expect(cluster.api.seen).toEqual([])
    expect(states.at(-1)?.problem?.code).toBe('CONSENT_NEEDED')
  })

  it('runs nothing by any call that connects: each reports the consent that is needed', async () => {
    const client = await start()
    const { planeId, contextId } = await createPlane(client)
    const all = async (stream: Promise<AsyncIterable<unknown>>) => {
      for await (const _ of await stream);
    }

    expect((await client.clusters.probe({ contextId })).problem?.code).toBe('CONSENT_NEEDED')
    await client.connectivity.vantages({ planeId })
    const calls: readonly Promise<unknown>[] = [
      client.install.plan({ planeId, action: 'install' }),
      all(client.install.preflight({ planeId })),
      client.workloads.events({ planeId }),
      all(client.connectivity.check({ planeId, from: [{ kind: 'pod' }] })),
      client.logs.collect({ planeId }),
    ]
    const codes = (await Promise.allSettled(calls)).map((each) =>
      each.status === 'rejected' ? each.reason.code : 'ok',
    )
    expect(codes).toEqual(calls.map(() => 'CONSENT_NEEDED'))
    await delay(500)
    expect(await runs()).toBe(0)
    expect(cluster.api.seen).toEqual([])
  })

  it('connects by itself once it is allowed, with its program and without the variables of the shell', async () => {
    const client = await start()
    const { planeId, contextId } = await createPlane(client)
    const stop = new AbortController()
    const states = watchPlane(client, planeId, stop.signal)
    await until(() => states.at(-1)?.problem?.code === 'CONSENT_NEEDED')
    await allow(client, contextId)
    await until(() => states.at(-1)?.state === 'live')
    stop.abort()

    expect(cluster.api.seen[0]?.headers.authorization).toBe('Bearer token-of-the-program')
    expect(await readFile(join(folder, 'mark'), 'utf8')).not.toContain('canary-of-the-environment')
  })

  it('connects after the next start without a question, with the consent that is remembered', async () => {
    const first = await start()
    const { planeId, contextId } = await createPlane(first)
    await allow(first, contextId)
    const client = await start()
    const stop = new AbortController()
    const states = watchPlane(client, planeId, stop.signal)
    await until(() => states.at(-1)?.state === 'live')
    stop.abort()
    expect(await runs()).toBeGreaterThan(0)
  })

  it.each([
    ['in the window', async (client: Client, id: string) => client.trust.revoke({ id })],
    ['by "hangar trust revoke" in a terminal', async (_client: Client, id: string) => revokeInTerminal(id)],
  ])(
    'runs no more after its consent was revoked %s: workloads, collection and calls report it',
    async (_where, revoke) => {
      const client = await start()
      const { planeId, contextId } = await createPlane(client)
      await allow(client, contextId)
      const stop = new AbortController()
      const states = watchPlane(client, planeId, stop.signal)
      const { id } = await client.logs.collect({ planeId })
      await until(() => states.at(-1)?.state === 'live')
      expect((await client.clusters.probe({ contextId })).reachable).toBe(true)

      for (const grant of await client.trust.list()) if (grant.kind === 'sign-in') await revoke(client, grant.id)
      await until(() => states.at(-1)?.problem?.code === 'CONSENT_NEEDED')
      const operation = async () => (await client.operations.list()).find((each) => each.id === id)
      await until(async () => (await operation())?.state === 'failed')
      const [ran, requests] = [await runs(), cluster.api.seen.length]
      expect((await client.clusters.probe({ contextId })).problem?.code).toBe('CONSENT_NEEDED')
      await delay(settleMs)
      stop.abort()

      expect((await operation())?.problem?.code).toBe('CONSENT_NEEDED')
      expect([await runs(), cluster.api.seen.length]).toEqual([ran, requests])
    },
  )

  it('cannot be allowed as it was shown before it changed', async () => {
    const client = await start()
    const { contextId } = await createPlane(client)
    const [shown] = (await client.clusters.contexts()).contexts
    const file = join(folder, 'kubeconfig')
    await writeFile(file, (await readFile(file, 'utf8')).replace('sign-in', 'sign-in\n        args: [--other]'))

    const input = { contextId, consentId: shown?.consent?.id ?? '', wholeFile: false, variables: [] }
    await expect(client.clusters.allow(input)).rejects.toMatchObject({ code: 'CONSENT_STALE' })
    expect((await client.clusters.probe({ contextId })).problem?.code).toBe('CONSENT_NEEDED')
    expect(await runs()).toBe(0)
  })

  it('asks again after an argument or a variable changed', async () => {
    const client = await start()
    const { contextId } = await createPlane(client)
    await allow(client, contextId)
    expect((await client.clusters.probe({ contextId })).reachable).toBe(true)
    const file = join(folder, 'kubeconfig')
    const before = await runs()
    await writeFile(file, (await readFile(file, 'utf8')).replace('sign-in', 'sign-in\n        args: [--other]'))

    expect((await client.clusters.probe({ contextId })).problem?.code).toBe('CONSENT_NEEDED')
    expect(await runs()).toBe(before)
  })

  it('in the desktop is allowed, and a profile approved, only by what the user confirms outside of the window', async () => {
    const questions: Question[] = []
    const answers = [true, false, true]
    const confirm = async (question: Question) => {
      questions.push(question)
      return answers.shift() ?? false
    }
    const client = await start({ host: 'desktop', confirm })
    const { contextId } = await createPlane(client)
    const refused = { code: 'NOT_CONFIRMED' }

    await expect(allow(client, contextId)).rejects.toMatchObject(refused)
    expect((await client.clusters.probe({ contextId })).problem?.code).toBe('CONSENT_NEEDED')
    expect(await runs()).toBe(0)
    await allow(client, contextId)
    expect((await client.clusters.probe({ contextId })).reachable).toBe(true)
    expect(questions).toMatchObject([
      { message: 'Approve the profile small for foreign?', detail: expect.stringContaining('https 127.0.0.1:1') },
      { message: 'Allow the sign-in to foreign?', detail: expect.stringContaining(`run ${join(folder, 'sign-in')}`) },
      { message: 'Allow the sign-in to foreign?' },
    ])
  })

  it('in the desktop asks nothing about a consent that was not shown, and one question at a time', async () => {
    const open = Promise.withResolvers<boolean>()
    let asked = 0
    const confirm = () => {
      asked += 1
      return open.promise
    }
    const client = await start({ host: 'desktop', confirm })
    const [context] = (await client.clusters.contexts()).contexts
    const input = { contextId: context?.id ?? '', wholeFile: false, variables: [] }
    await expect(client.clusters.allow({ ...input, consentId: '00' })).rejects.toMatchObject({ code: 'CONSENT_STALE' })
    const allow = () => client.clusters.allow({ ...input, consentId: context?.consent?.id ?? '' })
    const both = [allow(), allow()]
    // Either of them can be the one that asks; the other is refused while the question is open.
    await expect(Promise.race(both)).rejects.toMatchObject({ code: 'NOT_CONFIRMED' })
    open.resolve(false)
    for (const each of both) await expect(each).rejects.toMatchObject({ code: 'NOT_CONFIRMED' })
    expect(asked).toBe(1)
  })
})
