import { readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { parse } from 'yaml'
import { applyObject } from '../../main/lib/kubernetes/apply.ts'
import type { KubernetesClient } from '../../main/lib/kubernetes/client.ts'
import { multiplexedStreamsLimit } from '../../main/lib/kubernetes/multiplexed-streams.ts'
import { listObjects } from '../../main/lib/kubernetes/objects.ts'
import { openCluster } from '../../main/lib/kubernetes/open.ts'
import { watchesAtOnce } from '../../main/workloads/followed-cluster.ts'
import { planWatch } from '../../main/workloads/watch-plan.ts'
import { type Bed, startBed } from '../bed/bed.ts'
import { until } from '../bed/until.ts'
import { skipReason } from '../bed/with-bed.ts'
import { Churn, numberOf } from './torture/churn.ts'
import { compactEtcd } from './torture/compaction.ts'
import { faults, type Upstream } from './torture/faulty-proxy.ts'
import { collectionPath, definitionOf, torturedKinds } from './torture/kinds.ts'
import { pick, seededRandom } from './torture/random.ts'
import { torturedProfile, Watched } from './torture/watched.ts'

const reason = skipReason('simulated')
const isLong = process.env.HANGAR_LONG === '1'
/** The same faults in the same order; their time depends on the machine. */
const seed = Number(process.env.HANGAR_SEED ?? (isLong ? Date.now() % 1_000_000 : 12))
const size = isLong
  ? { namespaces: 60, objects: 600, seconds: 300, restarts: 30, faultEveryMs: 1_000, changeEveryMs: 150 }
  : { namespaces: 6, objects: 80, seconds: 10, restarts: 1, faultEveryMs: 250, changeEveryMs: 150 }

/** A state that another one has replaced is not shown as current for longer than this. */
const staleLimitMs = 15_000
/** The limit of lists that run at once, of `main/workloads/followed-cluster.ts`. */
const listsAtOnceLimit = 4
/** The longest backoff, and a turn of every watch. */
const recoveryLimitMs = 90_000
/** Each collection is listed once, once or twice for each start of the API server, and once for each fault that calls for it. */
const listLimit = (collections: number, faultCount: number): number =>
  collections * (1 + 2 * size.restarts) + faultCount

describe.skipIf(reason !== '')(`watches of a plane in ${size.namespaces} namespaces (seed ${seed}) ${reason}`, () => {
  const random = seededRandom(seed)
  const namespaces = Array.from({ length: size.namespaces }, (_, index) => `tortured-${index}`)
  const never = new AbortController().signal
  const restricted = 'restricted'
  /** Collections of the user who reads single namespaces, without the kinds that are not served. */
  const collections = planWatch(torturedProfile(namespaces)).targets.filter(
    ({ group }) => !/^(gateway|snapshot)\./.test(group),
  )
  const atOnce = isLong ? multiplexedStreamsLimit : watchesAtOnce
  const turnOfMost = 0.9 * Math.min(collections.length, atOnce)
  const kindCount = new Set(collections.map(({ kind }) => kind)).size
  let bed: Bed
  let client: KubernetesClient
  let upstream: Upstream

  beforeAll(async () => {
    bed = await startBed({ pods: 'simulated', simulatedNodes: 0, dns: false, storage: false }, never)
    client = await openCluster({ files: [bed.kubeconfig], contextName: bed.name, environment: {} })
    upstream = await administrator(bed)
    for (const kind of torturedKinds) await applyObject(client, definitionOf(kind), {}, never)
    // What a user has who is no administrator of the cluster: everything in each namespace, nothing of all namespaces.
    const reader = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'reader' } }
    const rules = [{ apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list', 'watch'] }]
    await applyObject(client, { ...reader, rules }, {}, never)
    for (const name of namespaces) {
      await applyObject(client, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, {}, never)
      const binding = {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata: { name: 'reader', namespace: name },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'reader' },
        subjects: [{ kind: 'User', name: restricted, apiGroup: 'rbac.authorization.k8s.io' }],
      }
      await applyObject(client, binding, {}, never)
    }
    for (const kind of torturedKinds)
      await until(
        `The definition of ${kind.kind}`,
        () => client.request('GET', collectionPath(kind), {}, never),
        30_000,
        never,
      )
  })
  afterAll(async () => {
    await client?.close()
    await bed?.down(AbortSignal.timeout(120_000))
  })

  it(
    'show what the cluster contains after every kind of fault, and nothing stale as current meanwhile',
    async () => {
      const churn = new Churn(client, torturedKinds, namespaces, random)
      for (let count = 0; count < size.objects; count += 1) {
        const kind = torturedKinds[count % torturedKinds.length]
        if (kind !== undefined) await churn.create(kind, namespaces[count % namespaces.length] ?? '', never)
      }
      const users = [
        await Watched.open(upstream, isLong, namespaces, churn),
        await Watched.open({ ...upstream, user: restricted }, isLong, namespaces, churn),
      ] as const
      onTestFinished(async () => {
        for (const user of users) await user.close()
      })
      const isLive = () => users.every(({ state }) => state?.status.connection.state === 'live')
      await expect.poll(isLive, { timeout: recoveryLimitMs }).toBe(true)

      await storm(users, churn)
      // Whatever the storm left open is half-open now, and all of it is out of date.
      const areWatching = () => users[0].proxy.openWatches === kindCount && users[1].proxy.openWatches > turnOfMost
      await expect.poll(areWatching, { timeout: recoveryLimitMs }).toBe(true)
      for (const { proxy } of users) proxy.silenceAll()
      await churn.writeAll(never)

      for (const user of users) {
        await expect
          .poll(() => shownBy(user), { timeout: recoveryLimitMs, interval: 1_000 })
          .toEqual(await contentOf(client))
      }
      for (const [user, count] of [
        [users[0], kindCount],
        // One attempt for all namespaces comes first.
        [users[1], kindCount + collections.length],
      ] as const) {
        const faultCount = user.proxy.done.values().reduce((sum, count) => sum + count, 0)
        console.info(
          `${churn.writes} writes, ${faultCount} faults: stale for ${user.longestStaleMs} ms at most, ${user.proxy.lists} lists ` +
            `of ${count} collections, ${user.proxy.mostWatches} watches at once, ${user.changes.join(' ')}`,
        )
        expect([...user.proxy.done.keys()].sort()).toEqual([...faults].sort())
        expect(user.longestStaleMs, user.worst).toBeLessThan(staleLimitMs)
        expect(user.proxy.mostListsAtOnce).toBeLessThanOrEqual(listsAtOnceLimit)
        expect(user.proxy.mostWatches).toBeLessThanOrEqual(atOnce)
        expect(user.proxy.lists).toBeLessThanOrEqual(listLimit(count, faultCount))
      }
    },
    (3 * size.seconds + 270) * 1_000,
  )

  /** Changes, faults, compactions and restarts of the API server, all at once. */
  async function storm(users: readonly Watched[], churn: Churn): Promise<void> {
    const end = AbortSignal.timeout(size.seconds * 1_000)
    const repeat = async (everyMs: number, act: () => unknown): Promise<void> => {
      while (!end.aborted) {
        await act()
        await delay(everyMs * (0.5 + random()), undefined, { signal: end }).catch(() => undefined)
      }
    }
    const strike = (): void => {
      for (const { proxy } of users) {
        // Each kind once, then at random.
        const fault = faults.find((each) => !proxy.done.has(each)) ?? pick(faults, random)
        if (fault !== undefined) proxy.strike(fault, random)
      }
    }
    const restart = async (): Promise<void> => {
      for (let count = 0; count < size.restarts; count += 1) {
        await delay((size.seconds * 1_000 * (0.5 + random())) / (size.restarts * 2))
        await compactEtcd(bed.name, never)
        await bed.stopApiServer()
        await bed.startApiServer()
      }
    }
    await Promise.all([
      repeat(size.changeEveryMs, () => churn.step(end)),
      repeat(size.faultEveryMs, strike),
      repeat(size.seconds * 250, () => pick(users, random)?.proxy.resetAll()),
      restart(),
    ])
  }
})

/** The cluster's administrator, directly. */
async function administrator(bed: Bed): Promise<Upstream> {
  const { clusters, users } = parse(await readFile(bed.kubeconfig, 'utf8'))
  const text = (base64: string): string => Buffer.from(base64, 'base64').toString('utf8')
  const { server, 'certificate-authority-data': ca } = clusters[0].cluster
  const { 'client-certificate-data': cert, 'client-key-data': key } = users[0].user
  return { server, ca: text(ca), cert: text(cert), key: text(key) }
}

/** Each object with the number of its last write. */
async function contentOf(client: KubernetesClient): Promise<string[]> {
  const lists = await Promise.all(
    torturedKinds.map(({ kind, group, version }) =>
      listObjects(client, { apiVersion: `${group}/${version}`, kind }, {}, AbortSignal.timeout(30_000)),
    ),
  )
  return lists
    .flat()
    .map(({ kind, metadata, status }) => `${kind} ${metadata.uid} ${numberOf(JSON.stringify(status))}`)
    .sort()
}

/** The same of what a window shows. An object without a written state has none to compare. */
function shownBy({ state }: Watched): string[] {
  if (state?.status.connection.state !== 'live') return []
  return [...state.objects.values()]
    .filter(({ kind }) => torturedKinds.some((tortured) => tortured.kind === kind))
    .map(({ kind, uid, health, reason: shown }) => {
      const number = numberOf(shown)
      return `${kind} ${uid} ${health === 'unknown' && number !== undefined ? 'not current' : number}`
    })
    .sort()
}
