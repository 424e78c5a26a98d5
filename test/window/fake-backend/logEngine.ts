import type {
  EngineFetchEvent,
  EngineSearchEvent,
  FoundLogEngines,
  LogQuery,
  UnfinishedFetch,
} from '../../../preload/contract/logs.ts'
import type { Client } from '../../../renderer/lib/client.ts'
import { ago, pause } from './clock.ts'
import { matching } from './logs.ts'

type FetchInput = Parameters<Client['logs']['fetch']>[0]
type Fail = (code: 'CLUSTER_FORBIDDEN' | 'LOG_ENGINE_REFUSED' | 'LOG_ENGINE_UNAVAILABLE', message: string) => never

const usual = { kind: 'loki', service: 'logging/loki-read:3100' } as const

/** What is found in the cluster, by scene. */
export function foundEngines(scene: string): FoundLogEngines {
  if (scene === 'no-engine') return { engines: [], namespaces: null, refused: [] }
  if (scene === 'engine-refused')
    return { engines: [], namespaces: ['orders-prod'], refused: ['logging', 'monitoring', 'observability'] }
  return {
    engines: [{ engine: usual, evidence: 'label app.kubernetes.io/name=loki, port 3100' }],
    namespaces: null,
    refused: [],
  }
}

/** How an engine behaves is in the name of its service: "forbidden", "slow", "silent", "partial" and "breaking". */
const behaves = (service: string, how: string): boolean => service.includes(how)

function refuse(service: string, fail: Fail): void {
  if (behaves(service, 'forbidden'))
    fail('CLUSTER_FORBIDDEN', 'The permission "get services/proxy" is missing in the namespace logging.')
  if (behaves(service, 'missing')) fail('LOG_ENGINE_UNAVAILABLE', `The log engine ${service} does not answer.`)
}

export async function* searchedIn(
  { kind: _, service }: { readonly kind: string; readonly service: string },
  query: LogQuery,
  fail: Fail,
  signal: AbortSignal | undefined,
): AsyncGenerator<EngineSearchEvent> {
  refuse(service, fail)
  const all = behaves(service, 'silent') ? [] : matching(query)
  const isSlow = behaves(service, 'slow')
  const page = all.slice(0, isSlow ? 3 : query.limit)
  const more = all.length > page.length
  const last = page.at(-1)
  const reached = last?.at ?? ago(9_600)
  await pause(30, signal)
  yield { kind: 'progress', linesRead: 5_000, reached, next: last?.id ?? '' }
  if (behaves(service, 'waiting')) await pause(60_000, signal)
  if (signal?.aborted === true) return
  yield { kind: 'records', records: [...page] }
  const end = more && last !== undefined ? { next: last.id, reached } : { reached: null }
  yield { kind: 'done', linesRead: 12_000, elapsedMs: 640, more, ...end, isFiltered: query.text !== '' }
}

const totalParts = 12

/** Remembers a fetch until it is complete, also over a reload. */
export async function* fetchedFrom(
  { planeId: _, sources = [], ...input }: FetchInput,
  fail: Fail,
  remember: (fetch: UnfinishedFetch | null) => void,
  signal: AbortSignal | undefined,
): AsyncGenerator<EngineFetchEvent> {
  const { service } = input.engine
  refuse(service, fail)
  remember({ ...input, sources, startedAt: ago(0), isRunning: false })
  const counts = (parts: number) => ({ parts, totalParts, records: parts * 1_840, known: parts * 12 })
  const isPartial = behaves(service, 'partial')
  const waitMs = behaves(service, 'waiting') ? 60_000 : 40
  for (let parts = 0; parts < totalParts - (isPartial ? 1 : 0); parts += 1) {
    yield { kind: 'progress', ...counts(parts) }
    if (parts === 5 && behaves(service, 'breaking'))
      fail('LOG_ENGINE_UNAVAILABLE', `The log engine ${service} does not answer.`)
    await pause(parts === 5 ? waitMs : 40, signal)
    if (signal?.aborted === true) return
  }
  const problem = {
    code: 'LOG_ENGINE_REFUSED',
    message: `The log engine ${service} would have to read too much. Choose a shorter time range, a source or a pod.`,
    hint: 'Change what the engine names in the evidence, such as its limits, or ask for a shorter time.',
    evidence: 'HTTP 400: the query would read too many bytes',
  }
  const part = { container: 'orders/orders-7d9f8c6b5-ax2kq/main', from: input.from, to: input.to, problem }
  if (!isPartial) remember(null)
  if (behaves(service, 'silent'))
    yield {
      kind: 'done',
      parts: 0,
      totalParts: 0,
      records: 0,
      known: 0,
      others: [],
      withoutLines: [],
      failed: [],
      oldest: null,
    }
  else
    yield {
      kind: 'done',
      ...counts(isPartial ? totalParts - 1 : totalParts),
      others: ['orders/importer-0/main'],
      withoutLines: ['agent'],
      failed: isPartial ? [part] : [],
      oldest: ago(9_600),
    }
}
