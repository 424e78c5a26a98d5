const unitsMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const
type Unit = keyof typeof unitsMs

const relative = /^(?:now)?-?(\d{1,6})([smhdw])$/
const absolute =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?))?\s*(Z|[+-]\d{2}:?\d{2}|[A-Za-z]+(?:\/[A-Za-z_+-]+)*)?$/

/**
 * The time that a text means, in ms since 1970: "15m", "now-2h", "now", "2026-11-22", "2026-11-22T10:00",
 * "2026-11-22T10:00+05:30", "2026-11-22 10:00 Asia/Colombo". Without a zone it is UTC. Undefined for another text. Pure.
 */
export function momentOf(text: string, nowMs: number): number | undefined {
  if (text === 'now') return nowMs
  const [, count, unit] = relative.exec(text) ?? []
  if (count !== undefined && isUnit(unit)) return nowMs - Number(count) * unitsMs[unit]
  const [, day, time = '00:00', zone = 'Z'] = absolute.exec(text) ?? []
  if (day === undefined) return undefined
  const wall = Date.parse(`${day}T${time.replace(',', '.')}Z`)
  if (Number.isNaN(wall) || new Date(wall).toISOString().slice(0, 10) !== day) return undefined
  const offsetMs = fixedOffsetMs(zone) ?? zoneOffsetMs(zone, wall)
  return offsetMs === undefined ? undefined : wall - offsetMs
}

const isUnit = (text: string | undefined): text is Unit => text !== undefined && Object.hasOwn(unitsMs, text)

function fixedOffsetMs(zone: string): number | undefined {
  if (zone === 'Z' || zone === 'UTC') return 0
  const [, sign, hours = '', minutes = ''] = /^([+-])(\d{2}):?(\d{2})$/.exec(zone) ?? []
  if (sign === undefined) return undefined
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * unitsMs.m
}

/** Of a named zone when its clocks show this time; of the two such moments when clocks go back, one. */
function zoneOffsetMs(timeZone: string, wallMs: number): number | undefined {
  const offsetAt = (ms: number): number => {
    const parts = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' }).formatToParts(ms)
    const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? ''
    return fixedOffsetMs(name.replace('GMT', '') || 'Z') ?? 0
  }
  try {
    return offsetAt(wallMs - offsetAt(wallMs))
  } catch {
    return undefined // not a zone
  }
}
