import { createHash } from 'node:crypto'
import type { Json } from '../lib/rules/substitution.ts'

/** JSON with sorted keys, so that equal values have equal text. */
export function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`
}

export const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex')

/** 32 hex digits of SHA-256: a Kubernetes label holds 63 characters at most. */
export const digestOf = (value: Json): string => sha256(canonical(value)).slice(0, 32)
