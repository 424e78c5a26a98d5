import type { CheckEvent, StageResult, Vantage } from '../../../preload/contract/connectivity.ts'
import { AdmissionLimiter } from '../../lib/concurrency/admission-limiter.ts'
import { AsyncQueue } from '../../lib/concurrency/async-queue.ts'
import type { Plan } from '../plan/plan.ts'
import { discoveredHosts, discoveredTarget, reasonWords } from '../probe/discovered-hosts.ts'
import { type Outcome, probe } from '../probe/probe.ts'
import type { ProbeContext, Target } from '../probe/target.ts'
import { Roots } from '../probe/tls/roots.ts'
import type { Observed, PlannedEndpoint } from './observed.ts'
import { isAnswered, resultOf, resultWithoutProbe, withDiscovered } from './result.ts'

type EndpointEvent = Extract<CheckEvent, { kind: 'stage' | 'result' }>

/**
 * Checks all endpoints at once, within the limits of this computer. Yields stages and results as they come; returns what was
 * observed, in the order of the endpoints. A broken network is a result: only the abort reason is thrown.
 */
export async function* checkEndpoints(
  endpoints: readonly PlannedEndpoint[],
  vantage: Vantage,
  context: ProbeContext,
  signal: AbortSignal,
): AsyncGenerator<EndpointEvent, readonly Observed[]> {
  signal.throwIfAborted()
  const left = new AbortController()
  const until = AbortSignal.any([signal, left.signal])
  const events = new AsyncQueue<EndpointEvent, readonly Observed[]>()
  const limiter = new AdmissionLimiter()
  const roots = new Roots()
  const run = (target: Target, onStage?: (stage: StageResult) => void): Promise<Outcome> =>
    outcomeOf(probe(target, context, roots, until), onStage)

  const checkOne = async ({ id, plan }: PlannedEndpoint): Promise<Observed> => {
    if (plan.kind !== 'probe') return { result: resultWithoutProbe(id, vantage, plan), target: undefined }
    const leave = await limiter.enter(until)
    try {
      const onStage = (stage: StageResult): void => events.push({ kind: 'stage', endpoint: id, vantage, stage })
      return await probeWithCompanions(id, vantage, plan, run, onStage)
    } finally {
      leave()
    }
  }
  const checkAndReport = async (endpoint: PlannedEndpoint): Promise<Observed> => {
    const observed = await checkOne(endpoint)
    events.push({ kind: 'result', result: observed.result })
    return observed
  }
  events.endWith(Promise.all(endpoints.map(checkAndReport)))
  try {
    return yield* events.read(signal)
  } finally {
    left.abort(new Error('the check was left'))
  }
}

/** Probes an endpoint, the hosts that it also needs, and then those that its server refers to. */
async function probeWithCompanions(
  id: string,
  vantage: Vantage,
  plan: Extract<Plan, { kind: 'probe' }>,
  run: (target: Target, onStage?: (stage: StageResult) => void) => Promise<Outcome>,
  onStage: (stage: StageResult) => void,
): Promise<Observed> {
  const [own, companions] = await Promise.all([
    run(plan.target, onStage),
    Promise.all(plan.companions.map(async (companion) => ({ companion, outcome: await run(companion.target) }))),
  ])
  const hosts = isAnswered(own) ? discoveredHosts(own.facts, plan.target) : []
  const discovered = await Promise.all(
    hosts.map(async (host) => {
      const companion = { target: discoveredTarget(plan.target, host), why: reasonWords[host.reason] }
      return { host, companion, outcome: await run(companion.target) }
    }),
  )
  const needed = [...companions, ...discovered.filter(({ host }) => host.required)]
  const result = resultOf(id, vantage, withDiscovered(own, plan.target, discovered), plan.target, needed)
  return { result, target: plan.target, facts: own.facts }
}

/** Reads the stages of a probe to its end, and returns its outcome. */
async function outcomeOf(
  stages: AsyncGenerator<StageResult, Outcome>,
  onStage: (stage: StageResult) => void = () => undefined,
): Promise<Outcome> {
  for (;;) {
    const next = await stages.next()
    if (next.done === true) return next.value
    onStage(next.value)
  }
}
