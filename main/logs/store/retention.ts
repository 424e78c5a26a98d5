/** How long a plane's logs are kept; null: without this limit. */
export interface RetentionPolicy {
  /** Whole days (UTC) that ended longer ago are deleted. */
  readonly days: number | null
  /** The oldest days are deleted while all of them need more on disk. */
  readonly bytes: number | null
}

/** What is stored of one day. */
export interface StoredDay {
  /** "2026-11-22", in UTC. */
  readonly name: string
  readonly records: number
  readonly bytes: number
}

const dayMs = 86_400_000

/** The days that a policy deletes. The newest one is never deleted for its size: it is being written. Pure. */
export function expiredDays(stored: readonly StoredDay[], policy: RetentionPolicy, nowMs: number): StoredDay[] {
  const newestFirst = stored.toSorted((a, b) => (a.name < b.name ? 1 : -1))
  let sumBytes = 0
  return newestFirst.filter(({ name, bytes }, index) => {
    sumBytes += bytes
    const endMs = Date.parse(`${name}T00:00:00Z`) + dayMs
    const isTooOld = policy.days !== null && endMs <= nowMs - policy.days * dayMs
    return isTooOld || (index > 0 && policy.bytes !== null && sumBytes > policy.bytes)
  })
}

/** Counts and bytes of days together. */
export function totalOf(days: readonly StoredDay[]): { days: number; records: number; bytes: number } {
  const sum = (name: 'records' | 'bytes') => days.reduce((total, each) => total + each[name], 0)
  return { days: days.length, records: sum('records'), bytes: sum('bytes') }
}
