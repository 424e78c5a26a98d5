import { Problem } from '../../../preload/contract/problem.ts'
import { LimitReached, startLimitedThread } from '../../lib/limited-thread.ts'
import type { KubernetesObject } from './kubernetes-object.ts'
import type { ManifestThread } from './manifest.thread.ts'
import { parseManifest } from './manifest.ts'

/** Takes 0.1 s at most. Most charts are smaller, and need no thread. */
const readHereCharacters = 20_000

const thread = startLimitedThread<ManifestThread>({
  name: 'manifest',
  from: import.meta.url,
  callLimitMs: 15_000,
  heapLimitMb: 1_024,
})

/**
 * The objects of a manifest that a chart of others has rendered, or that a Secret of the cluster contains. `of` names it in
 * errors. Throws HELM_FAILED where it costs more than the limits allow.
 */
export async function readManifest(text: string, of: string): Promise<KubernetesObject[]> {
  try {
    return text.length <= readHereCharacters ? parseManifest(text) : await thread.call('parse', text)
  } catch (error) {
    if (!(error instanceof LimitReached)) throw error
    const limit = error.what === 'time' ? '15 s of processor time' : '1 GiB of memory'
    throw new Problem('HELM_FAILED', `Reading ${of} needs more than ${limit}.`, '', { cause: error })
  }
}
