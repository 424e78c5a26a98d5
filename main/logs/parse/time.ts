import {
  colon,
  comma,
  dash,
  dot,
  lowerT,
  lowerZ,
  nine,
  openBracket,
  plus,
  slash,
  space,
  underscore,
  upperT,
  upperZ,
  zero,
} from './ascii.ts'
import { WordTable } from './word-table.ts'

/** A time that was read from bytes. One object serves many lines: an import reads more than a million of them a second. */
export interface Moment {
  /** Whole milliseconds since 1970; as if in UTC where the text has no zone. */
  ms: number
  /** The nanoseconds after `ms`: 0 to 999,999. */
  nanos: number
  /** The text has a zone, so that `ms` is a moment and not only a time of day somewhere. */
  zoned: boolean
  /** Index after the time and its zone. */
  end: number
}

export const newMoment = (): Moment => ({ ms: 0, nanos: 0, zoned: false, end: 0 })

const months = new WordTable({
  jan: 1,
  feb: 2,
  mar: 3,
  apr: 4,
  may: 5,
  jun: 6,
  jul: 7,
  aug: 8,
  sep: 9,
  oct: 10,
  nov: 11,
  dec: 12,
})
const weekdays = new WordTable({ mon: 1, tue: 1, wed: 1, thu: 1, fri: 1, sat: 1, sun: 1 })

/**
 * Zones by name, as quarters of an hour from UTC-12. RFC 822 defines the American ones; names that stand for several
 * zones, such as IST, are not read.
 */
const hoursWest = 12
const quarters = (hours: number): number => (hours + hoursWest) * 4
const zones = new WordTable({
  utc: quarters(0),
  gmt: quarters(0),
  z: quarters(0),
  est: quarters(-5),
  edt: quarters(-4),
  cdt: quarters(-5),
  mst: quarters(-7),
  mdt: quarters(-6),
  pst: quarters(-8),
  pdt: quarters(-7),
  wet: quarters(0),
  west: quarters(1),
  cet: quarters(1),
  cest: quarters(2),
  eet: quarters(2),
  eest: quarters(3),
  msk: quarters(3),
  jst: quarters(9),
  aest: quarters(10),
  aedt: quarters(11),
})

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= zero && byte <= nine
const isLetter = (byte: number | undefined): boolean =>
  byte !== undefined && (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a

/** Two digits as a number; a large one where they are not digits, so that every range check fails. */
function two(bytes: Uint8Array, at: number): number {
  const tens = (bytes[at] ?? 0) - zero
  const ones = (bytes[at + 1] ?? 0) - zero
  return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? 1_000 : tens * 10 + ones
}

/**
 * Reads the date with time that begins at this index, in any of the forms that loggers use: ISO 8601 (also with a space,
 * slashes or a comma), `14/Mar/2026:09:26:53 +0000`, `Sat, 14 Mar 2026 09:26:53 GMT`, `Mar 14, 2026 9:26:53 AM`.
 * False for what is not a time between 1970 and 2261; then `into` is undefined.
 */
export function readTime(bytes: Uint8Array, at: number, end: number, into: Moment): boolean {
  const first = bytes[at]
  if (isDigit(first)) {
    const fifth = bytes[at + 4]
    if (bytes[at + 8] === upperT && isDigit(fifth)) return readBasic(bytes, at, end, into)
    if (fifth === dash || fifth === slash) return readIso(bytes, at, end, fifth, into)
    return readDayFirst(bytes, at, end, into) || readNumbers(bytes, at, end, into)
  }
  return isLetter(first) && readNamed(bytes, at, end, into)
}

/** The value of a field that holds a time. */
export const readTimeOrEpoch = (bytes: Uint8Array, start: number, end: number, into: Moment): boolean =>
  readTime(bytes, start, end, into) || readEpoch(bytes, start, end, into)

function readIso(bytes: Uint8Array, at: number, end: number, separator: number, into: Moment): boolean {
  if (end - at < 16 || bytes[at + 7] !== separator) return false
  const century = two(bytes, at)
  const year = two(bytes, at + 2)
  if (century > 99 || year > 99) return false
  const between = bytes[at + 10]
  if (between !== upperT && between !== space && between !== lowerT && between !== underscore) return false
  const month = two(bytes, at + 5)
  const day = two(bytes, at + 8)
  return readClock(bytes, at + 11, end, century * 100 + year, month, day, into) && readZone(bytes, end, into)
}

/** `20260314T092653.533Z`: ISO 8601 without separators. */
function readBasic(bytes: Uint8Array, at: number, end: number, into: Moment): boolean {
  const digits = (start: number): string => String(two(bytes, start)).padStart(2, '0')
  const text = `${digits(at)}${digits(at + 2)}-${digits(at + 4)}-${digits(at + 6)}T${digits(at + 9)}:${digits(at + 11)}:${digits(at + 13)}`
  if (end - at < 15 || text.length !== 19) return false
  const tail = Buffer.from(bytes.subarray(at + 15, Math.min(end, at + 60))).toString('latin1')
  const extended = Buffer.from(`${text}${tail}`)
  if (!readTime(extended, 0, extended.length, into)) return false
  into.end += at + 15 - 19
  return true
}

/** `14/Mar/2026:09:26:53`, `14 Mar 2026 09:26:53`, `14-Mar-2026 09:26:53`; days can have one digit. */
function readDayFirst(bytes: Uint8Array, at: number, end: number, into: Moment): boolean {
  const digits = isDigit(bytes[at + 1]) ? 2 : 1
  const day = digits === 2 ? two(bytes, at) : (bytes[at] ?? 0) - zero
  const month = months.value(bytes, at + digits + 1, at + digits + 4)
  const yearAt = at + digits + 5
  if (month === 0 || end - yearAt < 10) return false
  // RFC 850 has two digits of the year.
  const isShort = bytes[yearAt + 2] === space
  const year = isShort ? 2_000 + two(bytes, yearAt) : two(bytes, yearAt) * 100 + two(bytes, yearAt + 2)
  const clockAt = yearAt + (isShort ? 3 : 5)
  const between = bytes[clockAt - 1]
  if (between !== colon && between !== space && between !== slash) return false
  return readClock(bytes, clockAt, end, year, month, day, into) && readZone(bytes, end, into)
}

/** `03-14-2026-09:26:53,451`, `03/14/2026 09:26:53`: never with a zone, since the order of day and month is the country's. */
function readNumbers(bytes: Uint8Array, at: number, end: number, into: Moment): boolean {
  const separator = bytes[at + 2]
  if (end - at < 16 || bytes[at + 5] !== separator) return false
  if (separator !== dash && separator !== slash && separator !== dot) return false
  const between = bytes[at + 10]
  if (between !== dash && between !== space && between !== upperT) return false
  const year = two(bytes, at + 6) * 100 + two(bytes, at + 8)
  const [first, second] = [two(bytes, at), two(bytes, at + 3)]
  const [month, day] = first > 12 ? [second, first] : [first, second]
  return readClock(bytes, at + 11, end, year, month, day, into)
}

/** `Sat, 14 Mar 2026 …`, `Sat Mar 14 09:26:53 2026`, `Mar 14, 2026 9:26:53 AM`. */
function readNamed(bytes: Uint8Array, start: number, end: number, into: Moment): boolean {
  let at = start
  if (weekdays.value(bytes, at, at + 3) !== 0) {
    at += 3
    while (isLetter(bytes[at])) at += 1
    if (bytes[at] === comma) at += 1
    if (bytes[at] === space) at += 1
    if (isDigit(bytes[at])) return readDayFirst(bytes, at, end, into)
  }
  const month = months.value(bytes, at, at + 3)
  if (month === 0 || bytes[at + 3] !== space) return false
  at += 4
  while (bytes[at] === space && at < end) at += 1
  let day = 0
  for (; isDigit(bytes[at]) && day < 100; at += 1) day = day * 10 + (bytes[at] ?? 0) - zero
  if (bytes[at] === comma && bytes[at + 1] === space) {
    const year = two(bytes, at + 2) * 100 + two(bytes, at + 4)
    return readClock(bytes, at + 7, end, year, month, day, into) && readZone(bytes, end, into)
  }
  if (bytes[at] === space && isDigit(bytes[at + 4]) && bytes[at + 5] === space) {
    const year = two(bytes, at + 1) * 100 + two(bytes, at + 3)
    return readClock(bytes, at + 6, end, year, month, day, into) && readZone(bytes, end, into)
  }
  // The year comes last, after an optional zone: ctime and date(1).
  if (bytes[at] !== space || !readClock(bytes, at + 1, end, 1972, month, day, into)) return false
  readZone(bytes, end, into)
  const { ms, nanos, zoned } = into
  const yearAt = into.end + 1
  const year = bytes[into.end] === space ? two(bytes, yearAt) * 100 + two(bytes, yearAt + 2) : 0
  if (year < 1970 || year > 2_261 || isDigit(bytes[yearAt + 4])) return false
  const moved = days(year, month, day) - days(1972, month, day)
  into.ms = ms + moved * dayMs
  into.nanos = nanos
  into.zoned = zoned
  into.end = yearAt + 4
  return true
}

const [minuteMs, hourMs, dayMs] = [60_000, 3_600_000, 86_400_000]
const daysOfMonth = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** Hours with one or two digits, minutes, and optional seconds with a fraction; `AM` or `PM` after them counts. */
function readClock(
  bytes: Uint8Array,
  start: number,
  end: number,
  year: number,
  month: number,
  day: number,
  into: Moment,
): boolean {
  if (year < 1970 || year > 2_261 || month < 1 || month > 12 || day < 1 || day > (daysOfMonth[month - 1] ?? 0))
    return false
  if (month === 2 && day === 29 && (year % 4 !== 0 || (year % 100 === 0 && year % 400 !== 0))) return false
  let at = start
  let hour = 0
  if (bytes[at + 1] === colon) {
    hour = (bytes[at] ?? 0) - zero
    if (hour < 0 || hour > 9) return false
    at += 2
  } else {
    hour = two(bytes, at)
    if (bytes[at + 2] !== colon) return false
    at += 3
  }
  const minute = two(bytes, at)
  at += 2
  let second = 0
  if (bytes[at] === colon) {
    second = two(bytes, at + 1)
    at += 3
  }
  if (hour > 24 || minute > 59 || second > 60 || at > end) return false
  if (hour === 24 && minute + second > 0) return false
  let subMs = 0
  let nanos = 0
  const point = bytes[at]
  if ((point === dot || point === comma) && at + 1 < end && isDigit(bytes[at + 1])) {
    at += 1
    let scale = 100_000_000
    let fraction = 0
    for (; at < end; at += 1) {
      const digit = (bytes[at] ?? 0) - zero
      if (digit < 0 || digit > 9) break
      fraction += digit * scale
      scale = scale > 1 ? scale / 10 : 0
    }
    subMs = Math.floor(fraction / 1_000_000)
    nanos = fraction - subMs * 1_000_000
  }
  if (bytes[at] === space && at + 2 < end && ((bytes[at + 2] ?? 0) | 0x20) === 0x6d && hour <= 12) {
    const half = (bytes[at + 1] ?? 0) | 0x20
    if (half === 0x61 || half === 0x70) {
      hour = (hour % 12) + (half === 0x70 ? 12 : 0)
      at += 3
    }
  }
  into.ms = days(year, month, day) * dayMs + hour * hourMs + minute * minuteMs + second * 1_000 + subMs
  into.nanos = nanos
  into.zoned = false
  into.end = at
  return true
}

let [lastYear, lastMonth, lastDay, lastDays] = [0, 0, 0, 0]

/** Days since 1970. Lines of one log are mostly of one day: it is kept. */
function days(year: number, month: number, day: number): number {
  if (day !== lastDay || month !== lastMonth || year !== lastYear) {
    lastDays = Date.UTC(year, month - 1, day) / dayMs
    lastYear = year
    lastMonth = month
    lastDay = day
  }
  return lastDays
}

/** Applies the zone after the clock, if there is one: `Z`, `+0530`, `+05:30`, `+05`, ` +0530`, ` UTC`, ` +0000 UTC`. */
function readZone(bytes: Uint8Array, end: number, into: Moment): true {
  let at = into.end
  if (at >= end) return true
  const first = bytes[at] ?? 0
  if (first === upperZ || first === lowerZ) {
    if (isLetter(bytes[at + 1])) return true
    into.zoned = true
    into.end = at + 1
    return skipZoneName(bytes, end, into)
  }
  const spaced = first === space
  if (spaced) at += 1
  const sign = bytes[at] ?? 0
  if (at < end && isLetter(sign)) return readNamedZone(bytes, at, end, into)
  if (sign !== plus && sign !== dash) return true
  const hours = two(bytes, at + 1)
  if (hours > 18 || at + 3 > end) return true
  const minutesAt = bytes[at + 3] === colon ? at + 4 : at + 3
  const minutes = minutesAt + 2 <= end ? two(bytes, minutesAt) : 1_000
  // After a space, two digits alone could be anything.
  if (minutes > 59 && (spaced || isDigit(bytes[at + 3]))) return true
  const offset = hours * hourMs + (minutes > 59 ? 0 : minutes * minuteMs)
  into.ms += sign === plus ? -offset : offset
  into.zoned = true
  into.end = minutes > 59 ? at + 3 : minutesAt + 2
  return skipZoneName(bytes, end, into)
}

function readNamedZone(bytes: Uint8Array, start: number, end: number, into: Moment): true {
  let at = start
  while (at < end && isLetter(bytes[at]) && at - start < 6) at += 1
  const zone = zones.value(bytes, start, at)
  if (zone === 0) return true
  into.ms -= (zone - quarters(0)) * 15 * minuteMs
  into.zoned = true
  into.end = at
  // `GMT+0530`, as JavaScript writes it.
  return zone === quarters(0) && (bytes[at] === plus || bytes[at] === dash) ? readZone(bytes, end, into) : true
}

/** Java adds `[Asia/Colombo]`, Go adds ` UTC`, to an offset. */
function skipZoneName(bytes: Uint8Array, end: number, into: Moment): true {
  const at = into.end
  if (bytes[at] === openBracket && isLetter(bytes[at + 1])) {
    for (let close = at; close < end && close < at + 40; close += 1) {
      if (bytes[close] === 0x5d) {
        into.end = close + 1
        break
      }
    }
  } else if (
    bytes[at] === space &&
    at + 4 <= end &&
    !isLetter(bytes[at + 4]) &&
    zones.value(bytes, at + 1, at + 4) === quarters(0)
  ) {
    into.end = at + 4
  }
  return true
}

/**
 * Reads a number as seconds, milliseconds, microseconds or nanoseconds since 1970, by its digits: those of a time from
 * 2001 on. A fraction counts. False for any other number.
 */
function readEpoch(bytes: Uint8Array, start: number, end: number, into: Moment): boolean {
  let at = start
  while (at < end && isDigit(bytes[at])) at += 1
  const digits = at - start
  if (digits === 1 && end - start < 32) return readExponent(bytes, start, end, into)
  const powers = digits <= 10 ? 0 : digits <= 13 ? 3 : digits <= 16 ? 6 : 9
  if (digits - powers !== 10) return false
  let seconds = 0
  let fraction = 0
  let scale = 100_000_000
  for (let index = start; index < end; index += 1) {
    const digit = (bytes[index] ?? 0) - zero
    if (index === at && digit === dot - zero) continue
    if (digit < 0 || digit > 9) return false
    if (index - start < 10) seconds = seconds * 10 + digit
    else {
      fraction += digit * scale
      scale = scale > 1 ? scale / 10 : 0
    }
  }
  into.ms = seconds * 1_000 + Math.floor(fraction / 1_000_000)
  into.nanos = fraction % 1_000_000
  into.zoned = true
  into.end = end
  return into.ms < Date.UTC(2262, 0)
}

/** `1.773480413469E9`, as some JSON libraries write a number of seconds or milliseconds. */
function readExponent(bytes: Uint8Array, start: number, end: number, into: Moment): boolean {
  const text = Buffer.from(bytes.subarray(start, end)).toString('latin1')
  if (!/^\d\.\d{1,20}[eE]\+?(?:9|12)$/.test(text)) return false
  const number = Number(text)
  into.ms = Math.floor(number < 1e11 ? number * 1_000 : number)
  into.nanos = 0
  into.zoned = true
  into.end = end
  return into.ms >= 1_000_000_000_000
}
