import { type ProblemReport, reportProblem } from '../../../preload/contract/problem.ts'
import type { LogSource } from '../../../preload/contract/profiles.ts'
import { findResource, type KubernetesObject } from '../../lib/kubernetes/resources.ts'
import { reflect } from '../../lib/kubernetes/watch.ts'
import { type CollectPorts, followContainer } from './container.ts'
import { type ContainerTarget, streamName } from './target.ts'

/** The progress of one source. */
export interface SourceProgress {
  readonly source: string
  readonly streams: number
  readonly records: number
  readonly problem?: ProblemReport
}

/**
 * Follows every container of every pod of the sources, as pods are created and deleted, until it is aborted.
 * `onProgress` is called with each change, often: it must be cheap.
 */
export async function collect(
  sources: readonly LogSource[],
  ports: CollectPorts,
  onProgress: (progress: SourceProgress) => void,
  signal: AbortSignal,
): Promise<void> {
  await Promise.all(sources.map((source) => collectSource(source, ports, onProgress, signal)))
}

async function collectSource(
  source: LogSource,
  ports: CollectPorts,
  onProgress: (progress: SourceProgress) => void,
  signal: AbortSignal,
): Promise<void> {
  const running = new Map<string, Promise<void>>()
  let progress: SourceProgress = { source: source.id, streams: 0, records: 0 }
  const report = (change: Partial<SourceProgress>): void => {
    progress = { ...progress, ...change, streams: running.size }
    onProgress(progress)
  }
  const counting: CollectPorts = {
    client: ports.client,
    bookmark: (stream) => ports.bookmark(stream),
    append: (batch) => {
      ports.append(batch)
      report({ records: progress.records + batch.records.length })
    },
  }
  const start = (target: ContainerTarget): void => {
    const name = streamName(target)
    if (running.has(name)) return
    const follow = followContainer(target, counting, signal)
      .catch((error: unknown) => {
        if (!signal.aborted) report({ problem: reportProblem(error) })
      })
      .finally(() => {
        running.delete(name)
        if (!signal.aborted) report({})
      })
    running.set(name, follow)
    report({ problem: undefined })
  }
  try {
    const pods = await findResource(ports.client, { apiVersion: 'v1', kind: 'Pod' }, signal)
    const selection = { namespace: source.namespace, labelSelector: source.selector }
    for await (const change of reflect(ports.client, pods, selection, signal)) {
      if (change.kind === 'stale') report({ problem: change.problem })
      if (change.kind === 'live') report({ problem: undefined })
      const objects =
        change.kind === 'page'
          ? change.objects
          : change.kind === 'one' && change.type !== 'deleted'
            ? [change.object]
            : []
      for (const target of objects.flatMap((pod) => targetsOf(source, pod))) start(target)
    }
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    await Promise.allSettled(running.values())
  }
}

interface Pod extends KubernetesObject {
  readonly status?: {
    readonly containerStatuses?: readonly {
      readonly name: string
      readonly restartCount?: number
      readonly state?: { readonly waiting?: unknown }
    }[]
  }
}

/** The containers of a pod that have a log: one that has never started has none. */
function targetsOf(source: LogSource, object: KubernetesObject): ContainerTarget[] {
  const pod: Pod = object
  const { namespace = source.namespace, name = '', uid = '' } = pod.metadata ?? {}
  return (pod.status?.containerStatuses ?? [])
    .filter(({ restartCount = 0, state }) => restartCount > 0 || (state !== undefined && state.waiting === undefined))
    .filter((container) => source.container === undefined || container.name === source.container)
    .map((container) => ({
      source: source.id,
      namespace,
      pod: name,
      podUid: uid,
      container: container.name,
      format: source.format,
    }))
}
