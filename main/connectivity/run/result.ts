import type { DiscoveredHost, Result, StageResult, Vantage } from '../../../preload/contract/connectivity.ts'
import { severityOf } from '../../../preload/verdicts.ts'
import type { Companion, ProbePlan, UnprobedPlan } from '../plan/plan.ts'
import { causes, hintOf } from '../probe/causes.ts'
import { connectionFactsOf, noConnectionFacts } from '../probe/connection-facts.ts'
import { evidence } from '../probe/evidence.ts'
import type { Facts } from '../probe/facts.ts'
import { judgeStage } from '../probe/judge.ts'
import type { Outcome } from '../probe/probe.ts'
import type { Target } from '../probe/target.ts'

const untried = ['dns', 'tcp', 'proxy', 'tls', 'identity'] as const satisfies readonly StageResult['stage'][]

/** The result of an endpoint for which nothing was sent. */
export function resultWithoutProbe(vantage: Vantage, plan: UnprobedPlan): Result {
  const skipped = plan.kind === 'skip'
  const verdict = skipped ? 'skipped' : causes[plan.cause].verdict
  const rest = untried.map(
    (stage): StageResult => ({ stage, verdict: 'skipped', at: '', ms: 0, evidence: 'not tried' }),
  )
  const at = new Date().toISOString()
  const config: StageResult = { stage: 'config', verdict, at, ms: 0, evidence: evidence(plan.why) }
  return {
    endpoint: plan.id,
    vantage,
    verdict,
    cause: skipped ? '' : plan.cause,
    hint: skipped ? sentence(plan.why) : `${causes[plan.cause].hint} (${plan.why})`,
    stages: [config, ...rest],
    facts: noConnectionFacts,
  }
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`

/** A host that the server refers to, with the outcome of its own probe. */
export interface DiscoveredOutcome {
  readonly host: DiscoveredHost
  readonly outcome: Outcome
}

/** A host that the endpoint also needs, with the outcome of its own probe. */
export interface CompanionOutcome {
  readonly companion: Companion
  readonly outcome: Outcome
}

/** Only an answer of the endpoint's own server, or its redirect, is followed to other hosts. */
export const isAnswered = ({ verdict, cause }: Outcome): boolean => verdict !== 'fail' || cause === 'identity.redirect'

/** The outcome with what the probes of the discovered hosts showed: the evidence is rendered again from all facts. Pure. */
export function withDiscovered(own: Outcome, target: Target, discovered: readonly DiscoveredOutcome[]): Outcome {
  if (discovered.length === 0) return own
  const checked = discovered.map(({ host, outcome: { verdict, cause } }) => ({
    ...host,
    reached: verdict === 'pass' || verdict === 'warn',
    cause,
  }))
  const facts: Facts = { ...own.facts, discovered: checked }
  const { message, details } = judgeStage('identity', facts, target)
  const stages = own.stages.map((stage) =>
    stage.stage === 'identity' ? { ...stage, evidence: evidence(message, details) } : stage,
  )
  return { ...own, stages, facts }
}

const severity = ({ verdict }: Outcome): number => severityOf(verdict)

/** An endpoint passes only if every host that it needs does: the worst companion's cause becomes its own, by name. Pure. */
export function resultOf(
  { id, target }: ProbePlan,
  vantage: Vantage,
  own: Outcome,
  companions: readonly CompanionOutcome[],
): Result {
  const result: Result = {
    endpoint: id,
    vantage,
    verdict: own.verdict,
    cause: own.cause,
    hint: hintOf(own.cause),
    stages: [...own.stages],
    facts: connectionFactsOf(own.facts, target),
  }
  const [worst] = companions
    .filter(({ outcome }) => severity(outcome) > severity(own))
    .toSorted((one, other) => severity(other.outcome) - severity(one.outcome))
  if (worst === undefined) return result
  const { verdict, cause, stages } = worst.outcome
  const { host, port, protocol } = worst.companion.target
  const failing = stages.find((stage) => stage.verdict === verdict)
  const note = `${host} port ${port}, which this endpoint also needs (${worst.companion.why}): ${failing?.evidence ?? cause}`
  return {
    ...result,
    verdict,
    cause,
    hint: `${hintOf(cause)} This is about ${host} port ${port}, which the endpoint also needs: ${worst.companion.why}.`,
    companion: { host, port, protocol },
    stages: result.stages.map((stage) =>
      stage.stage === failing?.stage ? { ...stage, verdict, evidence: evidence(stage.evidence, note) } : stage,
    ),
  }
}
