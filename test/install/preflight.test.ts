import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { parse, stringify } from 'yaml'
import { discover } from '../../main/lib/kubernetes/discovery.ts'
import { createObject, listObjects } from '../../main/lib/kubernetes/objects.ts'
import type { PreflightResult } from '../../preload/contract/install.ts'
import type { JsonObject } from '../../preload/contract/words.ts'
import { buildHelm } from '../../scripts/build-helm.ts'
import { type Bed, startBed } from '../bed/bed.ts'
import { skipReason } from '../bed/with-bed.ts'
import { helm } from './cluster.ts'
import { namespace, type State, states } from './preflight-states.ts'
import { type InstallSetup, openSetup, planeId, profileOf, type TestHangar } from './setup.ts'

const reason = skipReason('real')
const limit = (seconds = 60) => AbortSignal.timeout(seconds * 1_000)
const rbac = 'rbac.authorization.k8s.io'

describe.skipIf(reason !== '')(`preflight on a real cluster ${reason}`, () => {
  let bed: Bed
  let program: string
  let folder: string
  let admin: TestHangar
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hangar-preflight-'))
    program = await buildHelm()
    bed = await startBed({}, AbortSignal.timeout(280_000))
    admin = await openSetup(setupOf({ check: 'api.reach', title: '', verdict: 'pass' }, 'admin'))
  }, 290_000)
  afterAll(async () => {
    await admin?.close()
    await bed?.down()
    await rm(folder, { recursive: true, force: true })
  }, 60_000)

  function setupOf({ chart = 'objects', objects = [], profile = {}, setup = {} }: State, name: string): InstallSetup {
    const release = { name, namespace: name, chart: { path: chart }, timeoutSeconds: 60 }
    const parts = JSON.parse(
      JSON.stringify({ releases: [release], ...profile }).replaceAll('REPLACED', name),
    ) as JsonObject // as it was
    const overrides = Object.values(setup.overrides ?? { [name]: { objects: [...objects] } })[0] ?? {}
    return {
      context: bed.name,
      home: join(folder, name),
      helm: program,
      ...setup,
      kubeconfig: bed.kubeconfig,
      profile: profileOf(name, parts),
      overrides: chart === 'small' && setup.overrides === undefined ? {} : { [name]: overrides },
    }
  }

  async function resultsOf(setup: InstallSetup, only?: string[]): Promise<PreflightResult[]> {
    const hangar = await openSetup(setup)
    try {
      for await (const event of hangar.install.preflight({ planeId, ...(only ? { only } : {}) }, limit()))
        if (event.kind === 'finished') return event.report.results
      throw new Error('The preflight did not finish.')
    } finally {
      await hangar.close()
    }
  }

  /** The kubeconfig with other users or clusters. */
  async function kubeconfigWith(name: string, change: (known: JsonObject) => JsonObject): Promise<string> {
    const file = join(folder, `${name}.kubeconfig`)
    const known = parse(await readFile(bed.kubeconfig, 'utf8'))
    await writeFile(file, stringify(change(known)), { mode: 0o600 })
    return file
  }

  async function limitedUser(name: string, rules: readonly object[], clusterRules: readonly object[]) {
    const { client } = admin
    const metadata = { name: 'weak', namespace: name }
    const subjects = [{ kind: 'ServiceAccount', name: 'weak', namespace: name }]
    await createObject(client, { apiVersion: 'v1', kind: 'ServiceAccount', metadata }, limit())
    await createObject(client, { apiVersion: `${rbac}/v1`, kind: 'Role', metadata, rules }, limit())
    const roleRef = (kind: string, of: string) => ({ apiGroup: rbac, kind, name: of })
    await createObject(
      client,
      { apiVersion: `${rbac}/v1`, kind: 'RoleBinding', metadata, subjects, roleRef: roleRef('Role', 'weak') },
      limit(),
    )
    await createObject(
      client,
      { apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata: { name }, rules: clusterRules },
      limit(),
    )
    await createObject(
      client,
      {
        apiVersion: `${rbac}/v1`,
        kind: 'ClusterRoleBinding',
        metadata: { name },
        subjects,
        roleRef: roleRef('ClusterRole', name),
      },
      limit(),
    )
    const path = `/api/v1/namespaces/${name}/serviceaccounts/weak/token`
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 3_600 } }
    const { status } = await client.request<{ status: { token: string } }>('POST', path, { body }, limit())
    const user = { name: 'weak', user: { token: status.token } }
    const kubeconfig = await kubeconfigWith(name, (known) => {
      const [cluster] = known.clusters as { name: string }[] // of the bed
      return {
        ...known,
        users: [user],
        contexts: [{ name: 'weak', context: { cluster: cluster?.name ?? '', user: 'weak' } }],
        'current-context': 'weak',
      }
    })
    return { kubeconfig, context: 'weak' }
  }

  const closedPort = () =>
    kubeconfigWith('closed', (known) => {
      const [cluster] = known.clusters as { name: string; cluster: JsonObject }[] // of the bed
      return {
        ...known,
        clusters: [{ ...cluster, cluster: { ...cluster?.cluster, server: 'https://127.0.0.1:1' } }] as never,
      }
    })

  it.each(states.map((state, index) => ({ ...state, index })))('$check: $title is $verdict', async (state) => {
    const name = `state-${state.index}`
    let setup = setupOf(state, name)
    if (state.setup?.kubeconfig === 'closed') setup = { ...setup, kubeconfig: await closedPort() }
    const hands = {
      client: admin.client,
      name,
      setup,
      helm: (...args: string[]) => helm(setup, ...args),
    }
    if (state.after !== undefined) onTestFinished(async () => state.after?.(hands))
    await state.before?.(hands)
    if (state.user !== undefined) setup = { ...setup, ...(await limitedUser(name, state.user.own, state.user.cluster)) }

    // Policies take effect a moment after they are created.
    const end = limit(20)
    let [result] = await resultsOf(setup, [state.check])
    while (state.title.includes('policy') && result?.verdict === 'pass' && !end.aborted)
      [result] = await resultsOf(setup, [state.check])

    expect({ verdict: result?.verdict, why: `${result?.message}\n${result?.evidence}` }).toEqual({
      verdict: state.verdict,
      why: expect.stringContaining(state.names ?? ''),
    })
    if (state.verdict === 'fail' || state.verdict === 'warn') expect(result?.hint).not.toBe('')
  })

  it('leaves nothing in the cluster, and takes less than 3 s', async () => {
    const name = 'nothing'
    const objects: JsonObject[] = [
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'words' }, data: {} },
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'web' },
        spec: {
          selector: { matchLabels: { a: 'b' } },
          template: {
            metadata: { labels: { a: 'b' } },
            spec: { containers: [{ name: 'c', image: 'hangar.test/busybox:1' }] },
          },
        },
      },
    ]
    const setup = setupOf({ check: '', title: '', verdict: 'pass', objects }, name)
    await namespace()({ client: admin.client, name, setup, helm: async () => '' })
    await resultsOf(setup)
    const before = await listing(name)

    const began = performance.now()
    const results = await resultsOf(setup)
    const elapsedMs = performance.now() - began

    expect(results.find(({ id }) => id === 'admission.pods')?.verdict).toBe('pass')
    expect(results.find(({ id }) => id === 'admission.dry-run')?.verdict).toBe('pass')
    expect(await listing(name)).toEqual(before)
    expect(elapsedMs).toBeLessThan(3_000)
  })

  it('estimates the size of a record within 10 % of what helm stores', async () => {
    const name = 'sized'
    const objects = Array.from({ length: 40 }, (_, index) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: `words-${index}` },
      data: { noise: randomBytes(3_000).toString('base64') },
    }))
    const setup = setupOf({ check: '', title: '', verdict: 'pass', objects }, name)
    const values = join(folder, 'values.json')
    await writeFile(values, JSON.stringify({ objects }))
    await helm(
      setup,
      'install',
      name,
      `${import.meta.dirname}/charts/objects`,
      '-n',
      name,
      '--create-namespace',
      '-f',
      values,
    )

    const [result] = await resultsOf(setup, ['release.size'])
    const secrets = await listObjects(
      admin.client,
      { apiVersion: 'v1', kind: 'Secret' },
      { namespace: name, labelSelector: 'owner=helm' },
      limit(),
    )
    const stored = Buffer.from(String(Object(secrets[0]?.data).release), 'base64').length
    const estimated = Number(/(\d+) KiB/.exec(result?.evidence ?? '')?.[1]) * 1_024

    expect(stored).toBeGreaterThan(100_000)
    expect(Math.abs(estimated - stored) / stored).toBeLessThan(0.1)
  })

  it('removes the Job of a deep check that is cancelled', async () => {
    const container = { name: 'c', image: 'nowhere.test/slow:1' }
    const spec = {
      selector: { matchLabels: { a: 'b' } },
      template: { metadata: { labels: { a: 'b' } }, spec: { containers: [container] } },
    }
    const objects: JsonObject[] = [{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec }]
    const hangar = await openSetup(setupOf({ check: '', title: '', verdict: 'pass', objects }, 'cancelled'))
    onTestFinished(() => hangar.close())
    const jobs = () =>
      listObjects(admin.client, { apiVersion: 'batch/v1', kind: 'Job' }, { labelSelector: 'hangar/preflight' }, limit())
    const stop = new AbortController()
    const running = (async () => {
      for await (const _ of hangar.install.preflight({ planeId, only: ['image.node'] }, stop.signal));
    })()
    running.catch(() => undefined) // it is cancelled below
    const end = limit(30)
    while ((await jobs()).length === 0) end.throwIfAborted()

    stop.abort()

    await expect(running).rejects.toThrow()
    while ((await jobs()).length > 0) end.throwIfAborted()
  })

  /** Everything in a namespace, but for events. */
  async function listing(of: string): Promise<string[]> {
    const { resources } = await discover(admin.client, limit())
    const kinds = resources.filter(
      ({ namespaced, verbs, kind }) => namespaced && verbs.includes('list') && kind !== 'Event',
    )
    const lists = await Promise.all(kinds.map((kind) => listObjects(admin.client, kind, { namespace: of }, limit())))
    return lists
      .flat()
      .map(({ kind, metadata }) => `${kind} ${metadata.name} ${metadata.resourceVersion}`)
      .toSorted()
  }
})
