import { setTimeout as sleep } from 'node:timers/promises'
import type { PlaneHolder } from '../../../preload/contract/install.ts'
import type { KubernetesClient } from '../../lib/kubernetes/client.ts'
import { ifAllowed } from '../../lib/kubernetes/if-allowed.ts'
import type { PlaneInstallation } from '../installation.ts'
import { leaseState, thisHolder } from './holder.ts'
import { hasEndedHere, heldBy, readLease } from './lease.ts'
import { holderOf } from './progress.ts'

const readEveryMs = 1_000

/** Who works on the plane, now and after each change. A user who is not permitted to read the lease sees nobody. */
export async function* watchHolder(
  client: KubernetesClient,
  { namespaces: [namespace] }: Pick<PlaneInstallation, 'namespaces'>,
  signal: AbortSignal,
): AsyncGenerator<{ holder: PlaneHolder | null }> {
  const me = thisHolder('')
  for (let shown: string | undefined; ; ) {
    const lease = namespace === undefined ? undefined : await ifAllowed(readLease(client, namespace, signal))
    const holder = lease === undefined ? undefined : holderOf(lease, me, Date.now(), hasEndedHere)
    const text = JSON.stringify({ ...holder, renewedAt: '' })
    if (text !== shown) yield { holder: holder ?? null }
    shown = text
    await sleep(readEveryMs, undefined, { signal })
  }
}

/** Throws OPERATION_RUNNING while another process works on the plane. */
export async function refuseHeld(
  { client, installation }: { readonly client: KubernetesClient; readonly installation: PlaneInstallation },
  signal: AbortSignal,
): Promise<void> {
  const [namespace] = installation.namespaces
  const lease = namespace === undefined ? undefined : await ifAllowed(readLease(client, namespace, signal))
  if (lease !== undefined && leaseState(lease, thisHolder(''), Date.now(), hasEndedHere).state === 'held')
    throw heldBy(lease)
}
