import type { HttpResponse } from '../facts.ts'

/** Milliseconds by which the server's clock is ahead of ours, by its Date header; undefined without one. */
export function clockOffsetMs({ headers, at, halfTripMs }: HttpResponse): number | undefined {
  const date = Date.parse(headers.date ?? '')
  if (Number.isNaN(date)) return undefined
  // A cache keeps the Date of the stored response, and gives its age (RFC 9111 §5.1).
  const age = Number.parseInt(headers.age ?? '0', 10) || 0
  return date + age * 1_000 - (at - halfTripMs)
}
