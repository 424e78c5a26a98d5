import type { LogRecord } from '../../../preload/contract/logs.ts'
import type { Details, Field } from './event.ts'
import { jsonFields } from './json-record.ts'
import type { Line } from './line.ts'
import { readEscapes, readPairs } from './logfmt-record.ts'
import { splitStack } from './stack.ts'

/**
 * What stands between the time and the message. Groups with `_` for `.` are fields by OpenTelemetry's names. The bounds keep
 * each match linear on any text.
 */
interface TextFormat {
  readonly format: LogRecord['format']
  /** Matched right after the time. */
  readonly head: RegExp
  more?(groups: Readonly<Record<string, string | undefined>>, message: string): readonly Field[]
}

/** wso2/micro-integrator and wso2/product-apim, log4j2.properties: `[%d] %5p {%c} - %m%ex%n`, with the artifact before ` - `. */
const carbonHead =
  /^\] {0,8}(?:\[(?<correlation_id>[^\]\n]{0,100})\] {1,8})?(?:[A-Z]{2,9}) {1,8}\{(?<module>[^}\n]{1,300})\}(?<between>[^\n]{0,300}?) ?- ?/
const artifactContainer = /Deployed From Artifact Container:\s{0,9}(?<name>[^\]|]{1,200}?)\s{0,9}\]/
/** `{api:Name GET /path}`, `{proxy:Name}`: the artifact that logged the event. */
const artifact =
  /^\{(?<kind>api|proxy|sequence|inboundendpoint|task|endpoint|template|dataservice):(?<name>[^\s}]{1,200})(?: (?<method>[A-Z]{1,20}) (?<path>[^}]{1,1000}))?\} ?/

function carbonFields(groups: Readonly<Record<string, string | undefined>>, message: string): Field[] {
  const fields: Field[] = []
  const { kind, name, method, path } = artifact.exec(message)?.groups ?? {}
  if (kind !== undefined && name !== undefined) fields.push([kind, name])
  if (method !== undefined && path !== undefined) fields.push(['http.request.method', method], ['url.path', path])
  const container = artifactContainer.exec(groups.between ?? '')?.groups?.name
  if (container !== undefined) fields.push(['artifactContainer', container])
  return fields
}

function springFields({ brackets = '' }: Readonly<Record<string, string | undefined>>): Field[] {
  const parts = [...brackets.matchAll(/\[([^\]]*)\]/g)].map(([, part]) => (part ?? '').trim())
  const fields: Field[] = []
  const ids = parts.map((part) => /^([0-9a-f]{32})-([0-9a-f]{16})$/.exec(part)).find((match) => match !== null)
  const names = parts.filter((part) => part !== '' && part !== '-' && part !== ids?.[0])
  if (ids?.[1] !== undefined) fields.push(['trace_id', ids[1]])
  if (ids?.[2] !== undefined) fields.push(['span_id', ids[2]])
  const thread = names.at(-1)
  if (names.length > 1 && names[0] !== undefined) fields.push(['service.name', names[0]])
  if (thread !== undefined) fields.push(['thread.name', thread])
  return fields
}

/** `[service,trace,span]` of Spring Cloud Sleuth. */
function sleuthFields({ brackets = '' }: Readonly<Record<string, string | undefined>>): Field[] {
  const [service = '', trace = '', span = ''] = brackets.replace(/[[\] ]/g, '').split(',')
  const all: readonly Field[] = [
    ['service.name', service],
    ['trace_id', trace],
    ['span_id', span],
  ]
  return all.filter(([, value]) => value !== '' && value !== '-')
}

/** zap's console encoder puts the fields after the message, as JSON. */
function zapFields(_groups: Readonly<Record<string, string | undefined>>, message: string): readonly Field[] {
  const start = message.lastIndexOf('\t{')
  return start === -1 ? [] : jsonFields(Buffer.from(message.slice(start + 1)))
}

const textFormats: readonly TextFormat[] = [
  {
    format: 'envoy',
    head: /^\]\[(?<thread_id>\d{1,12})\]\[\w{1,12}\]\[(?<module>[^\]\n]{1,100})\] (?:\[(?<code_file_path>[^\]\n:]{1,300}):(?<code_line_number>\d{1,9})\] )?/,
  },
  {
    format: 'opensearch',
    head: /^\]\[[A-Z]{3,11} {0,4}\]\[(?<module>[^\]\n]{1,300}?) {0,40}\] (?:\[(?<opensearch_node_name>[^\]\n]{0,200})\] ?)?/,
  },
  { format: 'fluent-bit', head: /^\] \[ {0,3}[a-z]{4,7} {0,3}\] (?:\[(?<module>[^\]\n]{1,200})\] ?)?/ },
  {
    format: 'nginx',
    head: /^ \[\w{1,9}\] (?<process_pid>\d{1,12})#(?<thread_id>\d{1,12}): (?:\*(?<nginx_connection>\d{1,15}) )?/,
  },
  { format: 'rabbitmq', head: /^ \[\w{1,9}\] <(?<erlang_pid>[\d.]{3,40})> / },
  {
    format: 'postgresql',
    head: /^(?: [A-Z]{2,5})? \[(?<process_pid>\d{1,12})\](?: (?<db_user>[^\s@]{1,100})@(?<db_namespace>[^\s:]{1,100}))? [A-Z0-9]{3,9}: {1,4}/,
  },
  {
    format: 'spring',
    head: /^ {1,6}[A-Z]{4,5} (?<process_pid>\d{1,12}) --- (?<brackets>(?:\[[^\]\n]{0,200}\] ?){1,3}) {0,10}(?<module>[^\s:]{1,200}) {0,60}: /,
    more: springFields,
  },
  {
    format: 'spring',
    head: /^ {1,6}[A-Z]{4,5} (?<brackets>\[[^\]\n]{0,200}\]) (?<process_pid>\d{1,12}) --- \[(?<thread_name>[^\]\n]{0,200})\] {0,10}(?<module>[^\s:]{1,200}) {0,60}: /,
    more: sleuthFields,
  },
  { format: 'correlation', head: /^\|(?<correlation_id>[^|\n]{0,200})\|(?<thread_name>[^|\n]{0,200})\|(?=\d{1,15}\|)/ },
  {
    format: 'zap',
    head: /^\t[A-Za-z0-9]{3,9}\t(?:(?<module>[\w./-]{1,200})\t)?(?:(?<code_file_path>[\w./@-]{1,300}):(?<code_line_number>\d{1,9})\t)?/,
    more: zapFields,
  },
  {
    format: 'text',
    head: /^\] {0,8}(?:\[(?<thread_name>[^\]\n]{1,200})\] )?[A-Z]{4,5} {1,4}(?<module>[\w.$/-]{1,300}) {1,60}- /,
  },
  { format: 'text', head: /^\] \[(?<process_pid>\d{1,12})\] \[[A-Z]{4,8}\] / },
  { format: 'text', head: /^ - (?<module>[\w.$/-]{1,200}) - [A-Z]{3,9} - / },
  { format: 'text', head: /^ {1,4}[A-Z]{4,5} {1,4}\[(?<module>[^\]\n]{1,200})\] \((?<thread_name>[^)\n]{1,200})\) / },
  { format: 'text', head: /^ {1,4}[A-Z]{4,5} {1,4}\[(?<module>[^\]\n]{0,200})\] - / },
  {
    format: 'text',
    head: /^ {1,4}\[(?<thread_name>[^\]\n]{1,200})\] {1,4}[A-Z]{4,5} {1,4}(?<module>[^\s:]{1,300}) {1,60}- /,
  },
  {
    format: 'text',
    head: /^ {1,4}[A-Z]{4,8} {1,4}(?:\[(?<thread_name>[^\]\n]{1,200})\] {1,4})?(?<module>[\w.$/-]{1,300}) {1,60}- /,
  },
]
const carbon: readonly TextFormat[] = [
  { format: 'micro-integrator', head: carbonHead, more: carbonFields },
  { format: 'api-manager', head: /^\] {0,8}[A-Z]{2,9} - (?<module>[\w.$]{1,200}) / },
]

/** Heads are short; the pattern sees no more of a long line. */
const maxHeadCharacters = 2_000

/** A record that begins with its time, or with brackets around it. */
export function parseText(bytes: Buffer, start: number, head: Line): Details {
  const after = bytes.toString('utf8', head.moment.end)
  const seen = after.slice(0, maxHeadCharacters)
  for (const { format, head: pattern, more } of head.kind === 'carbon' ? carbon : textFormats) {
    const match = pattern.exec(seen)
    if (match === null) continue
    const { module = '', between: _between, brackets: _brackets, ...named } = match.groups ?? {}
    const { message, fields } = splitStack(after.slice(match[0].length))
    const messageEnd = format === 'zap' ? message.lastIndexOf('\t{') : -1
    const own = Object.entries(named).flatMap(([name, value]): Field[] =>
      value === undefined || value === '' ? [] : [[name.replaceAll('_', '.'), value]],
    )
    return {
      format: format === 'micro-integrator' ? carbonFormat(module, bytes, start) : format,
      module,
      message: messageEnd === -1 ? message : message.slice(0, messageEnd),
      fields: [...own, ...(more?.(match.groups ?? {}, message) ?? []), ...fields],
    }
  }
  const { module, text } = withoutPattern(bytes, head)
  return { format: 'text', module, ...splitStack(text) }
}

function carbonFormat(module: string, bytes: Buffer, start: number): LogRecord['format'] {
  if (/^(?:http\.tracelog|b7a\.)/.test(module)) return 'ballerina-runtime'
  return bytes.toString('latin1', start, start + 3) === 'TID' ? 'api-manager' : 'micro-integrator'
}

/**
 * The logger and the message where no pattern matches. The message is the text after time and level; after the time alone
 * where something else stands before the level. java.util.logging's is on the second line, after the class.
 */
function withoutPattern(bytes: Buffer, { headEnd, moment }: Line): { module: string; text: string } {
  const between = bytes.toString('utf8', moment.end, headEnd)
  const isSecondLine = between.includes('\n')
  const start = isSecondLine || (between.match(/[\w.-]{1,100}/g) ?? []).length < 2 ? headEnd : moment.end
  const [, module = ''] = isSecondLine ? (/^ ([\w.$]{1,300})/.exec(between) ?? []) : []
  return { module, text: bytes.toString('utf8', start).replace(/^[\s\]:|,)-]{1,20}/, '') }
}

const klogHead = /^\.?\d{0,9} {1,9}(?<thread>\d{1,12}) (?<file>[^\]\s:]{1,200}):(?<line>\d{1,9})\] ?/

/** klog: `Lmmdd hh:mm:ss.uuuuuu threadid file:line] message`, where a message in quotes is followed by pairs. */
export function parseKlog(bytes: Buffer, head: Line): Details {
  const text = bytes.toString('utf8', head.headEnd + 1)
  const match = klogHead.exec(text.slice(0, maxHeadCharacters))
  const { thread, file, line } = match?.groups ?? {}
  const { message, fields } = splitStack(text.slice(match?.[0].length ?? 0))
  const quoted = /^"((?:[^"\\]|\\.){0,10000})"(?: |$)/.exec(message)
  const pairs = quoted === null ? [] : pairsOf(message.slice(quoted[0].length))
  const place: Field[] =
    thread === undefined || file === undefined || line === undefined
      ? []
      : [
          ['thread.id', thread],
          ['code.file.path', file],
          ['code.line.number', line],
        ]
  return {
    format: 'klog',
    module: '',
    message: quoted?.[1] === undefined ? message : readEscapes(quoted[1]),
    fields: [...place, ...pairs, ...fields],
  }
}

function pairsOf(text: string): Field[] {
  const bytes = Buffer.from(text)
  return [...readPairs(bytes, 0, bytes.length)].map(([key, { value }]): Field => [key, value])
}

const request = /"(?<method>[A-Z]{1,20}) (?<path>[^\s"]{0,8000})(?: HTTP\/(?<version>[\d.]{1,5}))?" (?<status>\d{3})/
/** What a client sent that was no HTTP. */
const noRequest = /" (?<status>\d{3})(?= \d)/
const client = /^(?:- |\S{1,200}:\d{1,5} )?(?<client>\S{1,200}) \S{1,200} (?<user>[^[\n]{1,200}) \[/
const tail = /^ (?<size>\d{1,15}|-)(?: "(?<referer>[^"\n]{0,4000})" "(?<agent>[^"\n]{0,4000})")?/

/** An access log line of any server; the message is the whole line. */
export function parseAccess(bytes: Buffer, start: number): Details {
  const line = bytes.toString('utf8', start).trimEnd()
  const seen = line.slice(0, 20_000)
  const found = request.exec(seen) ?? noRequest.exec(seen)
  const { method, path, version, status } = found?.groups ?? {}
  const { client: address, user } = client.exec(seen)?.groups ?? {}
  const rest = found === null ? {} : (tail.exec(seen.slice(found.index + found[0].length))?.groups ?? {})
  const isEnvoy = line.startsWith('[')
  const all: readonly (readonly [string, string | undefined])[] = [
    ['client.address', address],
    ['user.name', user],
    ['http.request.method', method],
    ['url.path', path],
    ['network.protocol.version', version],
    ['http.response.status_code', status],
    ['http.response.body.size', isEnvoy ? undefined : rest.size],
    ['http.request.header.referer', rest.referer],
    ['user_agent.original', rest.agent],
  ]
  return {
    format: isEnvoy ? 'envoy' : 'access',
    module: '',
    message: line,
    fields: all.flatMap(([name, value]): Field[] => (value === undefined || value === '-' ? [] : [[name, value]])),
  }
}

const rfc5424 =
  /^<\d{1,3}>1 \S{1,40} (?<host>\S{1,255}) (?<app>\S{1,48}) (?<pid>\S{1,128}) (?<id>\S{1,32}) (?:-|\[[^\]\n]{0,1500}\]) ?/
const rfc3164 =
  /^<\d{1,3}>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d (?<host>\S{1,255}) (?<app>[^\s:[]{1,100})(?:\[(?<pid>\d{1,12})\])?: ?/

export function parseSyslog(bytes: Buffer, start: number): Details {
  const text = bytes.toString('utf8', start)
  const seen = text.slice(0, maxHeadCharacters)
  const match = rfc5424.exec(seen) ?? rfc3164.exec(seen) ?? /^<\d{1,3}>/.exec(seen)
  const { host, app = '', pid } = match?.groups ?? {}
  const { message, fields } = splitStack(text.slice(match?.[0].length ?? 0))
  const all: readonly (readonly [string, string | undefined])[] = [
    ['host.name', host],
    ['process.pid', pid],
  ]
  return {
    format: 'syslog',
    module: app === '-' ? '' : app,
    message,
    fields: [
      ...all.flatMap(([name, value]): Field[] => (value === undefined || value === '-' ? [] : [[name, value]])),
      ...fields,
    ],
  }
}
