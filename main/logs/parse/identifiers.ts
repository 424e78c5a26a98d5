import type { Details, Field } from './event.ts'

/** What is looked at of a long record. */
const maxCharacters = 65_536
/** In quotes, and quotes that are escaped inside a JSON string. */
const between = String.raw`\\?["']?\s{0,3}[=:]\s{0,3}\\?["']?`
const traceId = new RegExp(
  String.raw`(?:^|[^\w])(?:trace[_.-]?id)${between}([0-9a-f]{32}|[0-9a-f]{16})(?![0-9a-zA-Z])`,
  'i',
)
const spanId = new RegExp(String.raw`(?:^|[^\w])(?:span[_.-]?id)${between}([0-9a-f]{16})(?![0-9a-zA-Z])`, 'i')
/** https://www.w3.org/TR/trace-context/#traceparent-header */
const traceParent = /(?:^|[^\w])00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(?![\w-])/
const googleTrace = /projects\/[\w-]{1,100}\/traces\/([0-9a-f]{32})/
const correlationId = new RegExp(
  String.raw`(?:^|[^\w])(?:x-)?(?:correlation[_.-]?id|activity[_.-]?id)${between}([\w:.-]{4,100})`,
  'i',
)
const correlationName = /^(?:x-)?(?:correlation|activity)[_.-]?id$/i

/** Adds the trace, span and correlation ids that stand anywhere in the text, where its format has not named them. */
export function withIdentifiers(details: Details, text: string): Details {
  const seen = text.slice(0, maxCharacters)
  const parent = details.traceId === undefined ? traceParent.exec(seen) : null
  const named = (name: string) => details.fields.find((field) => field[0] === name)?.[1]
  const trace =
    details.traceId ?? named('trace_id') ?? parent?.[1] ?? traceId.exec(seen)?.[1] ?? googleTrace.exec(seen)?.[1]
  const span = details.spanId ?? named('span_id') ?? parent?.[2] ?? spanId.exec(seen)?.[1]
  const isNamed = details.fields.some(([name]) => correlationName.test(name))
  const correlation = isNamed ? undefined : correlationId.exec(seen)?.[1]
  const fields: readonly Field[] =
    correlation === undefined ? details.fields : [...details.fields, ['correlation.id', correlation]]
  return {
    ...details,
    fields: fields.filter(([name]) => name !== 'trace_id' && name !== 'span_id'),
    traceId: trace,
    spanId: span,
  }
}
