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

/** This computer's offset at that time, as "+01:00"; "UTC" where there is none. */
export function zoneOf(at: Date): string {
  const minutes = -at.getTimezoneOffset()
  if (minutes === 0) return 'UTC'
  const sign = minutes < 0 ? '-' : '+'
  return `${sign}${pad(Math.floor(Math.abs(minutes) / 60))}:${pad(Math.abs(minutes) % 60)}`
}

const dateOf = (at: Date) => `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`
const clockOf = (at: Date) => `${pad(at.getHours())}:${pad(at.getMinutes())}:${pad(at.getSeconds())}`

/** "2026-03-01 14:05:09 +01:00", in this computer's zone. */
export function fullTime(at: string): string {
  const time = new Date(at)
  return Number.isNaN(time.getTime()) ? at : `${dateOf(time)} ${clockOf(time)} ${zoneOf(time)}`
}

/** "14:05", with its date on another day: for sentences. */
export function clockTime(at: string, now: number): string {
  const time = new Date(at)
  if (Number.isNaN(time.getTime())) return at
  const clock = `${pad(time.getHours())}:${pad(time.getMinutes())}`
  const date = dateOf(time)
  return date === dateOf(new Date(now)) ? clock : `${date} ${clock}`
}

/** "03-01 14:05:09.123": for dense rows whose column heading names the zone. */
export function rowTime(at: string): string {
  const time = new Date(at)
  if (Number.isNaN(time.getTime())) return at
  return `${pad(time.getMonth() + 1)}-${pad(time.getDate())} ${clockOf(time)}.${pad(time.getMilliseconds(), 3)}`
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
