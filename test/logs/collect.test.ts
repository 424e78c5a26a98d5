import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { z } from 'zod'
import { type App, createApp } from '../../main/app.ts'
import { openCluster } from '../../main/lib/kubernetes/open.ts'
import { collect } from '../../main/logs/collect/collector.ts'
import { LogStore } from '../../main/logs/store/store.ts'
import type { LogSource } from '../../preload/contract/profiles.ts'
import { apiOf } from '../bed/access.ts'
import type { Api, Manifest } from '../bed/api.ts'
import { type Bed, startBed } from '../bed/bed.ts'
import { until } from '../bed/until.ts'
import { shellPod, skipReason } from '../bed/with-bed.ts'
import { isLongRun, sampleSeed } from '../daily-sample.ts'
import { seededRandom } from '../workloads/torture/random.ts'
import { type Counted, countedLines } from './counted-lines.ts'
import { startCollector } from './start-collector.ts'

const reason = skipReason('real')
const planeId = '6f3c2a9e-8f3a-4f57-9b0e-0d6c3c1c2f11'
const limit = () => AbortSignal.timeout(20_000)
const pods = '/api/v1/namespaces/default/pods'

const sourceOf = (app: string): LogSource => ({
  id: app,
  title: app,
  component: app,
  namespace: 'default',
  selector: `app=${app}`,
  format: 'plain',
})

/** Counts the container's instances in a file that outlives them, then runs the script with `$n`. */
const countingPod = (app: string, script: string, more: Readonly<Record<string, unknown>> = {}): Manifest => {
  const counted = `n=$(cat /count/n 2>/dev/null || echo 1); echo $((n+1)) > /count/n\n${script}`
  const pod = shellPod(app, counted, { volumeMounts: [{ name: 'count', mountPath: '/count' }] })
  const volumes = [{ name: 'count', emptyDir: {} }]
  return { ...pod, spec: { ...(pod.spec as object), restartPolicy: 'Always', volumes, ...more } } // our own manifest
}

/** The first instance prints 60 lines and ends; the second one prints 60 lines and keeps running. */
const restartsOnce = `
i=1; while [ $i -le 60 ]; do echo "instance $n line $i"; i=$((i+1)); sleep 0.05; done
[ $n -ge 2 ] && sleep 1000; exit 0`
const [podCount, kills] = isLongRun ? [40, 50] : [3, 3]
/** Of the first and of the second instance. */
const linesOfRuns = isLongRun ? [2_000, 2_000] : [20, 200]
/** After a restart of a container, a collection needs some 2 s until it stores its first line. */
const [longestLifeMs, longestPauseMs] = [4_000, 3_500]

/**
 * Two instances write numbered lines on both streams, ten of each twice a second: some 9 kB/s, so that no log is rotated
 * within 5 s of its start. Then the second one writes an "end" each second, so that a rotation cannot hide the last line.
 */
const writesBothStreams = `
p=${'x'.repeat(180)}
if [ $n = 1 ]; then last=${linesOfRuns[0]}; else last=${linesOfRuns[1]}; fi
i=1
while [ $i -le $last ]; do
  k=0
  while [ $k -lt 10 ]; do echo "out $n $i $p"; echo "err $n $i $p" >&2; i=$((i+1)); k=$((k+1)); done
  sleep 0.5
done
[ $n = 1 ] && exit 1
while true; do echo end; sleep 1; done`
const crashes = 'echo "instance $n line 1"; echo "instance $n line 2"; exit 1'
const linesOf = (instances: number, lines: number): string[] =>
  Array.from({ length: instances * lines }, (_, index) => {
    return `instance ${Math.floor(index / lines) + 1} line ${(index % lines) + 1}`
  })

/** Denies the kubelet's reports of a restart, for pods of the app "late": their status stays at the first instance. */
const lateStatus = {
  policy: {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'late-status' },
    spec: {
      matchConstraints: {
        resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['UPDATE'], resources: ['pods/status'] }],
      },
      matchConditions: [{ name: 'late', expression: "object.metadata.?labels[?'app'].orValue('') == 'late'" }],
      validations: [{ expression: 'object.status.?containerStatuses.orValue([]).all(c, c.restartCount == 0)' }],
    },
  },
  binding: {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: 'late-status' },
    spec: { policyName: 'late-status', validationActions: ['Deny'] },
  },
}
const countedProfile = {
  schemaVersion: 1,
  name: 'counted',
  title: 'Counted',
  description: 'Logs and nothing else.',
  managementModels: [{ id: 'self', title: 'Self', summary: 'You run it.', tasks: [] }],
  components: [{ id: 'counted', title: 'Counted', summary: 'Prints.', providedBy: 'vendor' }],
  releases: [],
  endpoints: [{ id: 'nowhere', component: 'counted', host: '127.0.0.1', port: 1, protocol: 'https' }],
  logSources: [sourceOf('counted')],
}
const admission = '/apis/admissionregistration.k8s.io/v1'

const PodStatus = z.object({ containerStatuses: z.array(z.object({ restartCount: z.number() })).default([]) })

describe.skipIf(reason !== '')(`collecting from real pods ${reason}`, () => {
  let bed: Bed
  let api: Api
  let folder: string
  const key = randomBytes(32)
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hangar-collect-'))
    bed = await startBed({ dns: false, storage: false, logBytes: 65_536 }, AbortSignal.timeout(280_000))
    api = await apiOf(bed)
  }, 290_000)
  afterAll(async () => {
    await bed?.down()
    await rm(folder, { recursive: true, force: true })
  }, 60_000)

  /** Collects until the time is over or the line is stored, into the app's store, as Hangar does between start and exit. */
  async function collectFor(app: string, ms: number, lastLine?: string): Promise<string[]> {
    const client = await openCluster({ files: [bed.kubeconfig], contextName: bed.name, environment: {} })
    const store = LogStore.writing(join(folder, app), key)
    const found = new AbortController()
    try {
      const ports = {
        client,
        bookmark: store.bookmark.bind(store),
        append: (batch: Parameters<LogStore['append']>[0]) => {
          store.append(batch)
          if (batch.records.some(({ raw }) => raw === lastLine)) found.abort()
        },
      }
      const stop = AbortSignal.any([AbortSignal.timeout(ms), found.signal])
      await collect([sourceOf(app)], ports, () => undefined, stop)
      return await rawsOf(store)
    } finally {
      store.close()
      await client.close()
    }
  }

  async function rawsOf(store: LogStore): Promise<string[]> {
    const raws: string[] = []
    for await (const event of store.search({ planeId, limit: 1_000 }, AbortSignal.timeout(10_000))) {
      if (event.kind === 'records') raws.push(...event.records.map(({ raw }) => raw))
    }
    return raws.toReversed()
  }

  /** Starts and stops Hangar's collection every 2.5 s, until the line is stored. */
  async function collectInPieces(app: string, lastLine: string): Promise<string[]> {
    let raws: string[] = []
    const end = performance.now() + 90_000
    while (performance.now() < end && !raws.includes(lastLine)) {
      raws = await collectFor(app, 2_500)
      await delay(100)
    }
    return raws
  }

  const restartsOf = async (app: string): Promise<number | undefined> => {
    const { status } = await api.get(`${pods}/${app}`, limit())
    return PodStatus.parse(status).containerStatuses[0]?.restartCount
  }

  it('stores each line once and in order, through restarts of the container and of the app', async () => {
    await api.apply(countingPod('counter', restartsOnce), limit())
    expect(await collectInPieces('counter', 'instance 2 line 60')).toEqual(linesOf(2, 60))
  }, 120_000)

  it('stores each line once while the status does not report the restart, and after it does', async () => {
    await api.create(`${admission}/validatingadmissionpolicies`, lateStatus.policy, limit())
    await api.create(`${admission}/validatingadmissionpolicybindings`, lateStatus.binding, limit())
    // Gated until the API server enforces the policy.
    await api.apply(countingPod('late', restartsOnce, { schedulingGates: [{ name: 'example.com/policy' }] }), limit())
    const restarted = {
      status: { containerStatuses: [{ name: 'main', restartCount: 1, image: '', imageID: '', ready: true }] },
    }
    const isDenied = () =>
      api.patch(`${pods}/late/status?dryRun=All`, restarted, limit()).then(
        () => false,
        (error: unknown) => error instanceof Error && error.message.includes('late-status'),
      )
    await until('The policy is enforced', isDenied, 30_000, limit())
    await api.patch(`${pods}/late`, { spec: { schedulingGates: null } }, limit())

    const early = await collectInPieces('late', 'instance 2 line 60')
    expect(await restartsOf('late')).toBe(0)
    await api.remove(`${admission}/validatingadmissionpolicybindings/late-status`, limit())
    await until(
      'The restart is reported',
      async () => (await restartsOf('late')) === 1,
      60_000,
      AbortSignal.timeout(60_000),
    )
    const late = await collectFor('late', 2_500)

    expect(early).toEqual(linesOf(2, 60))
    expect(late).toEqual(linesOf(2, 60))
  }, 200_000)

  it('stores each line of a crash loop once and without gaps', async () => {
    await api.apply(countingPod('crashing', crashes), limit())
    const raws = await collectFor('crashing', 90_000, 'instance 4 line 2')
    expect(raws.slice(0, 8)).toEqual(linesOf(4, 2))
  }, 120_000)

  it(
    `stores each line once, or a gap for it, while pods restart, logs rotate and the app is killed ${kills} times`,
    async () => {
      const random = seededRandom(sampleSeed)
      const store = join(folder, 'killed')
      const names = Array.from({ length: podCount }, (_, index) => `killed-${index}`)
      for (const name of names) {
        const pod = countingPod(name, writesBothStreams)
        await api.apply({ ...pod, metadata: { name, namespace: 'default', labels: { app: 'killed' } } }, limit())
      }
      const start = () => startCollector({ kubeconfig: bed.kubeconfig, context: bed.name, folder: store, key })
      for (let kill = 0; kill < kills; kill += 1) {
        const child = await start()
        await delay(300 + random() * longestLifeMs)
        child.kill('SIGKILL')
        await once(child, 'exit')
        await delay(random() * longestPauseMs)
      }
      const last = await start()
      const stored = () => {
        const reader = LogStore.reading(store, key)
        const records = reader?.after(-1, Number.MAX_SAFE_INTEGER) ?? []
        reader?.close()
        return records
      }
      const isComplete = async () =>
        new Set(stored().flatMap(({ raw, pod }) => (raw === 'end' ? pod : []))).size === podCount
      try {
        await until('The end of each pod', isComplete, isLongRun ? 400_000 : 60_000, AbortSignal.timeout(420_000))
      } finally {
        last.kill('SIGKILL')
        await once(last, 'exit')
      }

      const byPod = Map.groupBy(stored(), ({ pod }) => pod)
      const reports = [...byPod.values()].map((records) => countedLines(records, linesOfRuns))
      const total = (count: (report: Counted) => number) => reports.reduce((sum, report) => sum + count(report), 0)
      const [lines, missing] = [total((report) => report.lines), total((report) => report.missing)]
      console.log(
        `seed ${sampleSeed}: ${lines} lines, ${total(({ gaps }) => gaps)} gaps for ${missing} lines, ${total(({ emptyGaps }) => emptyGaps)} gaps without a line`,
      )
      expect(reports.flatMap(({ faults }) => faults)).toEqual([])
      expect(lines + missing).toBe(podCount * 2 * linesOfRuns.reduce((sum, count) => sum + count, 0))
    },
    isLongRun ? 900_000 : 150_000,
  )

  it('collects while the vault is locked, also over a restart: readable after the unlock, each line once', async () => {
    const home = await mkdtemp(join(folder, 'home-'))
    const passphrase = 'a passphrase for tests'
    process.env.DBUS_SESSION_BUS_ADDRESS = 'disabled:'
    await mkdir(join(home, 'profiles', 'counted'), { recursive: true })
    await writeFile(join(home, 'profiles', 'counted', 'profile.yaml'), stringify(countedProfile))
    const script = 'i=1; while [ $i -le 400 ]; do echo "secret line $i"; i=$((i+1)); sleep 0.05; done; sleep 1000'
    await api.apply(shellPod('counted', script), limit())

    const start = async () => {
      const app = await createApp({ home, host: 'browser', kubeconfig: bed.kubeconfig })
      await app.client.vault.unlock({ passphrase })
      return app
    }
    const rawsNow = async ({ client }: App): Promise<string[]> => {
      const events = await Array.fromAsync(await client.logs.search({ planeId: id, limit: 1_000 }))
      return events
        .flatMap((event) => (event.kind === 'records' ? event.records.map(({ raw }) => raw) : []))
        .toReversed()
    }
    const reaches = (app: App, count: number) =>
      until(`${count} lines`, async () => (await rawsNow(app)).length >= count, 40_000, AbortSignal.timeout(40_000))
    /** Files of the store with their bytes; what is sealed has no readable line in it. */
    const sealedBytes = async (): Promise<number> => {
      const names = (await readdir(join(home, 'logs', id))).filter((name) => name.endsWith('.sealed'))
      const files = await Promise.all(names.map((name) => readFile(join(home, 'logs', id, name))))
      for (const bytes of files) expect(bytes.includes('secret line')).toBe(false)
      return files.reduce((sum, bytes) => sum + bytes.length, 0)
    }
    const growsSealed = async () => {
      const before = await sealedBytes().catch(() => 0)
      await until('Sealed lines', async () => (await sealedBytes()) > before, 20_000, limit())
    }

    let app = await start()
    const [context] = (await app.client.clusters.contexts()).contexts
    const plane = { name: 'counted', profile: 'counted', contextId: context?.id ?? '', managementModel: 'self' }
    const { id } = await app.client.planes.create(plane)
    try {
      const change = await app.client.planes.profileChange({ planeId: id })
      await app.client.planes.approveProfile({ planeId: id, digest: change?.digest ?? '' })
      await app.client.logs.collect({ planeId: id })
      await reaches(app, 30)

      await app.client.vault.lock()
      await expect(rawsNow(app)).rejects.toMatchObject({ code: 'VAULT_LOCKED' })
      await growsSealed()
      expect((await app.client.operations.list()).map(({ kind, state }) => [kind, state])).toEqual([
        ['collect', 'running'],
      ])
      await app.client.vault.unlock({ passphrase })
      await until('Nothing is sealed', async () => (await sealedBytes()) === 0, 10_000, limit())
      await reaches(app, 100)

      await app.client.vault.lock()
      await growsSealed()
      await app.close()
      app = await start()
      await app.client.logs.collect({ planeId: id })
      await reaches(app, 400)
      await delay(1_000)
      expect(await rawsNow(app)).toEqual(Array.from({ length: 400 }, (_, index) => `secret line ${index + 1}`))
    } finally {
      await app.close()
    }
  }, 180_000)
})
