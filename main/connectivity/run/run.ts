import type {
  CheckEvent,
  DiscoveredHost,
  Result,
  StageResult,
  Vantage,
} from '../../../preload/contract/connectivity.ts'
import { AdmissionLimiter } from '../../lib/concurrency/admission-limiter.ts'
import type { Companion, Plan } from '../plan/plan.ts'
import { causes } from '../probe/causes.ts'
import { connectionFactsOf, nothingSeen } from '../probe/connection-facts.ts'
import { discoveredHosts, discoveredTarget, reasonWords } from '../probe/discovered.ts'
import { evidence } from '../probe/evidence.ts'
import type { Facts } from '../probe/facts.ts'
import { judgeStage } from '../probe/judge.ts'
import { type Outcome, probe } from '../probe/probe.ts'
import type { ProbeContext, Target } from '../probe/target.ts'
import { Roots } from '../probe/tls/roots.ts'

/** A row with what is to be done about it. */
export interface PlannedEndpoint {
  readonly id: string
  readonly plan: Plan
}

/** What came of a row, with where it was asked for: what findings across rows rest on. */
export interface Observed {
  readonly result: Result
  /** Absent when nothing was sent. */
  readonly target: Pick<Target, 'port' | 'serverName'> | undefined
  /** Only of what was asked from this process. */
  readonly facts?: Facts | undefined
}

const order: readonly StageResult['stage'][] = ['config', 'dns', 'tcp', 'proxy', 'tls', 'identity', 'auth']

/**
 * Checks all rows at once, within bounds. Yields stages and results as they come; returns what was seen, in the order of the
 * rows. A broken network is a result; only an abort is thrown, and ends what is under way.
 */
export async function* checkRows(
  rows: readonly PlannedEndpoint[],
  vantage: Vantage,
  context: ProbeContext,
  signal: AbortSignal,
): AsyncGenerator<Extract<CheckEvent, { kind: 'stage' | 'result' }>, readonly Observed[]> {
  signal.throwIfAborted()
  const queue: Extract<CheckEvent, { kind: 'stage' | 'result' }>[] = []
  let wake = Promise.withResolvers<void>()
  const roots = new Roots()
  const turnstile = new AdmissionLimiter()
  const stop = new AbortController()
  const abort = (): void => {
    stop.abort(signal.reason)
    wake.resolve()
  }
  signal.addEventListener('abort', abort, { once: true })
  const emit = (event: (typeof queue)[number]): void => {
    queue.push(event)
    wake.resolve()
  }
  const checkOne = async ({ id, plan }: PlannedEndpoint): Promise<Observed> => {
    if (plan.kind !== 'probe') {
      const result = settled(id, vantage, plan)
      emit({ kind: 'result', result })
      return { result, target: undefined }
    }
    const onStage = (stage: StageResult): void => emit({ kind: 'stage', endpoint: id, vantage, stage })
    const leave = await turnstile.enter(stop.signal)
    try {
      const [own, ...companions] = await Promise.all([
        drive(probe(plan.target, context, roots, stop.signal), onStage),
        ...plan.companions.map(({ target }) => drive(probe(target, context, roots, stop.signal), () => undefined)),
      ])
      const hosts = answered(own) ? discoveredHosts(own.facts, plan.target) : []
      const discovered = await Promise.all(
        hosts.map(async (host) => {
          const target = discoveredTarget(plan.target, host)
          const outcome = await drive(probe(target, context, roots, stop.signal), () => undefined)
          return { host, companion: { target, why: reasonWords[host.reason] }, outcome }
        }),
      )
      const needed = [
        ...plan.companions.map((companion, index) => ({ companion, outcome: companions[index] })),
        ...discovered.filter(({ host }) => host.required),
      ]
      const result = combine(id, vantage, withDiscovered(own, plan.target, discovered), plan.target, needed)
      emit({ kind: 'result', result })
      return { result, target: plan.target, facts: own.facts }
    } finally {
      leave()
    }
  }
  let done = false
  const all = Promise.all(rows.map(checkOne)).finally(() => {
    done = true
    wake.resolve()
  })
  all.catch(() => undefined) // heard below, once the queue is empty
  try {
    for (;;) {
      signal.throwIfAborted()
      const event = queue.shift()
      if (event !== undefined) yield event
      else if (done) return await all
      else {
        await wake.promise
        wake = Promise.withResolvers<void>()
      }
    }
  } finally {
    signal.removeEventListener('abort', abort)
    stop.abort(new Error('the check was left'))
  }
}

async function drive(
  stages: AsyncGenerator<StageResult, Outcome>,
  onStage: (stage: StageResult) => void,
): Promise<Outcome> {
  for (;;) {
    const next = await stages.next()
    if (next.done === true) return next.value
    onStage(next.value)
  }
}

/** A row that nothing was sent for. */
export function settled(id: string, vantage: Vantage, plan: Exclude<Plan, { kind: 'probe' }>): Result {
  const skipped = plan.kind === 'skip'
  const verdict = skipped ? 'skipped' : causes[plan.cause].verdict
  const rest = order
    .slice(1, -1)
    .map((stage): StageResult => ({ stage, verdict: 'skipped', at: '', ms: 0, evidence: 'not tried' }))
  const at = new Date().toISOString()
  const config: StageResult = { stage: 'config', verdict, at, ms: 0, evidence: evidence(plan.why) }
  return {
    endpoint: id,
    vantage,
    verdict,
    cause: skipped ? '' : plan.cause,
    hint: skipped ? sentence(plan.why) : `${causes[plan.cause].hint} (${plan.why})`,
    stages: [config, ...rest],
    facts: nothingSeen,
  }
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`

/** Only an answer of the row's own server, or its redirect, is followed to other hosts. */
const answered = ({ row }: Outcome): boolean => row.verdict !== 'fail' || row.cause === 'identity.redirect'

/** The outcome with what the discovered hosts' own checks showed: the evidence is rendered again from all facts. */
function withDiscovered(
  own: Outcome,
  target: Target,
  discovered: readonly { readonly host: DiscoveredHost; readonly outcome: Outcome }[],
): Outcome {
  if (discovered.length === 0) return own
  const checked = discovered.map(({ host, outcome: { row } }) => ({
    ...host,
    reached: row.verdict === 'pass' || row.verdict === 'warn',
    cause: row.cause,
  }))
  const facts: Facts = { ...own.facts, discovered: checked }
  const { says } = judgeStage('identity', facts, target)
  const stages = own.stages.map((stage) =>
    stage.stage === 'identity' ? { ...stage, evidence: evidence(says) } : stage,
  )
  return { ...own, stages, facts }
}

const badness = ['pass', 'skipped', 'warn', 'unknown', 'fail'] as const satisfies readonly Result['verdict'][]

/** A row passes only if what it also needs does: the worst companion's cause becomes the row's, and is named. */
function combine(
  id: string,
  vantage: Vantage,
  own: Outcome,
  target: Target,
  seen: readonly { readonly companion: Companion; readonly outcome: Outcome | undefined }[],
): Result {
  const result: Result = {
    endpoint: id,
    vantage,
    ...own.row,
    stages: [...own.stages],
    facts: connectionFactsOf(own.facts, target),
  }
  const worst = seen
    .filter(
      ({ outcome }) => outcome !== undefined && badness.indexOf(outcome.row.verdict) > badness.indexOf(result.verdict),
    )
    .sort(
      (one, other) =>
        badness.indexOf(other.outcome?.row.verdict ?? 'pass') - badness.indexOf(one.outcome?.row.verdict ?? 'pass'),
    )[0]
  if (worst?.outcome === undefined) return result
  const { row, stages } = worst.outcome
  const { host, port, protocol } = worst.companion.target
  const failing = stages.find(({ verdict }) => verdict === row.verdict)
  const note = `${host} port ${port}, which this row also needs (${worst.companion.why}): ${failing?.evidence ?? row.cause}`
  return {
    ...result,
    verdict: row.verdict,
    cause: row.cause,
    hint: `${row.hint} This is about ${host} port ${port}, which the row also needs: ${worst.companion.why}.`,
    companion: { host, port, protocol },
    stages: result.stages.map((stage) =>
      stage.stage === failing?.stage
        ? { ...stage, verdict: row.verdict, evidence: evidence(stage.evidence, note) }
        : stage,
    ),
  }
}
