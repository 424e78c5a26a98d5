import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openCluster } from '../../main/lib/kubernetes/open.ts'
import { collect } from '../../main/logs/collect/collector.ts'
import { LogStore } from '../../main/logs/store/store.ts'
import { apiOf } from '../bed/access.ts'
import { type Bed, startBed } from '../bed/bed.ts'
import { shellPod, skipReason } from '../bed/with-bed.ts'

const reason = skipReason('real')
const planeId = '6f3c2a9e-8f3a-4f57-9b0e-0d6c3c1c2f11'
const source = {
  id: 'counter',
  title: 'Counter',
  component: 'counter',
  namespace: 'default',
  selector: 'app=counter',
  format: 'plain',
} as const

/** Two lives of 60 numbered lines each; the second one goes on living. */
const script = `
life=$(cat /life/n 2>/dev/null || echo 1); echo $((life+1)) > /life/n
i=1; while [ $i -le 60 ]; do echo "life $life line $i"; i=$((i+1)); sleep 0.05; done
[ $life -ge 2 ] && sleep 1000; exit 0`
const expected = [1, 2].flatMap((life) => Array.from({ length: 60 }, (_, index) => `life ${life} line ${index + 1}`))

describe.skipIf(reason !== '')(`collecting from real pods ${reason}`, () => {
  let bed: Bed
  let folder: string
  const key = randomBytes(32)
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hangar-collect-'))
    bed = await startBed({ dns: false, storage: false }, AbortSignal.timeout(280_000))
    const pod = shellPod('counter', script, { volumeMounts: [{ name: 'life', mountPath: '/life' }] })
    const spec = { ...(pod.spec as object), restartPolicy: 'Always', volumes: [{ name: 'life', emptyDir: {} }] } // our own manifest
    const api = await apiOf(bed)
    await api.apply({ ...pod, spec }, AbortSignal.timeout(20_000))
  }, 290_000)
  afterAll(async () => {
    await bed?.down()
    await rm(folder, { recursive: true, force: true })
  }, 60_000)

  /** Collects for a while into the one store, as an app that is started and closed does. */
  async function collectFor(ms: number): Promise<string[]> {
    const client = await openCluster({ files: [bed.kubeconfig], contextName: bed.name, environment: {} })
    const store = LogStore.writing(folder, key)
    try {
      const ports = { client, bookmark: store.bookmark.bind(store), append: store.append.bind(store) }
      const stop = AbortSignal.timeout(ms)
      await collect([source], ports, () => undefined, stop)
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

  it('keeps each line once and in order, through restarts of the container and of the app', async () => {
    let raws: string[] = []
    const end = performance.now() + 90_000
    // Several short lives of the app, cut off anywhere, over both lives of the container.
    while (performance.now() < end && !raws.includes('life 2 line 60')) {
      raws = await collectFor(2_500)
      await delay(100)
    }
    expect(raws).toEqual(expected)
  }, 120_000)
})
