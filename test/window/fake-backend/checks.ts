import { implement } from '@orpc/server'
import type {
  CheckEvent,
  ConnectivityReport,
  EndpointRow,
  RunEntry,
  Vantage,
  VantageOutcome,
  WatchState,
} from '../../../preload/contract/connectivity.ts'
import { contract } from '../../../preload/contract/index.ts'
import type { ProblemCode } from '../../../preload/contract/problem.ts'
import { runVerdicts, verdictHistoryOf } from '../../../preload/verdict-history.ts'
import { ago, now, pause } from './clock.ts'
import { reportOf, runIds } from './connectivity.ts'
import { documentOf, listOf } from './documents.ts'
import { demoId } from './planes.ts'
import { proxyView } from './proxies.ts'
import { manyRows, rows as usualRows } from './table.ts'
import { computer, limitedOutcome, offersOf, pod, refusedOutcome, vantagesOf } from './vantages.ts'
import { createWatch } from './watch.ts'

const os = implement(contract).connectivity

/** Scenes of connectivity, by `?scene=` of the address; any other is the usual one. */
interface Scene {
  readonly rows: readonly EndpointRow[]
  readonly nodes: number
  readonly refused: boolean
  readonly lastAgoSeconds: number
  readonly from: readonly Vantage[]
  readonly waitMs: number
  /** What failed passes when it is checked again. */
  readonly recovers?: boolean
}

const usual: Scene = {
  rows: usualRows,
  nodes: 3,
  refused: false,
  lastAgoSeconds: 540,
  from: [computer, pod],
  waitMs: 10,
}
const scenes: Readonly<Record<string, Partial<Scene>>> = {
  slow: { waitMs: 300 },
  nodes: { nodes: 12, from: vantagesOf([{ kind: 'computer' }, { kind: 'nodes' }], 12) },
  'many-nodes': { nodes: 50, from: vantagesOf([{ kind: 'computer' }, { kind: 'nodes' }], 50) },
  refused: { refused: true, from: [computer, pod, { kind: 'component', name: 'agent' }] },
  large: { rows: manyRows, from: [computer, pod, { kind: 'component', name: 'agent' }], waitMs: 25 },
  recovers: { from: [computer], waitMs: 4, recovers: true },
  old: { lastAgoSeconds: 9 * 86_400, from: [computer] },
}

const outcomesOf = ({ refused }: Scene): readonly VantageOutcome[] =>
  refused ? [refusedOutcome(pod), limitedOutcome({ kind: 'component', name: 'agent' })] : []

/** Connectivity in the fake backend: sample results; nothing is checked. */
/** `beforeCheck` is called for every check, and fails if it is refused. */
export function createChecks(
  name: string,
  fail: (code: ProblemCode, message: string) => never,
  beforeCheck: () => void,
  lastOf?: (planeId: string) => ConnectivityReport,
) {
  const scene: Scene = { ...usual, ...scenes[name] }
  const { rows } = scene
  const outcomes = outcomesOf(scene)
  const watch = createWatch(name)
  let latest: ConnectivityReport = reportOf(rows, {
    vantages: scene.from,
    startedAt: ago(scene.lastAgoSeconds),
    outcomes,
    runId: runIds[0],
  })
  /** Stores a run; a partial one replaces only its own results. */
  const store = (report: ConnectivityReport, whole: boolean) => {
    const fresh = new Map(report.results.map((result) => [`${result.endpoint} ${result.vantage.name}`, result]))
    latest = whole
      ? report
      : {
          ...latest,
          runId: report.runId,
          results: latest.results.map((result) => fresh.get(`${result.endpoint} ${result.vantage.name}`) ?? result),
        }
  }
  const entry = (runId: string, agoSeconds: number, by: RunEntry['by'], fails: number, verified = true): RunEntry => ({
    runId,
    startedAt: ago(agoSeconds),
    endedAt: ago(agoSeconds - 4),
    vantages: [...scene.from],
    counts: { pass: 12 - fails, warn: 2, fail: fails, skipped: 3, unknown: 2 },
    by,
    verified,
  })

  async function* check(
    { endpoints, from }: { endpoints?: string[]; from?: Parameters<typeof vantagesOf>[0] },
    signal: AbortSignal | undefined,
  ): AsyncGenerator<CheckEvent> {
    beforeCheck()
    if (name === 'broken') fail('PROFILE_INVALID', 'The profile of this plane can no longer be read.')
    const requested = rows.filter(({ id }) => endpoints === undefined || endpoints.includes(id))
    const vantages = vantagesOf(from, scene.nodes)
    const startedAt = now()
    const failed = scene.recovers === true ? { failed: {} } : {}
    const report = reportOf(requested, { vantages, startedAt, outcomes, runId: crypto.randomUUID(), ...failed })
    const pairs = vantages.flatMap((vantage) => requested.map(({ id }) => ({ endpoint: id, vantage })))
    yield { kind: 'started', startedAt, rows: pairs }
    for (const vantage of vantages) {
      if (vantage.kind !== 'computer') yield { kind: 'waiting', vantage, message: 'The image is being pulled' }
    }
    for (const vantage of vantages) {
      const outcome = report.vantages.find((one) => one.vantage === vantage)
      for (const result of report.results.filter((one) => one.vantage === vantage)) {
        for (const stage of result.stages) {
          await pause(scene.waitMs / vantages.length, signal)
          if (signal?.aborted) return
          yield { kind: 'stage', endpoint: result.endpoint, vantage, stage }
        }
        yield { kind: 'result', result }
      }
      if (outcome !== undefined) yield { kind: 'vantage', outcome }
    }
    store(report, endpoints === undefined)
    yield { kind: 'finished', report }
  }

  const procedures = {
    rows: os.rows.handler(() =>
      name === 'unreadable' ? fail('PROFILE_INVALID', 'The profile cannot be read.') : [...rows],
    ),
    check: os.check.handler(({ input, signal }) => check(input, signal)),
    checkRepeatedly: os.checkRepeatedly.handler(() => fail('INPUT_INVALID', 'Only the terminal checks repeatedly.')),
    last: os.last.handler(({ input }) => lastOf?.(input.planeId) ?? (input.planeId === demoId ? latest : null)),
    vantages: os.vantages.handler(() => offersOf(scene.nodes, scene.refused)),
    proxy: os.proxy.handler(() => proxyView(rows)),
    runs: os.runs.handler(({ input }) =>
      input.planeId === demoId
        ? [
            entry(runIds[0], scene.lastAgoSeconds, 'person', 3),
            entry(runIds[1], 93_600, 'watch', 1),
            entry(runIds[2], 180_000, 'person', 2, false),
          ]
        : [],
    ),
    verdictHistory: os.verdictHistory.handler(({ input }) =>
      verdictHistoryOf(input.planeId === demoId ? [...earlierVerdicts(latest), runVerdicts(latest)] : []),
    ),
    run: os.run.handler(({ input }) =>
      reportOf(rows, { vantages: [computer, pod], startedAt: ago(93_600), runId: input.runId }),
    ),
    compare: os.compare.handler(({ input }) => ({
      before: { runId: runIdOf(input.before), startedAt: ago(93_600) },
      after: { runId: runIdOf(input.after), startedAt: ago(scene.lastAgoSeconds) },
      changes: [
        {
          endpoint: 'event-hub',
          vantage: pod,
          kind: 'broke' as const,
          before: { verdict: 'pass' as const, cause: '' },
          after: { verdict: 'fail' as const, cause: 'tcp.timeout' },
          message: 'passed, now fails: no answer to port 5671 (tcp.timeout)',
        },
        {
          endpoint: 'acme',
          vantage: computer,
          kind: 'recovered' as const,
          before: { verdict: 'fail' as const, cause: 'dns.timeout' },
          after: { verdict: 'warn' as const, cause: 'ipv6.black-hole' },
          message: 'failed (dns.timeout), now passes with a warning (ipv6.black-hole)',
        },
      ],
      unchanged: 18,
    })),
    export: os.export.handler(({ input }) => documentOf(input.format)),
    allowList: os.allowList.handler(({ input }) => listOf(input.format, rows, input.component)),
    watch: os.watch.handler(({ input }): WatchState => watch.of(input.planeId)),
    setWatch: os.setWatch.handler(({ input }) => {
      watch.set(input.planeId, input.watch)
      return {}
    }),
    openRequests: os.openRequests.handler(async function* ({ signal }) {
      await pause(1e9, signal)
      if (signal?.aborted !== true) yield { planeId: demoId }
    }),
    watches: os.watches.handler(({ signal }) => watch.states(signal)),
  }
  return { procedures, finishRun: watch.turn }
}

/** The 19 runs before: rows that fail now began to at different times, and one row failed once. */
const earlierVerdicts = (latest: ConnectivityReport) =>
  Array.from({ length: 19 }, (_, index) => {
    const results = latest.results.map(({ endpoint, verdict }, at) => ({
      endpoint,
      verdict:
        verdict === 'fail' && index < 15 - (at % 5)
          ? 'pass'
          : verdict === 'pass' && index === 4 + at
            ? 'fail'
            : verdict,
    }))
    return runVerdicts({ runId: crypto.randomUUID(), startedAt: ago((20 - index) * 3_600), results })
  })

const runIdOf = (run: string | { readonly runId: string }): string => (typeof run === 'string' ? run : run.runId)
