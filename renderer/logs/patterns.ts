import type { LogPatterns } from '../../preload/contract/logs.ts'
import { type LogFilter, toQuery } from './query.ts'
import type { LogsClient } from './state.ts'

/** The same length of time before a time range, in whose last moment the range begins. Undefined for any time. Pure. */
export function timeBefore(
  { from, to }: { readonly from?: string | undefined; readonly to?: string | undefined },
  now: number,
): { readonly from: string; readonly to: string } | undefined {
  if (from === undefined) return undefined
  const [start, end] = [Date.parse(from), to === undefined ? now : Date.parse(to)]
  // The end of a range is included.
  return { from: new Date(2 * start - end).toISOString(), to: new Date(start - 1).toISOString() }
}

export const canCompare = ({ range }: LogFilter): boolean => range.kind !== 'all'

/** The patterns of the filter's lines, as they are read. Throws what the core does. */
export async function findPatterns(
  client: LogsClient,
  { planeId, filter }: { readonly planeId: string; readonly filter: LogFilter },
  { compared }: { readonly compared: boolean },
  onResult: (result: LogPatterns) => void,
  signal: AbortSignal,
): Promise<void> {
  const now = Date.now()
  const { limit: _, order: __, ...query } = toQuery(planeId, filter, now)
  const compare = compared ? timeBefore(query, now) : undefined
  for await (const result of await client.logs.patterns({ ...query, compare }, { signal })) onResult(result)
}
