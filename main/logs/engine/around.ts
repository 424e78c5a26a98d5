import type { LogQuery, SurroundingLines } from '../../../preload/contract/logs.ts'
import { Problem } from '../../../preload/contract/problem.ts'
import { type AroundInput, linesAround } from '../around.ts'
import { fromId } from '../store/record.ts'
import type { Found } from '../store/search.ts'
import type { OpenEngine } from './engine.ts'
import { type EngineSearch, searchEngine } from './search.ts'

/** An engine is asked for no more than this before and after the record. */
const spanMs = 86_400_000

/** As `linesAround`, in an engine, within a day before and after the record. Throws as `searchEngine`. */
export async function linesAroundInEngine(
  of: Omit<EngineSearch, 'query'>,
  input: AroundInput,
  open: OpenEngine,
  signal: AbortSignal,
): Promise<SurroundingLines> {
  const position = fromId(input.record)
  if (position === undefined) throw new Problem('QUERY_INVALID', `"${input.record}" is not the id of a record.`)
  const span = {
    from: new Date(position.atMs - spanMs).toISOString(),
    to: new Date(position.atMs + spanMs).toISOString(),
  }
  async function* search(query: LogQuery): AsyncGenerator<Found> {
    const { from = span.from, to = span.to } = query
    for await (const event of searchEngine({ ...of, query: { ...query, from, to } }, open, signal)) {
      if (event.kind === 'records') yield event
      else if (event.kind === 'done')
        yield { kind: 'done', blocksRead: 0, blocksSkipped: 0, elapsedMs: event.elapsedMs, more: event.more }
    }
  }
  return await linesAround(search, input, signal)
}
