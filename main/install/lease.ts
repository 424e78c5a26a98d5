import { hostname, userInfo } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { Problem } from '../../preload/contract/problem.ts'
import type { KubernetesClient } from '../lib/kubernetes/client.ts'
import { isConflict, isNotFound } from '../lib/kubernetes/failure.ts'
import { isRunning, processId } from '../lib/process-id.ts'
import { labelKeys } from './labels.ts'
import { type KubernetesObject, numberAt, textAt } from './observe/kubernetes-object.ts'

export const leaseName = 'hangar-operation'
const renewEveryMs = 10_000
const leaseSeconds = 30

/** The holder of a lease, as `user@host/pid.started/operation`. */
export interface Holder {
  readonly user: string
  readonly host: string
  readonly pid: number
  readonly started: string
  readonly operation: string
}

export const formatHolder = ({ user, host, pid, started, operation }: Holder): string =>
  `${user}@${host}/${pid}.${started}/${operation}`

/** A tenant who can write Leases chooses this text. Ours has user, host and a UUID. */
const holderLimitCharacters = 500

export function parseHolder(text: string): Holder | undefined {
  if (text.length > holderLimitCharacters) return undefined
  const [, user = '', host = '', pid = '', started = '', operation = ''] =
    /^(.*)@([^/]*)\/(\d+)\.([^/]*)\/(.*)$/.exec(text) ?? []
  return pid === '' ? undefined : { user, host, pid: Number(pid), started, operation }
}

export const thisHolder = (operation: string): Holder => {
  const { pid, started } = processId(process.pid)
  return { user: userInfo().username, host: hostname(), pid, started, operation }
}

export type LeaseState =
  | { readonly state: 'free' }
  | { readonly state: 'held'; readonly holder: string; readonly since: string }

/**
 * Pure: whether another process holds the lease. It is free once it has expired, and if its holder is a process of this
 * computer that has ended.
 */
export function leaseState(
  lease: KubernetesObject,
  me: Holder,
  now: number,
  hasEnded: (holder: Holder) => boolean,
): LeaseState {
  const holder = textAt(lease, 'spec', 'holderIdentity') ?? ''
  if (holder === '' || holder === formatHolder(me)) return { state: 'free' }
  const renewed = Date.parse(textAt(lease, 'spec', 'renewTime') ?? '')
  const seconds = numberAt(lease, 'spec', 'leaseDurationSeconds') ?? leaseSeconds
  if (!(now < renewed + seconds * 1_000)) return { state: 'free' }
  const parsed = parseHolder(holder)
  if (parsed && parsed.host === me.host && hasEnded(parsed)) return { state: 'free' }
  return {
    state: 'held',
    holder: holder.slice(0, holderLimitCharacters),
    since: textAt(lease, 'spec', 'acquireTime') ?? '',
  }
}

const hasEndedHere = ({ pid, started }: Holder): boolean => !isRunning({ pid, started })

export interface HeldLease {
  /** Aborted when the lease is lost: the operation must stop. */
  readonly lost: AbortSignal
  release(): Promise<void>
}

/** Acquires the plane's lease in an existing namespace. Throws OPERATION_RUNNING while another process holds it. */
export async function acquireLease(
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
    metadata: { name: leaseName, namespace, resourceVersion, labels: { [labelKeys.profile]: profile } },
    spec: {
      holderIdentity: formatHolder(me),
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
    const current = await read()
    if (current) {
      const view = leaseState(current, me, Date.now(), hasEndedHere)
      if (view.state === 'held') {
        throw new Problem(
          'OPERATION_RUNNING',
          `${view.holder.split('/')[0]} has been working on this plane since ${view.since}.`,
          view.holder,
        )
      }
    }
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
    while (!stopped.signal.aborted) {
      await sleep(renewEveryMs, undefined, { signal: stopped.signal })
      try {
        const current = await client.request<KubernetesObject>('GET', path, {}, stopped.signal)
        if (textAt(current, 'spec', 'holderIdentity') !== formatHolder(me)) {
          const holder = textAt(current, 'spec', 'holderIdentity')?.slice(0, holderLimitCharacters) ?? 'Another process'
          lost.abort(new Problem('OPERATION_RUNNING', `${holder} acquired the lease of this plane.`))
          return
        }
        await client.request('PUT', path, { body: body(current.metadata?.resourceVersion) }, stopped.signal)
        renewed = Date.now()
      } catch (error) {
        if (stopped.signal.aborted) return
        // The API server may be unreachable for a while. After the lease has expired, another process may hold it.
        if (Date.now() - renewed > leaseSeconds * 1_000) lost.abort(error)
        if (lost.signal.aborted) return
      }
    }
  })().catch(() => undefined) // the sleep was aborted

  return {
    lost: lost.signal,
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

/** MicroTime of meta/v1: six decimal places. */
const microTime = (): string => new Date().toISOString().replace(/(\.\d{3})Z$/, '$1000Z')
