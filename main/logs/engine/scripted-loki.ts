import { compileRegex } from '../query/regex.ts'
import type { Ask } from './loki.ts'

export interface ScriptedLine {
  /** Of the container's runtime, in ns since 1970. */
  readonly ns: bigint
  readonly line: string
  readonly labels: Readonly<Record<string, string>>
}

/**
 * Answers as Loki does for label names, series, and lines in either order, without a server: `start` is included, `end` is not,
 * and a page has the first `limit` lines that match. For tests of what no test can make a real one do; `test/logs/loki.test.ts` has a
 * real one.
 */
export function scriptedLoki(
  lines: readonly ScriptedLine[],
  { maxLines = 5_000, pages = Number.POSITIVE_INFINITY } = {},
): {
  readonly ask: Ask
  readonly asked: string[]
} {
  const asked: string[] = []
  let left = pages
  const chooses = (logql: string): ((line: ScriptedLine) => boolean) => {
    const matchers = [...logql.matchAll(/[{,]([a-z0-9_]+)(=~?)("(?:[^"\\]|\\.)*")/g)].map(
      ([, name = '', operator, text = '""']) => {
        const value: string = JSON.parse(text)
        const regex = operator === '=~' ? compileRegex({ source: `^(?:${value})$`, ignoreCase: false }) : undefined
        return ({ labels: { [name]: label = '' } }: ScriptedLine) => regex?.test(label) ?? label === value
      },
    )
    const filters = [...logql.matchAll(/\|~ ("(?:[^"\\]|\\.)*")/g)].map(([, text = '""']) => {
      const regex = compileRegex({ source: JSON.parse(text), ignoreCase: false })
      return ({ line }: ScriptedLine) => regex.test(line)
    })
    return (line) => [...matchers, ...filters].every((holds) => holds(line))
  }
  const ask: Ask = async (path, query) => {
    asked.push(`${path} ${query.query ?? query['match[]'] ?? ''}`.trim())
    const selector = String(query.query ?? query['match[]'] ?? '')
    const inRange = lines.filter(({ ns }) => ns >= BigInt(query.start ?? 0) && ns < BigInt(query.end ?? 0))
    const chosen = inRange.filter(chooses(selector))
    if (path.endsWith('/labels'))
      return { status: 'success', data: [...new Set(inRange.flatMap(({ labels }) => Object.keys(labels)))] }
    if (path.endsWith('/series')) return { status: 'success', data: chosen.map(({ labels }) => labels) }
    if (Number(query.limit) > maxLines) {
      const { Problem } = await import('../../../preload/contract/problem.ts')
      throw new Problem(
        'LOG_ENGINE_REFUSED',
        'Refused.',
        `HTTP 400: max entries limit per query exceeded, limit > max_entries_limit (${query.limit} > ${maxLines})`,
      )
    }
    left -= 1
    if (left < 0) throw new Error('the connection was lost')
    const sign = query.direction === 'backward' ? -1 : 1
    const page = chosen.toSorted((a, b) => sign * Number(a.ns - b.ns)).slice(0, Number(query.limit))
    const streams = Map.groupBy(page, ({ labels }) => JSON.stringify(labels))
    const result = [...streams].map(([stream, values]) => ({
      stream: JSON.parse(stream),
      values: values.map(({ ns, line }) => [String(ns), line]),
    }))
    return { status: 'success', data: { resultType: 'streams', result, stats: {} } }
  }
  return { ask, asked }
}
