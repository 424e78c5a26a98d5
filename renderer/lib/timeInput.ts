import type { TimeFormat } from './time.ts'

const date = String.raw`(?:(?:(\d{4})-)?(\d{1,2})-(\d{1,2})[T ]+)?`
const clock = String.raw`(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,3})\d*)?)?`
const zone = String.raw`\s*(Z|UTC|[+-]\d{2}:?\d{2})?`
const pattern = new RegExp(`^${date}${clock}${zone}$`, 'i')
const dayMs = 86_400_000

/**
 * The time of a text, as ISO 8601: "14:05", "03-01 14:05:09.123", "2026-03-01 14:05" or "2026-03-01T14:05Z". Without a zone it
 * is in that of the format; without a date it is the last such time. Undefined for another text. Pure.
 */
export function parseTime(text: string, format: Pick<TimeFormat, 'zone'>, nowMs: number): string | undefined {
  const found = pattern.exec(text.trim())
  if (found === null) return undefined
  const [, year, month, day, hours, minutes, seconds = '0', fraction = '0', named] = found
  const offsetMs = offsetOf(named ?? format.zone(new Date(nowMs)))
  const now = new Date(nowMs + offsetMs)
  const parts = [
    Number(year ?? now.getUTCFullYear()),
    month === undefined ? now.getUTCMonth() : Number(month) - 1,
    Number(day ?? now.getUTCDate()),
    Number(hours),
    Number(minutes),
    Number(seconds),
  ] as const
  if (parts[3] > 23 || parts[4] > 59 || parts[5] > 59) return undefined
  const wallMs = Date.UTC(...parts) + Number(fraction.padEnd(3, '0'))
  if (new Date(wallMs).getUTCDate() !== parts[2] || new Date(wallMs).getUTCMonth() !== parts[1]) return undefined
  // The offset at that time can be another one than that of now.
  const ms = wallMs - (named === undefined ? offsetOf(format.zone(new Date(wallMs - offsetMs))) : offsetMs)
  return new Date(day === undefined && ms > nowMs ? ms - dayMs : ms).toISOString()
}

/** In ms, of "+01:00" or "UTC". */
function offsetOf(name: string): number {
  const [, sign, hours = '0', minutes = '0'] = /^([+-])(\d{2}):?(\d{2})$/.exec(name) ?? []
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000
}
