import { inParallel } from '../../lib/concurrency/in-parallel.ts'
import type { KubernetesClient } from '../../lib/kubernetes/client.ts'
import { type Discovery, resourceOf } from '../../lib/kubernetes/discovery.ts'
import { listIfAllowed } from '../../lib/kubernetes/if-allowed.ts'
import { differencesOf, includes } from '../observe/differences.ts'
import { asHelmAppliesIt, dryRuns } from '../observe/dry-runs.ts'
import { kinds } from '../observe/kinds.ts'
import { nameOf, textAt } from '../observe/kubernetes-object.ts'
import { liveObjects, type PlacedObject } from '../observe/live-objects.ts'
import { type ComparedObject, type ReleaseComparison, workloadKey } from './changes.ts'

const requestsAtOnce = 8

/** What identifies an object among those that are compared. */
const keyOf = ({ release, namespace, object }: PlacedObject): string =>
  [release, object.apiVersion, object.kind, namespace, nameOf(object)].join(' ')

/**
 * Compares objects with the cluster, by release. `isUnchanged`: the object is what helm applied last. Only then it is enough that
 * the cluster has all its fields; otherwise a dry run shows what helm would do.
 */
export async function compareWithCluster(
  client: KubernetesClient,
  discovery: Discovery,
  objects: readonly PlacedObject[],
  isUnchanged: (object: PlacedObject) => boolean,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ReleaseComparison>> {
  const found = new Map((await liveObjects(client, discovery, objects, signal)).map((each) => [keyOf(each), each]))
  // An object whose kind the cluster does not serve does not exist.
  const live = objects.map((placed) => found.get(keyOf(placed)) ?? { ...placed, live: 'absent' as const })
  const unclear = live.filter((each) => {
    if (typeof each.live === 'string' || each.live.metadata?.deletionTimestamp !== undefined) return false
    const isNamespaced = resourceOf(discovery, each.object)?.namespaced ?? true
    return !isUnchanged(each) || !includes(each.live, asHelmAppliesIt(each, isNamespaced))
  })
  const runs = new Map((await dryRuns(client, discovery, unclear, signal)).map((run) => [keyOf(run), run]))
  const compared = live.map((each): ComparedObject => ({ ...each, run: runs.get(keyOf(each)) }))
  const autoscaled = await autoscaledWorkloads(client, compared, signal)
  return new Map(
    [...Map.groupBy(compared, ({ release }) => release)].map(([release, own]) => [
      release,
      { objects: own, autoscaled },
    ]),
  )
}

/** Asks for autoscalers only where a number of replicas differs. */
async function autoscaledWorkloads(
  client: KubernetesClient,
  compared: readonly ComparedObject[],
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const namespaces = compared
    .filter(
      ({ live, run }) =>
        typeof live === 'object' &&
        run?.applied !== undefined &&
        differencesOf(live, run.applied).some(({ path }) => path === 'spec.replicas'),
    )
    .map(({ namespace }) => namespace)
  const scalers = await inParallel([...new Set(namespaces)], requestsAtOnce, async (namespace) =>
    ((await listIfAllowed(client, kinds.podAutoscaler, { namespace }, signal)) ?? []).map((scaler) =>
      workloadKey(
        textAt(scaler, 'spec', 'scaleTargetRef', 'kind') ?? '',
        namespace,
        textAt(scaler, 'spec', 'scaleTargetRef', 'name') ?? '',
      ),
    ),
  )
  return new Set(scalers.flat())
}
