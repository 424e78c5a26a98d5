import type { HttpResponse } from '../facts.ts'

/** How far the far end's clock is ahead of ours, by the Date of its answer; undefined when it does not say. */
export function clockOffsetMs({ headers, at, halfTripMs }: HttpResponse): number | undefined {
  const date = Date.parse(headers.date ?? '')
  if (Number.isNaN(date)) return undefined
  // A cache gives the Date of when it stored the answer, and says how long ago that was (RFC 9111 §5.1).
  const age = Number.parseInt(headers.age ?? '0', 10) || 0
  return date + age * 1_000 - (at - halfTripMs)
}
