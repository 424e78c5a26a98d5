import { join } from 'node:path'
import type { JsonObject } from '../../../preload/contract/words.ts'
import { type ChartFile, writeChart } from '../../lib/chart-folder.ts'
import { openTemporary } from '../../lib/files.ts'
import type { Helm } from '../helm/helm.ts'
import type { KubernetesObject } from '../observe/kubernetes-object.ts'
import { readManifest } from '../observe/read-manifest.ts'

/** A chart that no profile names yet. */
export interface VendorChart {
  readonly release: string
  readonly namespace: string
  readonly files: readonly ChartFile[]
  readonly values: JsonObject
}

/** The cluster is unknown by then: the version that helm itself assumes would follow each update of helm. */
const assumedVersion = '1.34.0'

/** Renders the chart in a folder of its own, which is removed afterwards or at the next start. Throws HELM_FAILED, FILE_INVALID. */
export async function renderVendorChart(
  helm: Helm,
  home: string,
  { release, namespace, files, values }: VendorChart,
  signal: AbortSignal,
): Promise<KubernetesObject[]> {
  const draft = await openTemporary(join(home, 'tmp'))
  try {
    const file = join(draft.path, 'chart')
    await writeChart(files, file)
    const cluster = { version: assumedVersion, apiVersions: [] }
    const manifest = await helm.template({ name: release, namespace, file, values }, cluster, signal)
    return await readManifest(manifest, `what helm rendered for release ${release}`)
  } finally {
    await draft.remove()
  }
}
