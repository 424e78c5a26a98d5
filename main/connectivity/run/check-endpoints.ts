import type { CheckEvent, Result, StageResult, Vantage } from '../../../preload/contract/connectivity.ts'
import { AdmissionLimiter } from '../../lib/concurrency/admission-limiter.ts'
import { AsyncQueue } from '../../lib/concurrency/async-queue.ts'
import { type Plan, type ProbePlan, vaultLocked } from '../plan/plan.ts'
import { discoveredHosts, discoveredTarget, reasonWords } from '../probe/discovered-hosts.ts'
import type { Outcome, Prober } from '../probe/probe.ts'
import type { Target } from '../probe/target.ts'
import { isAnswered, resultOf, resultWithoutProbe, withDiscovered } from './result.ts'

type EndpointEvent = Extract<CheckEvent, { kind: 'stage' | 'result' }>

/**
 * Checks all endpoints at once, within the limits of this computer. Yields stages and results as they come; returns the
 * results in the order of the plans. A broken network is a result: only the abort reason is thrown. When the vault is locked,
 * the endpoints that use something of it end at once or do not start: they are unknown, and the others are checked.
 */
export async function* checkEndpoints(
  plans: readonly Plan[],
  vantage: Vantage,
  probe: Prober,
  signal: AbortSignal,
  locked: AbortSignal = new AbortController().signal,
): AsyncGenerator<EndpointEvent, readonly Result[]> {
  signal.throwIfAborted()
  const left = new AbortController()
  const until = AbortSignal.any([signal, left.signal])
  const events = new AsyncQueue<EndpointEvent, readonly Result[]>()
  const limiter = new AdmissionLimiter()
  const untilLocked = AbortSignal.any([until, locked])

  const checkOne = async (plan: Plan): Promise<Result> => {
    if (plan.kind !== 'probe') return resultWithoutProbe(vantage, plan)
    return usesVault(plan) ? await checkUntilLocked(plan) : await checkWithin(plan, until)
  }
  const checkUntilLocked = async (plan: ProbePlan): Promise<Result> => {
    try {
      return await checkWithin(plan, untilLocked)
    } catch (error) {
      if (until.aborted || !locked.aborted) throw error
      return resultWithoutProbe(vantage, { kind: 'unknown', id: plan.id, cause: 'vantage.locked', why: vaultLocked })
    }
  }
  const checkWithin = async (plan: ProbePlan, end: AbortSignal): Promise<Result> => {
    const leave = await limiter.enter(end)
    try {
      end.throwIfAborted()
      const run: Run = (target, onStage) => outcomeOf(probe(target, end), onStage)
      return await probeWithCompanions(plan, vantage, run, (stage) =>
        events.push({ kind: 'stage', endpoint: plan.id, vantage, stage }),
      )
    } finally {
      leave()
    }
  }
  const checkAndReport = async (plan: Plan): Promise<Result> => {
    const result = await checkOne(plan)
    events.push({ kind: 'result', result })
    return result
  }
  events.endWith(Promise.all(plans.map(checkAndReport)))
  try {
    return yield* events.read(signal)
  } finally {
    left.abort(new Error('the check was left'))
  }
}

const usesVault = ({ target, companions }: ProbePlan): boolean =>
  [target, ...companions.map((companion) => companion.target)].some(
    ({ clientCertificate, credential }) => clientCertificate !== undefined || credential !== undefined,
  )

type OnStage = (stage: StageResult) => void
type Run = (target: Target, onStage?: OnStage) => Promise<Outcome>

/** Probes an endpoint, the hosts that it also needs, and then those that its server refers to. */
async function probeWithCompanions(plan: ProbePlan, vantage: Vantage, run: Run, onStage: OnStage): Promise<Result> {
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
  return resultOf(plan, vantage, withDiscovered(own, plan.target, discovered), needed)
}

/** Reads the stages of a probe to its end, and returns its outcome. */
async function outcomeOf(
  stages: AsyncGenerator<StageResult, Outcome>,
  onStage: OnStage = () => undefined,
): Promise<Outcome> {
  for (;;) {
    const next = await stages.next()
    if (next.done === true) return next.value
    onStage(next.value)
  }
}
