import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CredentialFile } from '../../preload/contract/documents.ts'
import type { PlaneValues } from '../../preload/contract/planes.ts'
import { type Bed, startBed } from '../bed/bed.ts'
import type { BedRequest } from '../bed/options.ts'
import { serveSources } from '../bed/source.ts'
import { demoCredentials, demoValues } from '../peers/demo.ts'
import { type Peers, startPeers } from '../peers/peers.ts'

/** A real cluster and the far ends that the demo plane needs: all that a person's own data centre would have. */
export interface DemoWorld {
  readonly bed: Bed
  readonly peers: Peers
  readonly kubeconfig: string
  readonly values: PlaneValues
  readonly credentials: CredentialFile
  /** The same two as files, for `--values` and `--credentials` (0600). */
  readonly valuesFile: string
  readonly credentialsFile: string
  /** Ends all of it. */
  close(): Promise<void>
}

export interface WorldWishes {
  /** For the far ends' state and the files; whoever made it removes it. */
  readonly folder: string
  readonly network?: BedRequest['network']
  /** `small`: far ends that start at once, for tests of something else. */
  readonly programs?: 'real' | 'small'
  readonly onProgress?: (sentence: string) => void
}

const charts = join(import.meta.dirname, '..', '..', 'assets', 'charts')

/** Starts it; on failure nothing of it stays. */
export async function startDemoWorld(
  { folder, network = 'bridge', programs, onProgress = () => undefined }: WorldWishes,
  signal: AbortSignal,
): Promise<DemoWorld> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const request = { pods: 'real', network, dns: true, storage: true, flux: 'crds' } as const
  const bed = await startBed(
    { ...request, onProgress: ({ text }) => onProgress(`building the cluster's programs: ${text}`) },
    signal,
  )
  const open: { close(): Promise<unknown> }[] = [{ close: () => bed.down() }]
  const close = async (): Promise<void> => {
    // The last started ends first; one that fails to end must not keep the others.
    for (const each of open.splice(0).reverse()) await each.close().catch(() => undefined)
  }
  try {
    onProgress(`the cluster runs at ${bed.nodeAddress}`)
    const peers = await startPeers(
      { address: bed.hostAddress, folder: join(folder, 'far-ends'), programs, onProgress },
      signal,
    )
    open.push({ close: () => peers.stop() })
    for (const note of peers.notes) onProgress(note)
    await bed.addHostNames(peers.names)
    open.push(await serveSources(bed, charts, signal))
    const values = demoValues(peers, { resolver: `${bed.resolver.address}:${bed.resolver.port}` })
    const credentials: CredentialFile = {}
    for (const { credential, key, value } of demoCredentials(peers))
      credentials[credential] = { ...credentials[credential], [key]: value }
    const [valuesFile, credentialsFile] = [join(folder, 'values.json'), join(folder, 'credentials.json')]
    await writeFile(valuesFile, JSON.stringify(values), { mode: 0o600 })
    await writeFile(credentialsFile, JSON.stringify(credentials), { mode: 0o600 })
    return { bed, peers, kubeconfig: bed.kubeconfig, values, credentials, valuesFile, credentialsFile, close }
  } catch (error) {
    await close()
    throw error
  }
}
