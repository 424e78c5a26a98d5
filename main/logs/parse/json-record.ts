import type { Details, Field } from './event.ts'
import { maxFields } from './event.ts'
import { JsonMembers } from './json-members.ts'
import { levelOfSeverity } from './level.ts'
import { keyRoles, levelOfField, role } from './line.ts'
import { newMoment, readTimeOrEpoch } from './time.ts'

interface Member {
  readonly key: string
  /** In lower case: loggers differ in it. */
  readonly name: string
  readonly role: number
  readonly keyStart: number
  readonly isString: boolean
  readonly start: number
  readonly end: number
}

/** The keys of the message and of the logger, the first one counts. */
const messageKeys = [
  'message',
  'msg',
  '@m',
  '@message',
  'body',
  'log',
  'textpayload',
  'text',
  'short_message',
  '@mt',
  'event',
]
const moduleKeys = [
  'module',
  'logger',
  'loggername',
  'logger_name',
  'log.logger',
  'sourcecontext',
  'class',
  'component',
  'target',
  'name',
]
/** A record that is one JSON object, from `start` on; what is malformed in it costs only the fields concerned. */
export function parseJson(bytes: Buffer, start: number): Details {
  const members = membersOf(bytes, start, bytes.length)
  const taken = new Set<Member | undefined>()
  const take = (member: Member | undefined): string | undefined => {
    if (member === undefined) return undefined
    taken.add(member)
    return textOf(bytes, member)
  }
  const first = (names: readonly string[]): Member | undefined =>
    names.map((name) => members.find((each) => each.name === name && !isObject(bytes, each))).find(Boolean)
  const idOf = (name: string): string | undefined => {
    const holder = members.find((each) => each.name === name)
    if (holder === undefined || !isObject(bytes, holder)) return undefined
    const id = membersOf(bytes, holder.start, holder.end).find((each) => each.name === 'id')
    return id && textOf(bytes, id)
  }
  const nested = (names: readonly string[]): string | undefined => {
    for (const holder of members) {
      if (holder.role !== role.nested || !isObject(bytes, holder)) continue
      const inside = membersOf(bytes, holder.start, holder.end)
      const found = names
        .map((name) => inside.find((each) => each.name === name && !isObject(bytes, each)))
        .find(Boolean)
      if (found !== undefined) return textOf(bytes, found)
    }
    return undefined
  }
  const message = take(first(messageKeys)) ?? nested([...messageKeys, 'stringvalue', 'value'])
  const module = take(first(moduleKeys)) ?? nested(moduleKeys)
  const traceId = take(members.find((each) => each.role === role.trace)) ?? idOf('trace')
  const spanId = take(members.find((each) => each.role === role.span)) ?? idOf('span')
  const times = members.filter((each) => each.role === role.time && showsTime(bytes, each.start, each.end))
  taken.add(times.find((each) => isObject(bytes, each) || hasZone(bytes, each.start, each.end)) ?? times[0])
  for (const kind of [role.level, role.severity]) {
    taken.add(members.find((each) => each.role === kind && showsLevel(bytes, each)))
  }
  return {
    format: formatOf(members, bytes, start),
    message: message ?? bytes.toString('utf8', start).trimEnd(),
    module: module ?? '',
    fields: members.filter((each) => !taken.has(each)).map((each): Field => [each.key, textOf(bytes, each)]),
    traceId,
    spanId,
  }
}

/** The members of an object as fields. */
export const jsonFields = (bytes: Buffer): Field[] =>
  membersOf(bytes, 0, bytes.length).map((each): Field => [each.key, textOf(bytes, each)])

/** A later member counts over an earlier one of the same key, as in JSON.parse. */
function membersOf(bytes: Buffer, start: number, end: number): Member[] {
  const cursor = new JsonMembers().open(bytes, start, end)
  const members = new Map<string, Member>()
  while (members.size < maxFields && cursor.next()) {
    const key = unescaped(bytes, cursor.keyStart, cursor.keyEnd)
    members.set(key, {
      key,
      name: key.toLowerCase(),
      role: keyRoles.value(bytes, cursor.keyStart, cursor.keyEnd),
      keyStart: cursor.keyStart,
      isString: cursor.isString,
      start: cursor.start,
      end: cursor.end,
    })
  }
  return [...members.values()]
}

/** What the reader of lines has read is no field any more; what it could not read stays one. */
const showsTime = (bytes: Buffer, start: number, end: number): boolean =>
  bytes[start] === 0x7b || readTimeOrEpoch(bytes, start, end, moment)
const hasZone = (bytes: Buffer, start: number, end: number): boolean =>
  readTimeOrEpoch(bytes, start, end, moment) && moment.zoned
const showsLevel = (bytes: Buffer, member: Member): boolean =>
  isObject(bytes, member) ||
  (member.role === role.severity
    ? levelOfSeverity(bytes, member.start, member.end)
    : levelOfField(bytes, member.keyStart, member.start, member.end)) !== 0
const moment = newMoment()

const isObject = (bytes: Buffer, { isString, start }: Member): boolean => !isString && bytes[start] === 0x7b

const textOf = (bytes: Buffer, { isString, start, end }: Member): string =>
  isString ? unescaped(bytes, start, end) : bytes.toString('utf8', start, end)

/** The text of a JSON string; unchanged where an escape is malformed. */
function unescaped(bytes: Buffer, start: number, end: number): string {
  const text = bytes.toString('utf8', start, end)
  if (!text.includes('\\')) return text
  try {
    const value: unknown = JSON.parse(`"${text}"`)
    return typeof value === 'string' ? value : text
  } catch {
    return text
  }
}

function formatOf(members: readonly Member[], bytes: Buffer, start: number): Details['format'] {
  const names = new Set(members.map(({ name }) => name))
  const has = (...all: readonly string[]): boolean => all.every((name) => names.has(name))
  // Ballerina's format begins with the time (its own tests assert the prefix).
  if (bytes.toString('latin1', start, start + 9) === '{"time":"' && has('module', 'message')) return 'ballerina-json'
  if (has('timeunixnano') || has('severitynumber')) return 'otlp'
  if (has('instant') || has('timemillis', 'loggername')) return 'log4j2-json'
  if (has('@timestamp') && (has('log.level') || has('ecs.version') || has('log'))) return 'ecs'
  return 'json'
}
