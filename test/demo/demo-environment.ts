import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Bed, startBed } from '../bed/bed.ts'
import type { BedRequest } from '../bed/options.ts'
import { serveSources } from '../bed/source.ts'
import { demoValues } from '../peers/demo.ts'
import { type Peers, startPeers } from '../peers/peers.ts'
import { type DemoPlane, writeInputs } from './plane.ts'

/** A real cluster, and the servers outside of it that the demo plane connects to. */
export interface DemoEnvironment extends DemoPlane {
  readonly bed: Bed
  readonly peers: Peers
  readonly kubeconfig: string
  /** Stops everything. */
  close(): Promise<void>
}

export interface DemoEnvironmentOptions {
  /** For the state of the servers, and the files; the caller removes it. */
  readonly folder: string
  readonly network?: BedRequest['network']
  /** `small`: servers that start at once, for tests of other things. */
  readonly programs?: 'real' | 'small'
  readonly onProgress?: (sentence: string) => void
}

const charts = join(import.meta.dirname, '..', '..', 'assets', 'charts')

/** Starts everything; after a failure nothing is left. */
export async function startDemoEnvironment(
  { folder, network = 'bridge', programs, onProgress = () => undefined }: DemoEnvironmentOptions,
  signal: AbortSignal,
): Promise<DemoEnvironment> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const request = { pods: 'real', network, dns: true, storage: true, flux: 'crds' } as const
  const bed = await startBed(
    { ...request, onProgress: ({ text }) => onProgress(`Building the cluster's programs: ${text}`) },
    signal,
  )
  const open: { close(): Promise<unknown> }[] = [{ close: () => bed.down() }]
  const close = async (): Promise<void> => {
    // In reverse order; the failure of one must not prevent the others from stopping.
    for (const each of open.splice(0).reverse()) await each.close().catch(() => undefined)
  }
  try {
    onProgress(`The cluster runs at ${bed.nodeAddress}.`)
    const peers = await startPeers(
      { address: bed.hostAddress, folder: join(folder, 'servers'), programs, onProgress },
      signal,
    )
    open.push({ close: () => peers.stop() })
    for (const note of peers.notes) onProgress(note)
    await bed.addHostNames(peers.names)
    open.push(await serveSources(bed, charts, signal))
    const values = demoValues(peers, { resolver: `${bed.resolver.address}:${bed.resolver.port}` })
    const { kubeconfig } = bed
    return {
      ...(await writeInputs(folder, peers, values)),
      bed,
      peers,
      kubeconfig,
      kubeconfigs: [kubeconfig],
      options: ['--profile', 'demo'],
      stopApiServer: () => bed.stopApiServer(),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}
