import { createStore, type StoreApi } from 'zustand/vanilla'
import type { AddedKubeconfig, ClusterProbe, ContextList } from '../../preload/contract/clusters.ts'
import type { ProblemReport } from '../../preload/contract/problem.ts'
import type { Client } from '../lib/client.ts'
import { follow } from '../lib/follow.ts'
import { attempt, problemOf } from '../lib/outcome.ts'

export interface ClustersState {
  readonly list: ContextList | undefined
  readonly problem: ProblemReport | undefined
  /** By context id; `checking` until the API server responds. */
  readonly probes: Readonly<Record<string, ClusterProbe | 'checking'>>
  /** Follows the kubeconfig files until the signal aborts. */
  watch(signal: AbortSignal): Promise<void>
  probe(contextId: string): Promise<void>
  /** Kubeconfigs that the user added; undefined until `loadFiles`. */
  readonly files: readonly AddedKubeconfig[] | undefined
  loadFiles(): Promise<ProblemReport | undefined>
  /** In the desktop app. */
  chooseFile(): Promise<ProblemReport | undefined>
  /** In the browser host. */
  uploadFile(file: { readonly name: string; readonly text: string }): Promise<ProblemReport | undefined>
  removeFile(id: string): Promise<ProblemReport | undefined>
}

export type ClustersStore = StoreApi<ClustersState>

export const createClustersStore = (client: Pick<Client, 'clusters'>): ClustersStore =>
  createStore<ClustersState>()((set) => ({
    list: undefined,
    problem: undefined,
    probes: {},
    files: undefined,
    loadFiles: () => problemOf(async () => set({ files: await client.clusters.files() })),
    chooseFile: () => problemOf(async () => set({ files: await client.clusters.chooseFile() })),
    uploadFile: (file) => problemOf(async () => set({ files: await client.clusters.uploadFile(file) })),
    removeFile: (id) => problemOf(async () => set({ files: await client.clusters.removeFile({ id }) })),
    async watch(signal) {
      const problem = await follow(
        (inner) => client.clusters.watchContexts(undefined, { signal: inner }),
        (list) => set({ list, problem: undefined }),
        signal,
      )
      if (problem !== undefined) set({ problem })
    },
    async probe(contextId) {
      set(({ probes }) => ({ probes: { ...probes, [contextId]: 'checking' } }))
      const outcome = await attempt(() => client.clusters.probe({ contextId }))
      const probe: ClusterProbe = outcome.ok
        ? outcome.value
        : { reachable: false, elapsedMs: 0, at: new Date().toISOString(), problem: outcome.problem }
      set(({ probes }) => ({ probes: { ...probes, [contextId]: probe } }))
    },
  }))
