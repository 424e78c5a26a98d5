import type { LogQuery } from '../../../preload/contract/logs.ts'
import { Problem } from '../../../preload/contract/problem.ts'
import { fold, type Predicate, predicateOf, type Subject } from '../query/evaluate.ts'
import { parseQuery } from '../query/parse.ts'
import { requirementOf } from '../query/plan.ts'
import type { Requirement } from '../query/requirement.ts'
import type { LogExpression, OriginName } from '../query/syntax.ts'
import { compare, fieldsOf, fromId, type Position, type StoredRecord } from './record.ts'

export interface CompiledQuery {
  /** Whether a record matches, apart from `before` and `after`. */
  readonly holds: Predicate
  /** What holds in each block with a match. */
  readonly requirement: Requirement
  readonly order: 'newest' | 'oldest'
  /** Only records older than this. */
  readonly before: Position | undefined
  /** Only records newer than this. */
  readonly after: Position | undefined
  readonly limit: number
}

/** Throws QUERY_INVALID. */
export function compileQuery(query: LogQuery, nowMs = Date.now()): CompiledQuery {
  const { limit = 200, order = 'newest' } = query
  const expression = expressionOf(query, nowMs)
  return {
    holds: predicateOf(expression),
    requirement: requirementOf(expression),
    order,
    before: positionOf(query, 'before'),
    after: positionOf(query, 'after'),
    limit,
  }
}

function positionOf(query: LogQuery, name: 'before' | 'after'): Position | undefined {
  const id = query[name]
  if (id === undefined) return undefined
  const position = fromId(id)
  if (position === undefined) throw new Problem('QUERY_INVALID', `\`${name}\` is not the id of a record.`)
  return position
}

/** The text and the other conditions of a query as one expression. Throws QUERY_INVALID. */
function expressionOf(query: LogQuery, nowMs: number): LogExpression {
  const { text = '', levels = [], sources = [], pods = [], containers = [], from, to } = query
  return {
    kind: 'and',
    of: [
      parseQuery(text, nowMs),
      ...(levels.length > 0 ? [{ kind: 'level', levels } as const] : []),
      ...anyOrigin('source', sources),
      ...anyOrigin('pod', pods),
      ...anyOrigin('container', containers),
      ...(from !== undefined || to !== undefined
        ? [
            {
              kind: 'time',
              fromMs: from === undefined ? Number.NEGATIVE_INFINITY : Date.parse(from),
              // Of a query, `to` is included.
              toMs: to === undefined ? Number.POSITIVE_INFINITY : Date.parse(to) + 1,
            } as const,
          ]
        : []),
    ],
  }
}

/** Without names, nothing is asked for. */
function anyOrigin(name: OriginName, values: readonly string[]): LogExpression[] {
  if (values.length === 0) return []
  return [
    { kind: 'or', of: values.map((value) => ({ kind: 'field', name, pattern: { kind: 'glob', parts: [value] } })) },
  ]
}

function subjectOf(record: StoredRecord): Subject {
  const { atMs, level, source, pod, container, raw } = record
  let folded: string | undefined
  return {
    atMs,
    level,
    source,
    pod,
    container,
    raw,
    folded: () => {
      folded ??= fold(raw)
      return folded
    },
    fields: () => fieldsOf(record),
  }
}

export function matches({ holds, before, after }: CompiledQuery, record: StoredRecord): boolean {
  const inRange =
    (before === undefined || compare(record, before) < 0) && (after === undefined || compare(record, after) > 0)
  return inRange && holds(subjectOf(record))
}

/** The times that can match, in ms since 1970, both included. */
export function timesOf(requirement: Requirement): readonly [number, number] {
  const always = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const
  if (requirement.kind === 'time') return [requirement.fromMs, requirement.toMs - 1]
  if (requirement.kind !== 'all' && requirement.kind !== 'any') return always
  const ranges = requirement.of.map(timesOf)
  if (ranges.length === 0) return always
  const [lower, upper] = requirement.kind === 'all' ? [Math.max, Math.min] : [Math.min, Math.max]
  return [lower(...ranges.map(([from]) => from)), upper(...ranges.map(([, to]) => to))]
}
