import { type ParsedEvent, toEpochMs, toLevel } from './event.ts'

/** The keys that loggers use for the same value (Ballerina, Go's slog, log4j2, ECS, OpenTelemetry). */
const aliases = {
  time: ['time', '@timestamp', 'timestamp', 'ts', 'instant'],
  level: ['level', 'severity', 'log.level', 'severityText', 'lvl'],
  message: ['message', 'msg', 'log', 'body'],
  module: ['module', 'logger', 'loggerName', 'class', 'component'],
  traceId: ['traceId', 'trace_id', 'trace.id'],
  spanId: ['spanId', 'span_id', 'span.id'],
} as const

/** A longer or deeper line is plain text: to read it costs more than its fields are worth, and may end the stack. */
const maxCharacters = 256_000
const maxDepth = 64
/** Further fields are left in the raw text. */
const maxFields = 1_000

/** A line that is one JSON object with a message. */
export function parseJsonLine(text: string): ParsedEvent | undefined {
  if (!text.startsWith('{')) return undefined
  const line = text.split('\n', 1)[0] ?? ''
  if (line.length > maxCharacters || isDeeper(line, maxDepth)) return undefined
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  const pairs = new Map(Object.entries(value).map(([key, each]) => [key, toText(each)]))
  const taken = new Set<string>()
  const take = (names: readonly string[]): string | undefined => {
    const name = names.find((each) => pairs.has(each))
    if (name === undefined) return undefined
    taken.add(name)
    return pairs.get(name)
  }
  const message = take(aliases.message)
  if (message === undefined) return undefined
  const level = toLevel(take(aliases.level))
  return {
    // Ballerina's format begins with the time (its own tests assert the prefix).
    format: line.startsWith('{"time":"') && pairs.has('module') && pairs.has('message') ? 'ballerina-json' : 'json',
    atMs: toEpochMs(take(aliases.time)),
    level,
    levelSource: level === null ? 'none' : 'field',
    message,
    module: take(aliases.module) ?? '',
    traceId: take(aliases.traceId),
    spanId: take(aliases.spanId),
    fields: [...pairs].filter(([key]) => !taken.has(key)).slice(0, maxFields),
  }
}

/** Whether brackets are nested deeper than the limit. Brackets inside texts do not count. */
function isDeeper(json: string, limit: number): boolean {
  let depth = 0
  let quoted = false
  for (let at = 0; at < json.length; at += 1) {
    const character = json[at]
    if (quoted) {
      if (character === '\\') at += 1
      else if (character === '"') quoted = false
    } else if (character === '"') quoted = true
    else if (character === '{' || character === '[') {
      depth += 1
      if (depth > limit) return true
    } else if (character === '}' || character === ']') depth -= 1
  }
  return false
}

const toText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))
