import { Problem } from '../../preload/contract/problem.ts'

const unitsMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

export const isAge = (given: string): boolean => /^\d+[smhd]$/.test(given)

/** "15m" in ms. Throws INPUT_INVALID. */
export function ageMs(given: string): number {
  const parts = /^(\d+)([smhd])$/.exec(given)
  const unit = (['s', 'm', 'h', 'd'] as const).find((each) => each === parts?.[2])
  if (parts === null || unit === undefined)
    throw new Problem('INPUT_INVALID', `"${given}" is not an age such as 30s, 5m, 2h or 3d.`)
  return Number(parts[1]) * unitsMs[unit]
}

/** A time (RFC 3339), or an age before now, as RFC 3339 in UTC. Throws INPUT_INVALID. */
export function timeOf(given: string, nowMs = Date.now()): string {
  if (isAge(given)) return new Date(nowMs - ageMs(given)).toISOString()
  const at = Date.parse(given)
  if (Number.isNaN(at))
    throw new Problem('INPUT_INVALID', `"${given}" is neither a time (RFC 3339) nor an age such as 15m.`)
  return new Date(at).toISOString()
}

interface Times {
  readonly from: string
  readonly to: string
}

/**
 * The time of `--compare`: `FROM/TO`, or an age by which the times of the query are earlier. Throws INPUT_INVALID. Pure.
 */
export function comparedTimes(given: string, query: Partial<Times>, nowMs = Date.now()): Times {
  const [from, to, ...others] = given.split('/')
  if (from !== undefined && to !== undefined && others.length === 0)
    return { from: timeOf(from, nowMs), to: timeOf(to, nowMs) }
  if (!isAge(given)) throw new Problem('INPUT_INVALID', `"${given}" is neither FROM/TO nor an age such as 1d.`)
  if (query.from === undefined) throw new Problem('INPUT_INVALID', '--compare with an age needs --since.')
  const earlier = (time: string | undefined): string =>
    new Date((time === undefined ? nowMs : Date.parse(time)) - ageMs(given)).toISOString()
  return { from: earlier(query.from), to: earlier(query.to) }
}

/** The same of an option; undefined if it was not given. */
export const optionalTime = (given: string | undefined): string | undefined =>
  given === undefined ? undefined : timeOf(given)
