import { inParallel } from '../../../lib/concurrency/in-parallel.ts'
import type { KubernetesClient } from '../../../lib/kubernetes/client.ts'
import { type DryRun, refusalOf } from '../../observe/dry-runs.ts'
import { type RenderedPod, serviceAccountOf } from '../rules/pods.ts'

const requestsAtOnce = 16
const podsAtMost = 2_000
const dryRunLimitMs = 8_000

/** What the API server would do with a pod of a workload, by a dry run. */
export interface PodDryRun extends Pick<DryRun, 'outcome' | 'message'> {
  readonly pod: RenderedPod
}

/** Asks the API server to create one pod of each workload, by a dry run: quotas, limits, policies and webhooks see it. */
export const podDryRuns = (
  client: KubernetesClient,
  pods: readonly RenderedPod[],
  accounts: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<PodDryRun[]> =>
  inParallel(pods.slice(0, podsAtMost), requestsAtOnce, async (pod) => {
    const { namespace, metadata, spec } = pod
    // The account of the chart does not exist before the install.
    const account = serviceAccountOf(spec)
    const serviceAccountName = accounts.has(`${namespace}/${account}`) ? account : 'default'
    const body = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        generateName: 'hangar-preflight-',
        namespace,
        labels: metadata?.labels,
        annotations: metadata?.annotations,
      },
      spec: { ...Object(spec), serviceAccountName, serviceAccount: undefined },
    }
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`
    const limit = AbortSignal.any([signal, AbortSignal.timeout(dryRunLimitMs)])
    try {
      await client.request('POST', path, { query: { dryRun: 'All' }, body }, limit)
      return { pod, outcome: 'accepted', message: '' }
    } catch (error) {
      signal.throwIfAborted()
      return { pod, ...refusalOf(error) }
    }
  })
