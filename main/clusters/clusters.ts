import { homedir } from 'node:os'
import type { ClusterProbe, Context, ContextList } from '../../preload/contract/clusters.ts'
import { Problem } from '../../preload/contract/problem.ts'
import type { ClusterConnection, KubernetesClient } from '../lib/kubernetes/client.ts'
import { openCluster } from '../lib/kubernetes/open.ts'
import { watchFiles } from '../lib/watch-files.ts'
import { ClientCache } from './client-cache.ts'
import { type Allowance, type ConsentOptions, Consents } from './consents.ts'
import { type KubeconfigOptions, Kubeconfigs, type Reading, usable } from './kubeconfigs.ts'
import { probeCluster } from './probe.ts'

/** Defaults: the environment of this process, and the user's home. */
export type ClustersOptions = Partial<KubeconfigOptions & ConsentOptions>

export interface Clusters {
  contexts(signal?: AbortSignal): Promise<ContextList>
  /** The list now, and again whenever a kubeconfig changes on disk; ends with the signal. */
  watchContexts(signal: AbortSignal): AsyncGenerator<ContextList>
  /** Makes every watch read again, after the settings name other files or a grant changed. `reopen`: also closes the open clients. */
  refresh(reopen?: boolean): void
  probe(input: { readonly contextId: string }, signal: AbortSignal): Promise<ClusterProbe>
  /** The PATH on which credential programs are found, and helm. */
  programPath(): Promise<string>
  /** Throws CONSENT_STALE if the context demands something else than what was shown. */
  allow(input: Allowance & { readonly contextId: string }): Promise<void>
  /** Throws CONTEXT_UNKNOWN, KUBECONFIG_INVALID for a context that cannot be used, or CONSENT_NEEDED. */
  connection(contextId: string, signal?: AbortSignal): Promise<ClusterConnection>
  /**
   * One client per context, shared; a new one once the context's own entries have changed. An older one can still be used.
   * Only `close()` closes them.
   */
  open(contextId: string, signal?: AbortSignal): Promise<KubernetesClient>
  close(): Promise<void>
}

const never = new AbortController().signal

/** Without a store nothing is allowed and nothing is remembered. */
const noGrants = { list: async () => [], add: async () => undefined }

/** The kubeconfig contexts of this computer and the clients to their clusters. Starts nothing before the first call. */
export function createClusters({
  environment = process.env,
  home = homedir(),
  ...options
}: ClustersOptions = {}): Clusters {
  const ended = new AbortController()
  const kubeconfigs = new Kubeconfigs({ ...options, environment, home }, ended.signal)
  const consents = new Consents({ ...options, grants: options.grants ?? noGrants })
  const clients = new ClientCache()
  const wakes = new Set<() => void>()

  async function open(contextId: string, signal: AbortSignal): Promise<KubernetesClient> {
    const context = await kubeconfigs.find(contextId, signal)
    ended.signal.throwIfAborted()
    const permit = await consents.permit(context, await kubeconfigs.variables(), signal)
    return await clients.get(contextId, [context.entry, permit], () =>
      kubeconfigs.connectionOf(context, permit).then(openCluster),
    )
  }

  /** The contexts with the consent that each needs. Nothing runs for it. */
  async function withConsent({ list, entries, groups }: Reading): Promise<ContextList> {
    const usableContexts = list.contexts.flatMap(({ id, problem }) => {
      const entry = entries.get(id)
      return entry === undefined || problem !== undefined ? [] : [{ id, context: usable(entry, groups) }]
    })
    const decisions = await consents.decideAll(
      usableContexts.map(({ context }) => context),
      await kubeconfigs.variables(),
    )
    const consentOf = new Map(usableContexts.map(({ id }, index) => [id, decisions[index]?.consent]))
    const contexts = list.contexts.map((context): Context => {
      const consent = consentOf.get(context.id)
      return consent === undefined ? context : { ...context, consent }
    })
    return { ...list, contexts }
  }

  const refresh = (reopen = false): void => {
    for (const wake of wakes) wake()
    if (reopen) void clients.close()
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
    contexts: async (signal = never) => await withConsent(await kubeconfigs.read(signal)),
    async *watchContexts(signal) {
      const until = AbortSignal.any([signal, ended.signal])
      while (!until.aborted) {
        const reading = await kubeconfigs.read(until)
        const { groups, namedFiles, marks } = reading
        yield await withConsent(reading)
        if (!until.aborted) await untilChanged([...groups.flatMap(({ files }) => files), ...namedFiles], marks, until)
      }
    },
    refresh,
    probe: ({ contextId }, signal) => probeCluster(() => open(contextId, signal), signal),
    async connection(contextId, signal = never) {
      const context = await kubeconfigs.find(contextId, signal)
      return kubeconfigs.connectionOf(context, await consents.permit(context, await kubeconfigs.variables(), signal))
    },
    async programPath() {
      const { PATH, Path } = await kubeconfigs.variables()
      return PATH ?? Path ?? ''
    },
    async allow({ contextId, ...allowance }) {
      const context = await kubeconfigs.find(contextId, never)
      await consents.allow(context, await kubeconfigs.variables(), allowance)
    },
    open: (contextId, signal = never) => open(contextId, signal),
    async close() {
      ended.abort(new Problem('CANCELLED', 'Hangar is closing.'))
      await clients.close()
    },
  }
}
