import { createHash } from 'node:crypto'
import { homedir } from 'node:os'
import { delimiter } from 'node:path'
import type { ClusterProbe, ContextList } from '../../preload/contract/clusters.ts'
import { Problem } from '../../preload/contract/problem.ts'
import type { ClusterConnection, KubernetesClient } from '../lib/kubernetes/client.ts'
import type { ContextEntry } from '../lib/kubernetes/kubeconfig.ts'
import { openCluster } from '../lib/kubernetes/open.ts'
import { findContexts } from './contexts.ts'
import { type FileGroup, kubeconfigGroups } from './files.ts'
import { loginShellEnvironment } from './login-shell.ts'
import { probeCluster } from './probe.ts'
import { readGroup } from './read.ts'
import { marksOf, watchFiles } from './watch.ts'

export interface ClustersOptions {
  /** `--kubeconfig`: these files alone, instead of KUBECONFIG, ~/.kube/config and the settings. */
  readonly kubeconfigFiles?: readonly string[]
  /** The files of the settings, read each time. */
  readonly moreKubeconfigs?: () => readonly string[] | Promise<readonly string[]>
  /** Default: this process's environment. */
  readonly environment?: Readonly<Record<string, string | undefined>>
  readonly home?: string
  /** The shell whose PATH credential programs get; '' for none. Default: $SHELL, unless Hangar was started in a terminal. */
  readonly shell?: string
}

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

interface Reading {
  readonly list: ContextList
  readonly groups: readonly FileGroup[]
  readonly entries: ReadonlyMap<string, ContextEntry>
  /** Changes with any of the files. */
  readonly marks: string
}

interface Opened {
  readonly fingerprint: string
  readonly client: Promise<KubernetesClient>
}

const never = new AbortController().signal

/** The kubeconfig contexts of this computer and the clients to their clusters. Starts nothing before the first call. */
export function createClusters(options: ClustersOptions = {}): Clusters {
  const environment = options.environment ?? process.env
  const home = options.home ?? homedir()
  const ended = new AbortController()
  const clients = new Map<string, Opened>()
  const retired: Opened[] = []
  const wakes = new Set<() => void>()
  let shellEnvironment: Promise<Record<string, string>> | undefined
  let last: Reading | undefined

  /** Read once: a shell takes up to seconds. */
  const fromShell = (): Promise<Record<string, string>> => {
    // A process that was started in a terminal has the shell's environment already.
    const shell = options.shell ?? (environment.TERM === undefined ? environment.SHELL : '')
    shellEnvironment ??= loginShellEnvironment(shell, environment, ended.signal)
    return shellEnvironment
  }

  async function findGroups(): Promise<FileGroup[]> {
    const chosen = options.kubeconfigFiles
    const more = (await options.moreKubeconfigs?.()) ?? []
    // KUBECONFIG too may be set only in the files of the shell.
    const known = (chosen !== undefined && chosen.length > 0) || environment.KUBECONFIG !== undefined
    const variable = known ? environment.KUBECONFIG : (await fromShell()).KUBECONFIG
    return kubeconfigGroups({ chosen, variable, home, more, delimiter })
  }

  async function read(signal: AbortSignal): Promise<Reading> {
    const groups = await findGroups()
    const marks = JSON.stringify([groups, await marksOf(groups.flatMap(({ files }) => files))])
    if (last?.marks === marks) return last
    const texts = await Promise.all(groups.map((group) => readGroup(group, signal)))
    const { contexts, entries, problems } = findContexts(texts)
    const list = {
      contexts: [...contexts],
      problems: [...texts.flatMap((group) => group.problems), ...problems],
      readAt: new Date().toISOString(),
    }
    last = { list, groups, entries, marks }
    return last
  }

  async function find(contextId: string, signal: AbortSignal) {
    const { list, entries, groups } = await read(signal)
    const context = list.contexts.find(({ id }) => id === contextId)
    const entry = entries.get(contextId)
    if (context === undefined || entry === undefined) {
      throw new Problem('CONTEXT_UNKNOWN', 'No kubeconfig defines this context.', contextId)
    }
    const { problem } = context
    if (problem !== undefined) throw new Problem('KUBECONFIG_INVALID', problem.message, problem.evidence)
    return { entry, files: groups.find(({ files }) => files.includes(entry.file))?.files ?? [entry.file] }
  }

  async function connect({ entry, files }: Awaited<ReturnType<typeof find>>): Promise<ClusterConnection> {
    return { files, contextName: entry.name, environment: await fromShell() }
  }

  async function open(contextId: string, signal: AbortSignal): Promise<KubernetesClient> {
    const found = await find(contextId, signal)
    const fingerprint = createHash('sha256').update(JSON.stringify(found.entry)).digest('hex')
    ended.signal.throwIfAborted()
    const known = clients.get(contextId)
    if (known?.fingerprint === fingerprint) return await known.client
    if (known !== undefined) retired.push(known)
    const opened = { fingerprint, client: connect(found).then(openCluster) }
    clients.set(contextId, opened)
    opened.client.catch(() => {
      if (clients.get(contextId) === opened) clients.delete(contextId)
    })
    return await opened.client
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
      if ((await read(signal)).marks === marks) await changed
    } finally {
      stop.abort()
    }
  }

  return {
    contexts: async (signal = never) => (await read(signal)).list,
    async *watchContexts(signal) {
      const until = AbortSignal.any([signal, ended.signal])
      while (!until.aborted) {
        const { list, groups, marks } = await read(until)
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
    connection: async (contextId, signal = never) => connect(await find(contextId, signal)),
    open: (contextId, signal = never) => open(contextId, signal),
    async close() {
      ended.abort(new Problem('CANCELLED', 'Hangar is closing.'))
      const all = [...clients.values(), ...retired]
      clients.clear()
      await Promise.allSettled(all.map(async ({ client }) => (await client).close()))
    },
  }
}
