import { homedir } from 'node:os'
import type { ClusterProbe, ContextList } from '../../preload/contract/clusters.ts'
import { Problem } from '../../preload/contract/problem.ts'
import type { ClusterConnection, KubernetesClient } from '../lib/kubernetes/client.ts'
import { openCluster } from '../lib/kubernetes/open.ts'
import { ClientCache } from './client-cache.ts'
import { type KubeconfigOptions, Kubeconfigs } from './kubeconfigs.ts'
import { probeCluster } from './probe.ts'
import { watchFiles } from './watch.ts'

/** Defaults: the environment of this process, and the user's home. */
export type ClustersOptions = Partial<KubeconfigOptions>

export interface Clusters {
  contexts(signal?: AbortSignal): Promise<ContextList>
  /** The list now, and again whenever a kubeconfig changes on disk; ends with the signal. */
  watchContexts(signal: AbortSignal): AsyncGenerator<ContextList>
  /** Makes every watch read again, after the settings name other files. */
  refresh(): void
  probe(input: { readonly contextId: string }, signal: AbortSignal): Promise<ClusterProbe>
  /** Throws CONTEXT_UNKNOWN, or KUBECONFIG_INVALID for a context that cannot be used. */
  connection(contextId: string, signal?: AbortSignal): Promise<ClusterConnection>
  /**
   * One client per context, shared; a new one once the context's own entries have changed. An older one can still be used.
   * Only `close()` closes them.
   */
  open(contextId: string, signal?: AbortSignal): Promise<KubernetesClient>
  close(): Promise<void>
}

const never = new AbortController().signal

/** The kubeconfig contexts of this computer and the clients to their clusters. Starts nothing before the first call. */
export function createClusters({
  environment = process.env,
  home = homedir(),
  ...options
}: ClustersOptions = {}): Clusters {
  const ended = new AbortController()
  const kubeconfigs = new Kubeconfigs({ ...options, environment, home }, ended.signal)
  const clients = new ClientCache()
  const wakes = new Set<() => void>()

  async function open(contextId: string, signal: AbortSignal): Promise<KubernetesClient> {
    const context = await kubeconfigs.find(contextId, signal)
    ended.signal.throwIfAborted()
    return await clients.get(contextId, context.entry, () => kubeconfigs.connectionOf(context).then(openCluster))
  }

  /** Resolves when a file or the set of files changes, or on `refresh`. */
  async function untilChanged(files: readonly string[], marks: string, signal: AbortSignal): Promise<void> {
    const stop = new AbortController()
    const until = AbortSignal.any([signal, stop.signal])
    const changed = new Promise<void>((resolve) => {
      wakes.add(resolve)
      until.addEventListener('abort', () => resolve(), { once: true })
      stop.signal.addEventListener('abort', () => wakes.delete(resolve), { once: true })
    })
    try {
      await watchFiles(files, () => stop.abort(), until)
      // Something may have changed between reading and watching.
      if ((await kubeconfigs.read(signal)).marks === marks) await changed
    } finally {
      stop.abort()
    }
  }

  return {
    contexts: async (signal = never) => (await kubeconfigs.read(signal)).list,
    async *watchContexts(signal) {
      const until = AbortSignal.any([signal, ended.signal])
      while (!until.aborted) {
        const { list, groups, marks } = await kubeconfigs.read(until)
        yield list
        if (!until.aborted)
          await untilChanged(
            groups.flatMap(({ files }) => files),
            marks,
            until,
          )
      }
    },
    refresh() {
      for (const wake of wakes) wake()
    },
    probe: ({ contextId }, signal) => probeCluster(() => open(contextId, signal), signal),
    connection: async (contextId, signal = never) =>
      kubeconfigs.connectionOf(await kubeconfigs.find(contextId, signal)),
    open: (contextId, signal = never) => open(contextId, signal),
    async close() {
      ended.abort(new Problem('CANCELLED', 'Hangar is closing.'))
      await clients.close()
    },
  }
}
