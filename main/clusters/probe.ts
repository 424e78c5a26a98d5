import type { ClusterProbe } from '../../preload/contract/clusters.ts'
import { reportProblem } from '../../preload/contract/problem.ts'
import type { KubernetesClient } from '../lib/kubernetes/client.ts'

const limitMs = 5_000

interface Version {
  readonly gitVersion?: string
  readonly platform?: string
}

/** Requests the version of the API server, for 5 s at most. A failure is part of the result; only an abort is thrown. */
export async function probeCluster(open: () => Promise<KubernetesClient>, signal: AbortSignal): Promise<ClusterProbe> {
  const started = performance.now()
  const rest = () => ({ elapsedMs: Math.round(performance.now() - started), at: new Date().toISOString() })
  try {
    const client = await open()
    const version = await client.request<Version>('GET', '/version', { timeoutMs: limitMs }, signal)
    const { gitVersion, platform } = version
    return { reachable: true, ...(gitVersion && { version: gitVersion }), ...(platform && { platform }), ...rest() }
  } catch (error) {
    signal.throwIfAborted()
    return { reachable: false, problem: reportProblem(error), ...rest() }
  }
}
