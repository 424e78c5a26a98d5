import { hostname, userInfo } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { Problem } from '../../preload/contract/problem.ts'
import type { KubernetesClient } from '../lib/kubernetes/client.ts'
import { isConflict, isNotFound } from '../lib/kubernetes/failure.ts'
import { isRunning, processId } from '../lib/process-id.ts'
import { type KubernetesObject, numberAt, textAt } from './observe/kubernetes-object.ts'
import { marks } from './plan/desired.ts'

export const leaseName = 'hangar-operation'
const renewEveryMs = 10_000
const leaseSeconds = 30

/** Who holds the lease: `user@host/pid.started/operation`. */
export interface Holder {
  readonly user: string
  readonly host: string
  readonly pid: number
  readonly started: string
  readonly operation: string
}

export const sayHolder = ({ user, host, pid, started, operation }: Holder): string =>
  `${user}@${host}/${pid}.${started}/${operation}`

export function parseHolder(text: string): Holder | undefined {
  const [, user = '', host = '', pid = '', started = '', operation = ''] =
    /^(.*)@([^/]*)\/(\d+)\.([^/]*)\/(.*)$/.exec(text) ?? []
  return pid === '' ? undefined : { user, host, pid: Number(pid), started, operation }
}

export const thisHolder = (operation: string): Holder => {
  const { pid, started } = processId(process.pid)
  return { user: userInfo().username, host: hostname(), pid, started, operation }
}

export type LeaseView =
  | { readonly state: 'free' }
  | { readonly state: 'held'; readonly holder: string; readonly since: string }

/**
 * Pure: whether a lease is held by somebody who lives. It is free when it has run out, or when it is held from this
 * computer by a process that is gone.
 */
export function readLease(
  lease: KubernetesObject,
  me: Holder,
  now: number,
  isGone: (holder: Holder) => boolean,
): LeaseView {
  const holder = textAt(lease, 'spec', 'holderIdentity') ?? ''
  if (holder === '' || holder === sayHolder(me)) return { state: 'free' }
  const renewed = Date.parse(textAt(lease, 'spec', 'renewTime') ?? '')
  const seconds = numberAt(lease, 'spec', 'leaseDurationSeconds') ?? leaseSeconds
  if (!(now < renewed + seconds * 1_000)) return { state: 'free' }
  const known = parseHolder(holder)
  if (known && known.host === me.host && isGone(known)) return { state: 'free' }
  return { state: 'held', holder, since: textAt(lease, 'spec', 'acquireTime') ?? '' }
}

const goneFromHere = ({ pid, started }: Holder): boolean => !isRunning({ pid, started })

export interface HeldLease {
  /** Aborted when the lease was lost: whoever works under it must stop. */
  readonly lost: AbortSignal
  release(): Promise<void>
}

/** Takes the lease of the plane in that namespace, which must exist. Throws OPERATION_RUNNING while somebody else has it. */
export async function takeLease(
  client: KubernetesClient,
  {
    namespace,
    profile,
    operation,
  }: { readonly namespace: string; readonly profile: string; readonly operation: string },
  signal: AbortSignal,
): Promise<HeldLease> {
  const base = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`
  const path = `${base}/${leaseName}`
  const me = thisHolder(operation)
  const acquireTime = microTime()
  const body = (resourceVersion?: string): KubernetesObject => ({
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: leaseName, namespace, resourceVersion, labels: { [marks.profile]: profile } },
    spec: {
      holderIdentity: sayHolder(me),
      leaseDurationSeconds: leaseSeconds,
      acquireTime,
      renewTime: microTime(),
    },
  })
  const read = (): Promise<KubernetesObject | undefined> =>
    client.request<KubernetesObject>('GET', path, {}, signal).catch((error) => {
      if (isNotFound(error)) return undefined
      throw error
    })

  async function acquire(): Promise<boolean> {
    const found = await read()
    if (found) {
      const view = readLease(found, me, Date.now(), goneFromHere)
      if (view.state === 'held') {
        throw new Problem(
          'OPERATION_RUNNING',
          `${view.holder.split('/')[0]} works on this plane since ${view.since}.`,
          view.holder,
        )
      }
    }
    try {
      if (found) await client.request('PUT', path, { body: body(found.metadata?.resourceVersion) }, signal)
      else await client.request('POST', base, { body: body() }, signal)
      return true
    } catch (error) {
      if (isConflict(error)) return false // somebody was faster: look again
      throw error
    }
  }
  while (!(await acquire())) signal.throwIfAborted()

  const lost = new AbortController()
  const stopped = new AbortController()
  const renewing = (async () => {
    let renewed = Date.now()
    while (!stopped.signal.aborted) {
      await sleep(renewEveryMs, undefined, { signal: stopped.signal })
      try {
        const found = await client.request<KubernetesObject>('GET', path, {}, stopped.signal)
        if (textAt(found, 'spec', 'holderIdentity') !== sayHolder(me)) {
          const other = textAt(found, 'spec', 'holderIdentity') ?? 'Somebody else'
          lost.abort(new Problem('OPERATION_RUNNING', `${other} took over this plane.`))
          return
        }
        await client.request('PUT', path, { body: body(found.metadata?.resourceVersion) }, stopped.signal)
        renewed = Date.now()
      } catch (error) {
        if (stopped.signal.aborted) return
        // The API server may be away for a while; past the lease's time somebody else may have taken it.
        if (Date.now() - renewed > leaseSeconds * 1_000) lost.abort(error)
        if (lost.signal.aborted) return
      }
    }
  })().catch(() => undefined) // only the sleep's abort gets here

  return {
    lost: lost.signal,
    async release() {
      stopped.abort()
      await renewing
      const limit = AbortSignal.timeout(5_000)
      // One that cannot be removed runs out by itself.
      const found = await client.request<KubernetesObject>('GET', path, {}, limit).catch(() => undefined)
      if (textAt(found, 'spec', 'holderIdentity') !== sayHolder(me)) return
      const preconditions = { uid: found?.metadata?.uid, resourceVersion: found?.metadata?.resourceVersion }
      await client.request('DELETE', path, { body: { preconditions } }, limit).catch(() => undefined)
    },
  }
}

/** MicroTime of meta/v1: six digits after the point. */
const microTime = (): string => new Date().toISOString().replace(/(\.\d{3})Z$/, '$1000Z')
