import type { LogFormat } from '../../../preload/contract/profiles.ts'
import { parseBallerina } from './ballerina.ts'
import { type ParsedEvent, plainEvent } from './event.ts'
import { parseJsonLine } from './json-line.ts'
import { parseMicroIntegrator } from './micro-integrator.ts'

type Parser = (text: string) => ParsedEvent | undefined

/** The parsers of each format, in the order in which they are tried; a line that none of them matches is plain. */
const parsers: Readonly<Record<LogFormat, readonly Parser[]>> = {
  auto: [parseBallerina, parseMicroIntegrator, parseJsonLine],
  ballerina: [parseBallerina, parseJsonLine],
  'micro-integrator': [parseMicroIntegrator, parseJsonLine],
  json: [parseJsonLine],
  plain: [],
}

/** Parses the text of one event. Never throws; the caller stores the raw text whatever this returns. */
export function parseEvent(format: LogFormat, text: string): ParsedEvent {
  // ANSI colours are for terminals: they hide the start of a line from every parser.
  const uncoloured = text.includes('\u001b[') ? text.replace(/\u001b\[[\d;]{0,32}m/g, '') : text
  for (const parse of parsers[format]) {
    const event = attempt(parse, uncoloured)
    if (event !== undefined) return event
  }
  return plainEvent(uncoloured)
}

/** An error of a parser would interrupt the stream: neighbours would be stored twice, and the line not at all. */
function attempt(parse: Parser, text: string): ParsedEvent | undefined {
  try {
    return parse(text)
  } catch {
    return undefined
  }
}

/** Whether a line begins a new event or continues the one before it. */
export function beginsEvent(format: LogFormat, line: string): boolean {
  if (format === 'plain') return true
  if (starts.test(line)) return true
  if (continuation.test(line)) return false
  // Micro Integrator does not escape newlines of a message; elsewhere an unknown line is an event of its own.
  return format !== 'micro-integrator'
}
const starts = /^(?:\u001b\[[\d;]{0,32}m)?(?:time=\d{4}-|\{"|\[\d{4}-\d{2}-\d{2}[ T]\d{2}:)/
/** Java's and Ballerina's stack traces. */
const continuation = /^(?:\s|Caused by: |Suppressed: |at [\w$.]+[(:])/
