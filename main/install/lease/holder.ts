import { hostname, userInfo } from 'node:os'
import { processId, processTable } from '../../lib/process-id.ts'
import { type KubernetesObject, numberAt, textAt } from '../observe/kubernetes-object.ts'

/** A holder renews three times as often. */
export const leaseSeconds = 30
/** Nobody renews for longer: a clock that is this wrong breaks certificates too. */
const abandonedAfterMs = 3_600_000

/** The holder of a lease, as `user@host/pid.started/operation/place`. */
export interface Holder {
  readonly user: string
  readonly host: string
  readonly pid: number
  readonly started: string
  readonly operation: string
  /** The process table in which `pid` counts; undefined for an earlier version of Hangar. */
  readonly place?: string | undefined
}

export const formatHolder = ({ user, host, pid, started, operation, place }: Holder): string =>
  [`${user}@${host}`, `${pid}.${started}`, operation, ...(place === undefined ? [] : [place])].join('/')

/** A tenant who can write Leases chooses this text. Ours has user, host, a UUID and a hash. */
const holderLimitCharacters = 500

export function parseHolder(text: string): Holder | undefined {
  if (text.length > holderLimitCharacters) return undefined
  const [, user = '', host = '', pid = '', started = '', operation = '', place] =
    /^(.*)@([^/]*)\/(\d+)\.([^/]*)\/([^/]*)(?:\/([0-9a-f]+))?$/.exec(text) ?? []
  return pid === '' ? undefined : { user, host, pid: Number(pid), started, operation, place }
}

export const thisHolder = (operation: string): Holder => {
  const { pid, started } = processId(process.pid)
  return { user: userInfo().username, host: hostname(), pid, started, operation, place: processTable() }
}

/** `held`: it was renewed just now. `silent`: it was not, by the clock of this computer, which can differ from the holder's. */
export type LeaseState =
  | { readonly state: 'free' }
  | {
      readonly state: 'held' | 'silent'
      readonly holder: string
      readonly since: string
      readonly renewedAt: string
    }

/**
 * Pure: whether another process holds the lease. Its end is proven where its process table is this one and has no such process: two
 * computers can have one name, and a process number counts only in its own table.
 */
export function leaseState(
  lease: KubernetesObject,
  me: Holder,
  now: number,
  hasEnded: (holder: Holder) => boolean,
): LeaseState {
  const holder = textAt(lease, 'spec', 'holderIdentity') ?? ''
  if (holder === '' || holder === formatHolder(me)) return { state: 'free' }
  const parsed = parseHolder(holder)
  if (parsed?.place !== undefined && parsed.place === me.place && hasEnded(parsed)) return { state: 'free' }
  const renewedAt = textAt(lease, 'spec', 'renewTime') ?? ''
  const distanceMs = Math.abs(now - Date.parse(renewedAt))
  if (!(distanceMs < abandonedAfterMs)) return { state: 'free' }
  const seconds = Math.min(numberAt(lease, 'spec', 'leaseDurationSeconds') ?? leaseSeconds, leaseSeconds)
  return {
    state: distanceMs < seconds * 1_000 ? 'held' : 'silent',
    holder: holder.slice(0, holderLimitCharacters),
    since: textAt(lease, 'spec', 'acquireTime') ?? '',
    renewedAt,
  }
}
