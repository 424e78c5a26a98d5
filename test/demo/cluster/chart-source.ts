import { setTimeout as delay } from 'node:timers/promises'
import type { KubernetesClient } from '../../../main/lib/kubernetes/client.ts'
import { listObjects } from '../../../main/lib/kubernetes/objects.ts'
import { KubeObject } from '../../bed/api.ts'
import { type PackedChart, requestedChart, statusFor } from '../../bed/source.ts'
import { planeNamespace } from './footprint.ts'
import { chartsUrl } from './services.ts'

const apiVersion = 'source.toolkit.fluxcd.io/v1'
const everyMs = 1_000

/**
 * In the place of Flux's source-controller: writes the artifact of each OCIRepository of the plane, through the API server.
 * Pods get the archives from the Service "charts". Ends only by abort.
 */
export async function writeArtifacts(
  client: KubernetesClient,
  charts: readonly PackedChart[],
  signal: AbortSignal,
): Promise<void> {
  const writeAll = async (): Promise<void> => {
    const kind = { apiVersion, kind: 'OCIRepository' }
    for (const object of await listObjects(client, kind, { namespace: planeNamespace }, signal)) {
      const repository = KubeObject.parse(object)
      const { name, generation = 1 } = repository.metadata
      if (repository.status?.observedGeneration === generation) continue
      const chart = charts.find((each) => each.name === requestedChart(repository))
      const status = statusFor(repository, chart, chartsUrl, new Date().toISOString())
      const path = `/apis/${apiVersion}/namespaces/${planeNamespace}/ocirepositories/${name}/status`
      await client.request('PATCH', path, { body: { status }, contentType: 'application/merge-patch+json' }, signal)
    }
  }
  while (!signal.aborted) {
    // The kind is not there yet, the object was deleted meanwhile, or the API server is unreachable: the next round has it.
    await writeAll().catch(() => undefined)
    await delay(everyMs, undefined, { signal }).catch(() => undefined)
  }
}
