import type { Settings } from '../../preload/contract/settings.ts'
import { t } from '../strings/t.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** "3 min ago". Future times (clocks differ) are "just now". */
export function age(at: string | number, now: number): string {
  const ms = now - (typeof at === 'number' ? at : Date.parse(at))
  if (Number.isNaN(ms)) return ''
  if (ms < 5_000) return t('ui.justNow')
  return t('ui.ago', { span: span(ms) })
}

/** A duration in its largest readable unit: "42 s", "3 min", "5 h", "12 d". */
export function span(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < minuteMs) return `${Math.floor(ms / 1_000)} s`
  if (ms < hourMs) return `${Math.floor(ms / minuteMs)} min`
  if (ms < 2 * dayMs) return `${Math.floor(ms / hourMs)} h`
  return `${Math.floor(ms / dayMs)} d`
}

const pad = (value: number, width = 2) => String(value).padStart(width, '0')

/** Times as texts, all in one zone. What is no time is shown as it is. */
export interface TimeFormat {
  /** "2026-03-01 14:05:09 +01:00". */
  full(at: string): string
  /** For sentences: "14:05", with its date on another day. UTC is named; the zone of this computer goes without saying. */
  clock(at: string, now: number): string
  /** "03-01 14:05:09.123": for dense rows whose column heading names the zone. */
  row(at: string): string
  /** "2026-03-01". */
  date(at: string): string
  /** "14:05:09". */
  time(at: string): string
  /** The offset at that time, as "+01:00"; "UTC" where there is none. */
  zone(at: Date): string
}

/** The parts of a time in UTC are its parts in a zone, once it is moved by the offset of the zone. */
export function timeFormat(choice: Settings['timeZone']): TimeFormat {
  const offsetMinutes = (at: Date) => (choice === 'utc' ? 0 : -at.getTimezoneOffset())
  const parts = (at: Date) => {
    const moved = new Date(at.getTime() + offsetMinutes(at) * minuteMs)
    const month = pad(moved.getUTCMonth() + 1)
    const day = pad(moved.getUTCDate())
    const [hours, minutes, seconds] = [moved.getUTCHours(), moved.getUTCMinutes(), moved.getUTCSeconds()].map((part) =>
      pad(part),
    )
    return {
      date: `${moved.getUTCFullYear()}-${month}-${day}`,
      monthAndDay: `${month}-${day}`,
      hoursAndMinutes: `${hours}:${minutes}`,
      clock: `${hours}:${minutes}:${seconds}`,
    }
  }
  const zone = (at: Date) => {
    const offset = offsetMinutes(at)
    if (offset === 0) return 'UTC'
    return `${offset < 0 ? '-' : '+'}${pad(Math.floor(Math.abs(offset) / 60))}:${pad(Math.abs(offset) % 60)}`
  }
  const format = (text: string, show: (at: Date, shown: ReturnType<typeof parts>) => string): string => {
    const at = new Date(text)
    return Number.isNaN(at.getTime()) ? text : show(at, parts(at))
  }
  return {
    zone,
    full: (text) => format(text, (at, { date, clock }) => `${date} ${clock} ${zone(at)}`),
    clock: (text, now) =>
      format(text, (_, { date, hoursAndMinutes }) => {
        const named = choice === 'utc' ? `${hoursAndMinutes} UTC` : hoursAndMinutes
        return date === parts(new Date(now)).date ? named : `${date} ${named}`
      }),
    date: (text) => format(text, (_, { date }) => date),
    time: (text) => format(text, (_, { clock }) => clock),
    row: (text) =>
      format(text, (at, { monthAndDay, clock }) => `${monthAndDay} ${clock}.${pad(at.getUTCMilliseconds(), 3)}`),
  }
}

/** "1.4 MB": decimal units, as disks and networks count. */
export function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = count
  let unit = 0
  while (value >= 1_000 && unit < units.length - 1) {
    value /= 1_000
    unit += 1
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`
}
