import type { LogFormat } from '../../../preload/contract/profiles.ts'
import { isLetter, Line, readLine, textStart } from './line.ts'
import { LogfmtPairs } from './logfmt-pairs.ts'
import { trimmedEnd } from './record-head.ts'

/** Of one record: what is longer is split. A stack of Java has up to 1,024 frames for each of its causes. */
export const maxRecordLines = 10_000
export const maxRecordBytes = 1024 * 1024

/**
 * Decides for each line of one stream whether it begins a record or continues the one before it: stack traces of Java,
 * Ballerina, Go, Python and Node, messages with line breaks, blank lines. Call `read`, then `begin` or `extend`.
 */
export class Boundaries {
  readonly #isPlain: boolean
  /** The first line of the record; only valid while there is one. */
  head = new Line()
  lines = 0
  #next = new Line()
  #isBlank = false
  #trace: Trace = 'none'
  #nextTrace: Trace = 'none'
  #isNextBlank = false
  /** Of the last line read. */
  #bytes: Uint8Array = new Uint8Array()
  #start = 0
  #end = 0
  /** Brackets and tags of logfmt values that are open after the last line; undefined while not counted. */
  #open: number | undefined

  constructor(format: LogFormat) {
    this.#isPlain = format === 'plain'
  }

  /** Whether this line begins a record. The line break is not part of it; the bytes may not change until the next call. */
  read(bytes: Uint8Array, start: number, lineEnd: number): boolean {
    const end = trimmedEnd(bytes, start, lineEnd)
    const next = this.#next
    this.#nextTrace = this.#trace
    this.#isNextBlank = end === start
    if (this.#isPlain) {
      readNothing(next)
      return this.lines === 0 || !(this.#isNextBlank || this.#isBlank)
    }
    if (this.#isNextBlank) {
      readNothing(next)
      return this.lines === 0
    }
    const first = bytes[start]
    const isIndented = first === 0x20 || first === 0x09
    if (isIndented && this.lines > 0 && !this.#isBlank) {
      this.#count(bytes, start, end)
      return false
    }
    readLine(bytes, textStart(bytes, start, end), end, next)
    if (this.lines === 0 || this.#isBlank) {
      this.#nextTrace = next.isHead ? 'none' : traceOf(bytes, start, end)
      this.#remember(bytes, start, end)
      return this.lines === 0
    }
    const begins = next.isHead ? !this.#isPart(next) : !this.#continues(bytes, start, end)
    if (begins) {
      this.#nextTrace = next.isHead ? 'none' : traceOf(bytes, start, end)
      this.#remember(bytes, start, end)
    }
    return begins
  }

  begin(): void {
    const { head } = this
    this.head = this.#next
    this.#next = head
    this.lines = 1
    this.#isBlank = this.#isNextBlank
    this.#trace = this.#nextTrace
    this.#open = undefined
  }

  extend(): void {
    this.lines += 1
    this.#trace = this.#nextTrace
    // Blank lines at the start belong to the line after them.
    if (!this.#isBlank || this.#isNextBlank) return
    const { lines } = this
    this.begin()
    this.lines = lines
  }

  reset(): void {
    this.lines = 0
    this.#trace = 'none'
  }

  #remember(bytes: Uint8Array, start: number, end: number): void {
    this.#bytes = bytes
    this.#start = start
    this.#end = end
  }

  /**
   * Whether a line that could begin a record is part of this one: JSON without level and time is the payload that an
   * integration logs, and java.util.logging prints the level on a second line, after the time and the method.
   */
  #isPart(next: Line): boolean {
    const { head, lines } = this
    if (head.kind === 'carbon' && next.kind === 'json') return next.level === 0 && next.time === 'none'
    if (lines !== 1 || next.kind !== 'level' || head.kind !== 'text' || head.level !== 0) return false
    return isLetter(this.#bytes[this.#start] ?? 0)
  }

  #continues(bytes: Uint8Array, start: number, end: number): boolean {
    const { head } = this
    if (startsWithAny(bytes, start, end, continuations)) {
      if (startsWith(bytes, start, end, goroutine)) this.#nextTrace = 'go'
      this.#count(bytes, start, end)
      return true
    }
    if (head.kind === 'carbon') return !startsWithAny(bytes, start, end, startUpLines)
    if (this.#continuesTrace(bytes, start, end)) return true
    // `Exception in thread Thread-1 (run):` of Python.
    if (this.lines === 1 && this.#bytes[this.#end - 1] === 0x3a && startsWith(bytes, start, end, traceback)) {
      this.#nextTrace = 'python'
      return true
    }
    if (head.kind === 'logfmt' && this.#count(bytes, start, end)) return true
    if (head.kind !== 'text' && head.kind !== 'level') return false
    if (startsWith(bytes, start, end, traceback)) {
      this.#nextTrace = 'python'
      return true
    }
    return namesError(bytes, start, end)
  }

  #continuesTrace(bytes: Uint8Array, start: number, end: number): boolean {
    switch (this.#trace) {
      case 'python':
        // The frames are indented; this is the error.
        this.#nextTrace = 'python-end'
        return true
      case 'python-end':
        if (!startsWithAny(bytes, start, end, chainedTracebacks)) return false
        this.#nextTrace = 'python-chain'
        return true
      case 'python-chain':
        this.#nextTrace = 'python'
        return startsWith(bytes, start, end, traceback)
      case 'go':
        return bytes[end - 1] === 0x29 || startsWithAny(bytes, start, end, goLines)
      case 'node':
        return startsWithAny(bytes, start, end, nodeLines) || namesError(bytes, start, end)
      case 'none':
        return false
    }
  }

  /** Counts the open brackets and tags of a logfmt record with this line; whether any were open before it. */
  #count(bytes: Uint8Array, start: number, end: number): boolean {
    if (this.head.kind !== 'logfmt') return false
    this.#open ??= openAfter(this.#bytes, this.#start, this.#end)
    const wasOpen = this.#open > 0
    if (wasOpen) this.#open += opened(bytes, start, end)
    return wasOpen
  }
}

type Trace = 'none' | 'python' | 'python-end' | 'python-chain' | 'go' | 'node'

function readNothing(line: Line): void {
  line.kind = 'plain'
  line.level = 0
  line.time = 'none'
}

const prefixes = (...texts: readonly string[]): readonly Buffer[] => texts.map((text) => Buffer.from(text))

const goroutine = Buffer.from('goroutine ')
const traceback = Buffer.from('Traceback (most recent call last)')
const continuations = [
  goroutine,
  ...prefixes(
    'Caused by: ',
    'Suppressed: ',
    '... ',
    'cause: ',
    'created by ',
    '[signal ',
    '}',
    ']',
    ')',
    'Enclosed by: ',
  ),
]
/** What the scripts and the virtual machine print before the logger starts. */
const startUpLines = prefixes(
  'JAVA_HOME ',
  'JAVA_OPTS',
  'CARBON_HOME ',
  'Using Java ',
  'Using CARBON',
  'Picked up ',
  'OpenJDK ',
  'Java HotSpot',
  'SLF4J: ',
  'log4j:',
  'Listening for transport ',
  'Error occurred during ',
  'NOTE: ',
  '# A fatal error ',
  'Exception in thread ',
  'Error: ',
)
const chainedTracebacks = prefixes('During handling of the above exception', 'The above exception was the direct cause')
const goLines = prefixes('panic: ', 'exit status ', 'runtime: ', 'r0 ', 'rax ', 'rip ')
const nodeLines = prefixes('Node.js v', '[UnhandledPromiseRejection', 'Require stack:', '- ', 'Uncaught ', 'throw ')
const goPanics = prefixes('panic: ', 'fatal error: ', 'goroutine ', 'runtime: ')

/** Of the first line of a record that is not a logger's. */
function traceOf(bytes: Uint8Array, start: number, end: number): Trace {
  if (startsWith(bytes, start, end, traceback)) return 'python'
  if (startsWithAny(bytes, start, end, goPanics)) return 'go'
  return isPlaceInCode(bytes, start, end) ? 'node' : 'none'
}

/** `/app/index.js:3`: Node prints the place before an error that nothing catches. */
function isPlaceInCode(bytes: Uint8Array, start: number, end: number): boolean {
  let digits = end
  while (digits > start && isDigit(bytes[digits - 1] ?? 0)) digits -= 1
  if (digits === end || bytes[digits - 1] !== 0x3a || end - start > 500) return false
  for (let at = start; at < digits; at += 1) if (bytes[at] === 0x20) return false
  return bytes[start] === 0x2f || startsWithAny(bytes, start, end, nodePlaces)
}
const nodePlaces = prefixes('node:', 'file:', 'internal/')

/** `java.io.IOException: read`, `ValueError: no id`, `acme.errors.Lost: k`. */
function namesError(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start
  let dots = 0
  for (; at < end; at += 1) {
    const byte = bytes[at] ?? 0
    if (byte === 0x2e) dots += 1
    else if (!isWordByte(byte)) break
  }
  if (at === start || (at < end && bytes[at] !== 0x3a)) return false
  return dots > 0 ? at - start > 4 && (at === end || bytes[at + 1] === 0x20) : endsWithAny(bytes, start, at, errorWords)
}
const errorWords = prefixes('Error', 'Exception', 'Throwable')

const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39
const isWordByte = (byte: number): boolean =>
  isDigit(byte) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a) || byte === 0x5f || byte === 0x24 || byte === 0x2f

function startsWith(bytes: Uint8Array, start: number, end: number, prefix: Uint8Array): boolean {
  if (end - start < prefix.length) return false
  for (let at = 0; at < prefix.length; at += 1) if (bytes[start + at] !== prefix[at]) return false
  return true
}

function startsWithAny(bytes: Uint8Array, start: number, end: number, all: readonly Uint8Array[]): boolean {
  for (const prefix of all) if (startsWith(bytes, start, end, prefix)) return true
  return false
}

const endsWithAny = (bytes: Uint8Array, start: number, end: number, all: readonly Uint8Array[]): boolean =>
  all.some((suffix) => startsWith(bytes, Math.max(start, end - suffix.length), end, suffix))

const pairs = new LogfmtPairs()

/** How many brackets and tags of the last value of a logfmt line are open at its end. */
function openAfter(bytes: Uint8Array, start: number, end: number): number {
  pairs.open(bytes, start, end)
  let value = end
  while (!pairs.unclosed && pairs.next()) value = pairs.start
  return pairs.unclosed ? Math.max(1, opened(bytes, value, end)) : 0
}

/** Brackets and tags that this text opens, less those that it closes; strings are not regarded, since they may be cut. */
function opened(bytes: Uint8Array, start: number, end: number): number {
  let depth = 0
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at]
    if (byte === 0x7b || byte === 0x5b) depth += 1
    else if (byte === 0x7d || byte === 0x5d) depth -= 1
    else if (byte === 0x3c && at + 1 < end) {
      const next = bytes[at + 1] ?? 0
      if (next === 0x2f) depth -= 1
      else if (isWordByte(next) || next === 0x3a) depth += 1
    } else if (byte === 0x3e && bytes[at - 1] === 0x2f) depth -= 1
  }
  return depth
}
