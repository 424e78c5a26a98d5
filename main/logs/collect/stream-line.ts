import type { StreamLine } from '../parse/join.ts'

/**
 * A line as the API server sends it with `timestamps=true`: RFC 3339 with up to nine digits of a second
 * (trailing zeros left out), a space, the text. Undefined for what is not such a line.
 */
export function readStreamLine(line: string): StreamLine | undefined {
  const space = line.indexOf(' ')
  const stamp = space === -1 ? line : line.slice(0, space)
  const parts = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2})$/.exec(stamp)
  if (parts === null) return undefined
  const seconds = Date.parse(`${parts[1]}${parts[3]}`)
  if (Number.isNaN(seconds)) return undefined
  const ns = BigInt(seconds) * 1_000_000n + BigInt((parts[2] ?? '').padEnd(9, '0'))
  return { ns, text: space === -1 ? '' : line.slice(space + 1) }
}

export const nsToMs = (ns: bigint): number => Number(ns / 1_000_000n)
