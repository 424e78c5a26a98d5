import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createObject } from '../../main/lib/kubernetes/objects.ts'
import type { JsonObject } from '../../preload/contract/words.ts'
import { buildHelm } from '../../scripts/build-helm.ts'
import { startBed } from '../bed/bed.ts'
import { openSetup, planeId, profileOf, runOperation, type TestHangar } from '../install/setup.ts'
import { type Benchmark, median } from './benchmark.ts'
import { compareWithHelm } from './install-against-helm.ts'

const samples = 5
const objectCount = 400
const goalMs = 3_000
const planGoalMs = 5_000

/**
 * Question: how long do the default preflight and the plan of a plane with 400 objects take?
 * Conditions: one release in an existing namespace, so that each object is read and sent as a dry run. The first run packs and
 * renders the chart; the others find it rendered.
 * Bias: against Hangar; the API server runs on the same machine.
 */
export const install: Benchmark = {
  name: 'install',
  question: 'How long do the default preflight, the plan and an install take, the install beside bare helm?',
  async run(signal) {
    const home = await mkdtemp(join(tmpdir(), 'hangar-bench-'))
    const helm = await buildHelm({ signal })
    const bed = await startBed({ dns: false, storage: false }, signal)
    try {
      const name = 'plane'
      const release = { name, namespace: name, chart: { path: 'objects' } }
      const objects = Array.from({ length: objectCount }, (_, index) => objectOf(index))
      const hangar = await openSetup({
        kubeconfig: bed.kubeconfig,
        context: bed.name,
        home,
        helm,
        profile: profileOf(name, { releases: [release] }),
        overrides: { [name]: { objects } },
      })
      try {
        await createObject(hangar.client, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, signal)
        const first = await measure(hangar, signal)
        const later: number[] = []
        for (let index = 0; index < samples; index += 1) later.push(await measure(hangar, signal))
        await runOperation(hangar, 'install', signal)
        const plans: number[] = []
        for (let index = 0; index < samples; index += 1) plans.push(await measurePlan(hangar, signal))
        const row = { subject: `Hangar, ${objectCount} objects`, unit: 'ms', goal: goalMs }
        return [
          { ...row, metric: 'preflight, the first', value: first },
          { ...row, metric: `preflight, median of ${samples} more`, value: median(later) },
          {
            ...row,
            goal: planGoalMs,
            metric: `plan of the installed plane, median of ${samples}`,
            value: median(plans),
          },
          ...(await compareWithHelm({ kubeconfig: bed.kubeconfig, context: bed.name, home, helm }, signal)),
        ]
      } finally {
        await hangar.close()
      }
    } finally {
      await bed.down()
      await rm(home, { recursive: true, force: true })
    }
  },
}

/** Every tenth is a Deployment, the rest are ConfigMaps. */
function objectOf(index: number): JsonObject {
  const metadata = { name: `object-${index}` }
  if (index % 10 !== 0) return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { key: `value ${index}` } }
  const labels = { app: `object-${index}` }
  const spec = { containers: [{ name: 'c', image: 'hangar.test/busybox:1' }] }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: { replicas: 0, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
  }
}

async function measurePlan({ install: service }: TestHangar, signal: AbortSignal): Promise<number> {
  const began = performance.now()
  await service.plan(planeId, 'install', signal)
  return performance.now() - began
}

async function measure({ install: service }: TestHangar, signal: AbortSignal): Promise<number> {
  const began = performance.now()
  for await (const event of service.preflight({ planeId }, signal)) void event
  return performance.now() - began
}
