import { setTimeout as sleep } from 'node:timers/promises'
import { Problem } from '../../../preload/contract/problem.ts'
import type { KubernetesClient } from '../../lib/kubernetes/client.ts'
import { isConflict, isNotFound } from '../../lib/kubernetes/failure.ts'
import { isRunning } from '../../lib/process-id.ts'
import { labelKeys } from '../labels.ts'
import { type KubernetesObject, textAt } from '../observe/kubernetes-object.ts'
import { formatHolder, type Holder, type LeaseState, leaseSeconds, leaseState, thisHolder } from './holder.ts'
import { describeHolder, describeProgress, progressAnnotation } from './progress.ts'

export const leaseName = 'hangar-operation'
const renewEveryMs = 10_000
/** A published step is written this soon, and a lease that is observed is read this often. */
const roundMs = 1_000

const leasePath = (namespace: string): string =>
  `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/${leaseName}`

export const hasEndedHere = ({ pid, started }: Holder): boolean => !isRunning({ pid, started })

export interface HeldLease {
  /** Aborted when the lease is lost: the operation must stop. */
  readonly lost: AbortSignal
  /** Shows others how far the operation is. The text is public to everyone who can read Leases of the namespace. */
  publish(progress: string): void
  release(): Promise<void>
}

interface LeaseRequest {
  readonly namespace: string
  readonly profile: string
  readonly operation: string
}

/**
 * Acquires the plane's lease in an existing namespace. Throws OPERATION_RUNNING while another process holds it. A holder that has
 * not renewed, and whose end is not proven, is observed for the time of the lease: its clock may be another.
 */
export async function acquireLease(
  client: KubernetesClient,
  { namespace, profile, operation }: LeaseRequest,
  signal: AbortSignal,
): Promise<HeldLease> {
  const path = leasePath(namespace)
  const base = path.slice(0, path.lastIndexOf('/'))
  const me = thisHolder(operation)
  const acquireTime = microTime()
  let progress = ''
  const body = (resourceVersion?: string): KubernetesObject => ({
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      name: leaseName,
      namespace,
      resourceVersion,
      labels: { [labelKeys.profile]: profile },
      ...(progress !== '' && { annotations: { [progressAnnotation]: progress } }),
    },
    spec: {
      holderIdentity: formatHolder(me),
      leaseDurationSeconds: leaseSeconds,
      acquireTime,
      renewTime: microTime(),
    },
  })
  const read = (): Promise<KubernetesObject | undefined> => readLease(client, namespace, signal)
  const stateOf = (lease: KubernetesObject): LeaseState => leaseState(lease, me, Date.now(), hasEndedHere)

  /** The lease as it is when its holder has not renewed it for its whole time; undefined once it is gone. */
  async function untilSilent(lease: KubernetesObject): Promise<KubernetesObject | undefined> {
    const { resourceVersion } = lease.metadata ?? {}
    for (const began = performance.now(); performance.now() - began < leaseSeconds * 1_000; ) {
      await sleep(roundMs, undefined, { signal })
      const current = await read()
      if (current === undefined || stateOf(current).state === 'free') return current
      if (current.metadata?.resourceVersion !== resourceVersion) throw heldBy(current, 'It renews its lease.')
    }
    return lease
  }

  async function acquire(): Promise<boolean> {
    let current = await read()
    const view = current === undefined ? undefined : stateOf(current)
    if (current !== undefined && view?.state === 'held') throw heldBy(current)
    if (current !== undefined && view?.state === 'silent') current = await untilSilent(current)
    try {
      if (current) await client.request('PUT', path, { body: body(current.metadata?.resourceVersion) }, signal)
      else await client.request('POST', base, { body: body() }, signal)
      return true
    } catch (error) {
      if (isConflict(error)) return false // another process was faster: read the lease again
      throw error
    }
  }
  while (!(await acquire())) signal.throwIfAborted()

  const lost = new AbortController()
  const stopped = new AbortController()
  const renewing = (async () => {
    let renewed = Date.now()
    let written = ''
    while (!stopped.signal.aborted) {
      await sleep(roundMs, undefined, { signal: stopped.signal })
      if (progress === written && Date.now() - renewed < renewEveryMs) continue
      try {
        const current = await client.request<KubernetesObject>('GET', path, {}, stopped.signal)
        if (textAt(current, 'spec', 'holderIdentity') !== formatHolder(me)) {
          lost.abort(new Problem('OPERATION_RUNNING', `${describeHolder(current)} acquired the lease of this plane.`))
          return
        }
        const publishing = progress
        await client.request('PUT', path, { body: body(current.metadata?.resourceVersion) }, stopped.signal)
        renewed = Date.now()
        written = publishing
      } catch (error) {
        if (stopped.signal.aborted) return
        // The API server may be unreachable for a while. After the lease has expired, another process may hold it.
        if (Date.now() - renewed > leaseSeconds * 1_000) lost.abort(unrenewed(error))
        if (lost.signal.aborted) return
      }
    }
  })().catch(() => undefined) // the sleep was aborted

  return {
    lost: lost.signal,
    publish(text) {
      progress = text
    },
    async release() {
      stopped.abort()
      await renewing
      const limit = AbortSignal.timeout(5_000)
      // A lease that cannot be deleted expires.
      const current = await client.request<KubernetesObject>('GET', path, {}, limit).catch(() => undefined)
      if (textAt(current, 'spec', 'holderIdentity') !== formatHolder(me)) return
      const preconditions = { uid: current?.metadata?.uid, resourceVersion: current?.metadata?.resourceVersion }
      await client.request('DELETE', path, { body: { preconditions } }, limit).catch(() => undefined)
    },
  }
}

/** Undefined if there is none. */
export const readLease = (
  client: KubernetesClient,
  namespace: string,
  signal: AbortSignal,
): Promise<KubernetesObject | undefined> =>
  client.request<KubernetesObject>('GET', leasePath(namespace), {}, signal).catch((error) => {
    if (isNotFound(error)) return undefined
    throw error
  })

const unrenewed = (cause: unknown): Problem =>
  new Problem(
    'OPERATION_RUNNING',
    `The lease of this plane could not be renewed for ${leaseSeconds} s: another Hangar may have taken over.`,
    '',
    { cause },
  )

/** Who works on the plane, since when, and how far it is. */
export const heldBy = (lease: KubernetesObject, why = ''): Problem =>
  new Problem(
    'OPERATION_RUNNING',
    [`${describeHolder(lease)} has been working on this plane since ${since(lease)}.`, describeProgress(lease), why]
      .filter(Boolean)
      .join(' '),
    textAt(lease, 'spec', 'holderIdentity') ?? '',
  )

const since = (lease: KubernetesObject): string =>
  (textAt(lease, 'spec', 'acquireTime') ?? 'an unknown time').slice(0, 40)

/** MicroTime of meta/v1: six decimal places. */
const microTime = (): string => new Date().toISOString().replace(/(\.\d{3})Z$/, '$1000Z')
