import {
  atSign,
  closeBrace,
  closeBracket,
  closeRound,
  colon,
  comma,
  dash,
  equals,
  greater,
  less,
  openBrace,
  openBracket,
  openRound,
  pipe,
  quote,
  space,
  tab,
  underscore,
} from './ascii.ts'
import { JsonMembers } from './json-members.ts'
import { levelOfSeverity, levelOfValue, levelOfWord } from './level.ts'
import { LogfmtPairs } from './logfmt-pairs.ts'
import { type Moment, newMoment, readTime, readTimeOrEpoch } from './time.ts'
import { WordTable } from './word-table.ts'

/** What the start of a line shows. Its format in full is read only when a record is displayed. */
export type LineKind =
  | 'plain'
  | 'json'
  | 'logfmt'
  /** `[time] LEVEL {logger}`: Micro Integrator, Ballerina's trace and crash logs; also after `TID:`, API Manager. */
  | 'carbon'
  | 'access'
  | 'klog'
  | 'syslog'
  /** Begins with a time, or with brackets that have a time or a level. */
  | 'text'
  /** Begins with a level. */
  | 'level'

/** The kind, the time and the level of a line. One object serves many lines. */
export class Line {
  kind: LineKind = 'plain'
  /** By number; 0 is no level. */
  level = 0
  readonly moment: Moment = newMoment()
  /** `moment` is a time of day without a zone; `none`: the line has no time, and `moment` is undefined. */
  time: 'zoned' | 'local' | 'none' = 'none'
  /** Index after the time and the level of a line that begins with them. */
  headEnd = 0

  /** Whether the line can only be the first of a record. */
  get isHead(): boolean {
    return this.kind !== 'plain' || this.time !== 'none'
  }

  setTime(): void {
    this.time = this.moment.zoned ? 'zoned' : 'local'
    this.headEnd = this.moment.end
  }
}

/** Roles of keys in JSON and logfmt. */
export const role = { time: 1, level: 2, severity: 3, nested: 4, message: 5, module: 6, trace: 7, span: 8 } as const
const { time, level, severity, nested, message, module, trace, span } = role

/**
 * The keys that loggers use for the same value: Ballerina, log4j2, ECS, OpenTelemetry, Google, zap, logrus, slog, pino,
 * bunyan, Rust's tracing, Serilog, structlog, GELF, journald.
 */
export const keyRoles = new WordTable({
  time,
  '@timestamp': time,
  timestamp: time,
  ts: time,
  t: time,
  datetime: time,
  instant: time,
  timemillis: time,
  asctime: time,
  timeunixnano: time,
  observedtimeunixnano: time,
  '@t': time,
  eventtime: time,
  date: time,
  start_time: time,
  date_time: time,
  time_local: time,
  time_iso8601: time,
  stagetimestamp: time,
  time_unix_nano: time,
  __realtime_timestamp: time,
  level,
  severity: level,
  lvl: level,
  'log.level': level,
  loglevel: level,
  log_level: level,
  severitytext: level,
  severity_text: level,
  levelname: level,
  level_name: level,
  '@l': level,
  priority: level,
  '@level': level,
  severitynumber: severity,
  severity_number: severity,
  log: nested,
  data: nested,
  event: nested,
  attributes: nested,
  meta: nested,
  metadata: nested,
  context: nested,
  extra: nested,
  entry: nested,
  properties: nested,
  logrecord: nested,
  fields: nested,
  record: nested,
  jsonpayload: nested,
  body: nested,
  message,
  msg: message,
  '@m': message,
  '@mt': message,
  '@message': message,
  text: message,
  textpayload: message,
  short_message: message,
  stringvalue: message,
  module,
  logger: module,
  loggername: module,
  logger_name: module,
  'log.logger': module,
  class: module,
  component: module,
  target: module,
  name: module,
  sourcecontext: module,
  traceid: trace,
  trace_id: trace,
  'trace.id': trace,
  '@tr': trace,
  'dd.trace_id': trace,
  spanid: span,
  span_id: span,
  'span.id': span,
  '@sp': span,
  'dd.span_id': span,
})

/** Reads what the line from `start` to `end` shows of itself; the line break is not part of it. Never throws. */
export function readLine(bytes: Uint8Array, start: number, end: number, line: Line): void {
  line.kind = 'plain'
  line.level = 0
  line.time = 'none'
  line.headEnd = start
  const first = bytes[start] ?? 0
  if (first === openBrace) readJson(bytes, start, end, line)
  else if (first === openBracket) readBracketed(bytes, start, end, line)
  else if (isDigit(first)) readDigit(bytes, start, end, line)
  else if (isLetter(first) || first === underscore || first === atSign) readLetter(bytes, start, end, line)
  else if (first === less) readSyslog(bytes, start, end, line)
  else if (first === colon || first === dash) readAccess(bytes, start, end, line)
}

const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39
const isUpper = (byte: number): boolean => byte >= 0x41 && byte <= 0x5a
export const isLetter = (byte: number): boolean => (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a

/** Members of the line, and of an object in it, and of one in that. */
const cursors = [new JsonMembers(), new JsonMembers(), new JsonMembers()]

/** In a line of JSON, the first time with a zone and the first level that can be read count. */
function readJson(bytes: Uint8Array, start: number, end: number, line: Line): void {
  let next = start + 1
  while (next < end && (bytes[next] ?? 0) <= space) next += 1
  if (next < end && bytes[next] !== quote && bytes[next] !== closeBrace) return
  line.kind = 'json'
  readMembers(bytes, start, end, line, 0)
}

function readMembers(bytes: Uint8Array, start: number, end: number, line: Line, depth: number): void {
  const members = cursors[depth]?.open(bytes, start, end)
  let hasNested = false
  while (isIncomplete(line) && members?.next()) {
    const found = keyRoles.value(bytes, members.keyStart, members.keyEnd)
    if (found === nested) hasNested = true
    else if (found === time && line.time !== 'zoned') {
      if (members.value === 'object') readInstant(bytes, members.start, members.end, line)
      else readTimeValue(bytes, members.start, members.end, line)
    } else if ((found === level || found === severity) && line.level === 0) {
      if (members.value === 'object') line.level = readLevelName(bytes, members.start, members.end)
      else if (found === severity) line.level = levelOfSeverity(bytes, members.start, members.end)
      else line.level = levelOfField(bytes, members.keyStart, members.start, members.end)
    }
  }
  // The members of the line itself come before those of an object in it.
  if (depth > 0 || !hasNested || !isIncomplete(line)) return
  members?.open(bytes, start, end)
  while (isIncomplete(line) && members?.next()) {
    if (members.value !== 'object' || keyRoles.value(bytes, members.keyStart, members.keyEnd) !== nested) continue
    readMembers(bytes, members.start, members.end, line, 1)
  }
}

/** journald's `PRIORITY` is a number; a number in anything else of this name is no level. */
export function levelOfField(bytes: Uint8Array, key: number, start: number, end: number): number {
  return bytes[key] === 0x70 && isDigit(bytes[start] ?? 0) ? 0 : levelOfValue(bytes, start, end)
}

const isIncomplete = ({ time: found, level: number }: Line): boolean => found !== 'zoned' || number === 0

const other = newMoment()

/** The value of a time field. A time of day does not replace one that was read before. */
function readTimeValue(bytes: Uint8Array, start: number, end: number, line: Line): void {
  const into = line.time === 'none' ? line.moment : other
  if (!readTimeOrEpoch(bytes, start, end, into)) return
  if (into === other) {
    if (!other.zoned) return
    line.moment.ms = other.ms
    line.moment.nanos = other.nanos
    line.moment.zoned = true
  }
  line.time = into.zoned ? 'zoned' : 'local'
}

const instantParts = new WordTable({
  epochsecond: 1,
  seconds: 1,
  nanoofsecond: 2,
  nanos: 2,
  repr: 3,
  timestamp: 4,
  $date: 4,
})

/** A time as an object: log4j2's `instant`, Google's `timestamp`, Loguru's `time`. */
function readInstant(bytes: Uint8Array, start: number, end: number, line: Line): void {
  const members = cursors[2]?.open(bytes, start, end)
  let nanos = 0
  while (members?.next()) {
    const part = instantParts.value(bytes, members.keyStart, members.keyEnd)
    if (part === 2) nanos = wholeNumber(bytes, members.start, members.end)
    else if (part !== 0) readTimeValue(bytes, members.start, members.end, line)
  }
  if (line.time !== 'zoned' || nanos <= 0 || nanos >= 1_000_000_000) return
  line.moment.ms += Math.floor(nanos / 1_000_000)
  line.moment.nanos = nanos % 1_000_000
}

function wholeNumber(bytes: Uint8Array, start: number, end: number): number {
  let number = 0
  for (let index = start; index < end && index < start + 10; index += 1) {
    const byte = bytes[index] ?? 0
    if (!isDigit(byte)) return 0
    number = number * 10 + byte - 0x30
  }
  return number
}

const levelNames = new WordTable({ name: 1, standardlevel: 1, levelstr: 1 })

/** A level as an object, as old log4j2 layouts and Loguru write it. */
function readLevelName(bytes: Uint8Array, start: number, end: number): number {
  const members = cursors[2]?.open(bytes, start, end)
  while (members?.next()) {
    if (levelNames.value(bytes, members.keyStart, members.keyEnd) === 0) continue
    const found = levelOfValue(bytes, members.start, members.end)
    if (found !== 0) return found
  }
  return 0
}

const pairs = new LogfmtPairs()
/** Time and level come early; a line whose first pairs have neither is not searched to its end. */
const maxPairs = 40

/** Whether the line is logfmt: it has a level or a message. */
function readLogfmt(bytes: Uint8Array, start: number, end: number, line: Line): void {
  pairs.open(bytes, start, end)
  let hasMessage = false
  for (let count = 0; count < maxPairs && (line.time !== 'zoned' || line.level === 0) && pairs.next(); count += 1) {
    const found = keyRoles.value(bytes, pairs.keyStart, pairs.keyEnd)
    if (found === time && line.time !== 'zoned') readTimeValue(bytes, pairs.start, pairs.end, line)
    else if (found === level && line.level === 0) line.level = levelOfValue(bytes, pairs.start, pairs.end)
    else if (found === message) hasMessage = true
  }
  if (hasMessage || line.level !== 0) line.kind = 'logfmt'
}

/** `[time] LEVEL {logger}`, `[time][21][warning][upstream]`, `[time] "GET …`, `[time] [ info] [plugin]`, `[LEVEL] …`. */
function readBracketed(bytes: Uint8Array, start: number, end: number, line: Line): void {
  const { moment } = line
  if (!readTime(bytes, start + 1, end, moment)) {
    readBrackets(bytes, start, end, line)
    if (line.level !== 0) line.kind = 'level'
    return
  }
  line.setTime()
  line.kind = 'text'
  if (bytes[moment.end] !== closeBracket) {
    readTokens(bytes, moment.end, end, line)
    return
  }
  line.headEnd = moment.end + 1
  const next = skipSpaces(bytes, moment.end + 1, end)
  if (bytes[next] === quote) line.kind = 'access'
  else if (isUpper(bytes[next] ?? 0)) {
    const last = wordEnd(bytes, next, end)
    readUpperLevel(bytes, next, last, line)
    const after = bytes[skipSpaces(bytes, last, end)]
    if (after === openBrace || after === dash) line.kind = 'carbon'
    else if (line.level === 0) readTokens(bytes, next, end, line)
  } else {
    readTokens(bytes, next, end, line)
    if (line.level !== 0 && bytes[skipSpaces(bytes, line.headEnd, end)] === openBrace) line.kind = 'carbon'
  }
}

/** `[LEVEL] …`, `[main] LEVEL …`, and `[0.005s][info][gc] …` of the Java virtual machine. */
function readBrackets(bytes: Uint8Array, start: number, end: number, line: Line): void {
  for (let open = start, groups = 0; groups < 3 && bytes[open] === openBracket; groups += 1) {
    const close = closing(bytes, open, end)
    if (close === -1) return
    line.level = levelOfBracket(bytes, open + 1, close)
    if (line.level !== 0) {
      line.headEnd = close + 1
      return
    }
    open = close + 1
    const word = skipSpaces(bytes, open, end)
    readUpperLevel(bytes, word, wordEnd(bytes, word, end), line)
    if (line.level !== 0) return
  }
}

function readUpperLevel(bytes: Uint8Array, start: number, end: number, line: Line): void {
  if (!isUpper(bytes[start] ?? 0) || !isUpper(bytes[end - 1] ?? 0)) return
  line.level = levelOfWord(bytes, start, end)
  if (line.level !== 0) line.headEnd = end
}

function readDigit(bytes: Uint8Array, start: number, end: number, line: Line): void {
  if (readTime(bytes, start, end, line.moment)) {
    line.setTime()
    line.kind = 'text'
    readTokens(bytes, line.moment.end, end, line)
  } else if (bytes[start + 2] === colon && bytes[start + 5] === colon) readClockAlone(bytes, start, end, line)
  else readAccess(bytes, start, end, line)
}

/** `09:26:53.475 [main] WARN …`: Logback's own pattern has no date. */
function readClockAlone(bytes: Uint8Array, start: number, end: number, line: Line): void {
  const clockEnd = wordEnd(bytes, start + 6, end)
  readTokens(bytes, clockEnd, end, line)
  if (line.level === 0) return
  line.kind = 'text'
  line.moment.end = clockEnd
}

const maxTokens = 8
const maxHeadBytes = 240

/**
 * Looks for the level among the words after the time. A word in brackets, in capitals after at most one other word, or set off
 * by a tab or a colon is a level; one in the middle of prose is not.
 */
function readTokens(bytes: Uint8Array, from: number, end: number, line: Line): void {
  const limit = Math.min(end, from + maxHeadBytes)
  let index = from
  let words = 0
  for (let tokens = 0; tokens < maxTokens; tokens += 1) {
    while (index < limit && isSeparator(bytes[index] ?? 0)) index += 1
    if (index >= limit) return
    const first = bytes[index] ?? 0
    if (first === quote) return
    if (first === openBracket || first === openRound || first === less || first === openBrace) {
      const close = closing(bytes, index, limit)
      if (close === -1) return
      const found = first === openBrace ? 0 : levelOfBracket(bytes, index + 1, close)
      index = close + 1
      if (found === 0) continue
      line.level = found
      line.headEnd = index
      return
    }
    const last = wordEnd(bytes, index, limit)
    if (last === index) {
      index += 1
      continue
    }
    const found = levelOfWord(bytes, index, last)
    if (found !== 0 && (words < 2 || isAfterMark(bytes, index, from)) && isSetOff(bytes, index, last, limit)) {
      line.level = found
      line.headEnd = last
      return
    }
    if (isPostgresLog(bytes, index, last)) {
      line.level = 3
      line.headEnd = last
      return
    }
    words += 1
    index = last
  }
}

/** Whether the word follows a mark that parts fields, and not another word. */
function isAfterMark(bytes: Uint8Array, start: number, from: number): boolean {
  let index = start - 1
  while (index > from && bytes[index] === space) index -= 1
  const byte = bytes[index] ?? 0
  return byte === tab || byte === greater || byte === closeRound || isSeparator(byte)
}

/** Spaces count where brackets are padded: `[ info]`, `[WARN ]`. */
function levelOfBracket(bytes: Uint8Array, start: number, end: number): number {
  let [from, to] = [start, end]
  while (from < to && bytes[from] === space) from += 1
  while (to > from && bytes[to - 1] === space) to -= 1
  const found = levelOfWord(bytes, from, to)
  if (found !== 0) return found
  // Apache names its module first: `[core:error]`.
  let suffix = to
  while (suffix > from && bytes[suffix - 1] !== colon) suffix -= 1
  return suffix === from ? 0 : levelOfWord(bytes, suffix, to)
}

function isSetOff(bytes: Uint8Array, start: number, end: number, limit: number): boolean {
  if (isUpper(bytes[start] ?? 0) && isUpper(bytes[start + 1] ?? 0)) return true
  const after = end < limit ? bytes[end] : undefined
  return (
    after === undefined ||
    after === tab ||
    after === colon ||
    after === pipe ||
    after === closeBracket ||
    bytes[start - 1] === tab ||
    (after === space && bytes[end + 1] === space)
  )
}

/** PostgreSQL writes `LOG:` where others write INFO. */
const isPostgresLog = (bytes: Uint8Array, start: number, end: number): boolean =>
  end - start === 3 &&
  bytes[start] === 0x4c &&
  bytes[start + 1] === 0x4f &&
  bytes[start + 2] === 0x47 &&
  bytes[end] === colon

const isSeparator = (byte: number): boolean =>
  byte === space ||
  byte === tab ||
  byte === dash ||
  byte === pipe ||
  byte === colon ||
  byte === comma ||
  byte === closeBracket

function wordEnd(bytes: Uint8Array, start: number, end: number): number {
  let index = start
  for (; index < end; index += 1) {
    const byte = bytes[index] ?? 0
    if (byte <= space || byte === colon || byte === pipe || byte === closeBracket || byte === comma) break
    if (byte === openBracket || byte === openRound || byte === openBrace || byte === less) break
  }
  return index
}

function skipSpaces(bytes: Uint8Array, start: number, end: number): number {
  let index = start
  while (index < end && bytes[index] === space) index += 1
  return index
}

/** Index of the bracket that closes the one at `open`; -1 if it is not near. */
function closing(bytes: Uint8Array, open: number, end: number): number {
  const first = bytes[open]
  const closer =
    first === openBracket ? closeBracket : first === openRound ? closeRound : first === less ? greater : closeBrace
  const limit = Math.min(end, open + maxHeadBytes)
  for (let index = open + 1; index < limit; index += 1) if (bytes[index] === closer) return index
  return -1
}

function readLetter(bytes: Uint8Array, start: number, end: number, line: Line): void {
  const wordLimit = Math.min(end, start + 60)
  let last = start
  while (last < wordLimit && isWordByte(bytes[last] ?? 0)) last += 1
  const after = last < end ? bytes[last] : undefined
  if (after === equals || (after === space && bytes[last + 1] === equals)) {
    if (keyRoles.value(bytes, start, last) !== 0) readLogfmt(bytes, start, end, line)
    return
  }
  if (last - start === 5 && after === space && readKlog(bytes, start, end, line)) return
  if ((after === colon || after === openBracket) && isTid(bytes, start, last)) {
    readCarbonTid(bytes, after === colon ? last + 1 : last, end, line)
    return
  }
  if (after === undefined || after === colon || after === space || after === tab || after === closeBracket) {
    readUpperLevel(bytes, start, last, line)
    if (line.level === 0 && isPostgresLog(bytes, start, last)) line.level = 3
    if (line.level === 0 && after === colon && bytes[end - 1] === closeBracket) {
      // .NET's console logger: `warn: Microsoft.Hosting[0]`.
      if (last - start === 4) line.level = levelOfWord(bytes, start, last)
      if (line.level !== 0) line.headEnd = last
    }
    if (line.level !== 0) {
      line.kind = 'level'
      return
    }
  }
  if ((after === space || after === comma) && last - start >= 3 && readTime(bytes, start, end, line.moment)) {
    line.setTime()
    line.kind = 'text'
    readTokens(bytes, line.moment.end, end, line)
    return
  }
  readAccess(bytes, start, end, line)
}

/** Of a key or a word. */
const isWordByte = (byte: number): boolean =>
  isLetter(byte) || isDigit(byte) || byte === underscore || byte === atSign || byte === 0x2e || byte === dash

/** `I0314 09:26:53.493000`, with neither year nor zone, so that the line has no time: Kubernetes' own components. */
function readKlog(bytes: Uint8Array, start: number, end: number, line: Line): boolean {
  for (const offset of [1, 2, 3, 4, 6, 7, 9, 10, 12, 13]) if (!isDigit(bytes[start + offset] ?? 0)) return false
  if (bytes[start + 8] !== colon || bytes[start + 11] !== colon || end - start < 15) return false
  const found = levelOfValue(bytes, start, start + 1)
  if (found === 0) return false
  line.kind = 'klog'
  line.level = found
  line.headEnd = start + 14
  return true
}

const isTid = (bytes: Uint8Array, start: number, end: number): boolean =>
  end - start === 3 && bytes[start] === 0x54 && bytes[start + 1] === 0x49 && bytes[start + 2] === 0x44

/** `TID: [-1234] [am] [time] LEVEL {logger}`: the file pattern of the Carbon products. */
function readCarbonTid(bytes: Uint8Array, from: number, end: number, line: Line): void {
  let index = from
  for (let groups = 0; groups < 5; groups += 1) {
    index = skipSpaces(bytes, index, end)
    if (bytes[index] !== openBracket) return
    if (isDigit(bytes[index + 1] ?? 0) && readTime(bytes, index + 1, end, line.moment)) {
      readBracketed(bytes, index, end, line)
      line.kind = 'carbon'
      return
    }
    const close = closing(bytes, index, end)
    if (close === -1) return
    index = close + 1
  }
}

/** The severity is part of the priority: https://www.rfc-editor.org/rfc/rfc5424#section-6.2.1 */
function readSyslog(bytes: Uint8Array, start: number, end: number, line: Line): void {
  const close = closing(bytes, start, Math.min(end, start + 6))
  if (close === -1) return
  let priority = 0
  for (let index = start + 1; index < close; index += 1) {
    if (!isDigit(bytes[index] ?? 0)) return
    priority = priority * 10 + (bytes[index] ?? 0) - 0x30
  }
  if (priority > 191 || close === start + 1) return
  line.kind = 'syslog'
  line.level = [6, 6, 6, 5, 4, 3, 3, 2][priority & 7] ?? 0
  const version = isDigit(bytes[close + 1] ?? 0) && bytes[close + 2] === space ? 2 : 0
  if (readTime(bytes, close + 1 + version, end, line.moment)) line.setTime()
}

/** `10.0.0.7 - anja [14/Mar/2026:14:56:53 +0530] "POST …`: the Common Log Format, whatever stands before the time. */
function readAccess(bytes: Uint8Array, start: number, end: number, line: Line): void {
  const limit = Math.min(end, start + maxHeadBytes)
  for (let index = start; index + 12 < limit; index += 1) {
    if (bytes[index] !== openBracket || bytes[index + 3] !== slash || bytes[index + 7] !== slash) continue
    if (!readTime(bytes, index + 1, end, line.moment)) continue
    line.setTime()
    line.headEnd = line.moment.end + 1
    line.kind = 'access'
    return
  }
}
const slash = 0x2f

/** Index after blanks, and after the mark that begins a file of UTF-8. */
export function textStart(bytes: Uint8Array, start: number, end: number): number {
  let index = bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf ? start + 3 : start
  while (index < end && (bytes[index] ?? 0) <= space) index += 1
  return index
}
