import { redact } from '../../lib/rules/redaction.ts'
import { evidenceLimitCharacters } from './limits.ts'

const unprintable = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ufffe\uffff]/g

/** The evidence of a stage: redacted, printable, within the contract's length. Redacted before it is truncated, so that no part of a secret stays. */
export function evidence(...lines: readonly (string | undefined)[]): string {
  const text = lines.filter((line) => line !== undefined && line !== '').join('\n')
  const clean = redact(text.slice(0, 4 * evidenceLimitCharacters).replaceAll('\r', '')).replace(unprintable, '·')
  return clean.length <= evidenceLimitCharacters ? clean : `${clean.slice(0, evidenceLimitCharacters - 1)}…`
}
