import type { Result, Vantage, VantageOutcome } from '../../../preload/contract/connectivity.ts'
import type { Plan } from '../plan/plan.ts'
import { type Cause, causes } from '../probe/causes.ts'
import { evidence } from '../probe/evidence.ts'
import type { Refusal } from './refusal.ts'

/** The probe ran. `message` describes what its results depend on; empty: nothing unusual. */
export const ran = (vantage: Vantage, message = ''): VantageOutcome => ({
  vantage,
  state: 'ran',
  cause: '',
  message,
  hint: '',
  manifest: '',
})

/** `limited`: results prove less than those of a probe. `failed`: there are none. */
export const notRan = (
  vantage: Vantage,
  state: 'limited' | 'failed',
  { cause, message }: Refusal,
  manifest = '',
): VantageOutcome => ({
  vantage,
  state,
  cause,
  message: evidence(message),
  hint: causes[cause].hint,
  manifest,
})

const namedEndpoints = 5

/** Which roots "system" means in a pod: those of its image, which differ from a node's and from another image's. */
export function systemRootsNote(plans: readonly Plan[], image = 'the probe’s image'): string {
  const ids = plans.flatMap((plan) => (plan.kind === 'probe' && plan.target.trust.kind === 'system' ? [plan.id] : []))
  if (ids.length === 0) return ''
  const more = ids.length > namedEndpoints ? ` and ${ids.length - namedEndpoints} more` : ''
  return `System roots are those of ${image}, or Node's own if the image has none (${ids.slice(0, namedEndpoints).join(', ')}${more})`
}

/** A pod's answer is untrusted: cause, verdict and hint come from the table of causes, and texts are sanitized again. */
export function trustedResult(result: Result, vantage: Vantage): Result {
  const entry = Object.hasOwn(causes, result.cause) ? causes[result.cause as Cause] : undefined // checked by hasOwn
  const verdict = entry?.verdict ?? (result.cause === '' ? result.verdict : 'unknown')
  return { ...result, vantage, verdict, stages: result.stages.map(trustedStage) }
}

export const trustedStage = (stage: Result['stages'][number]): Result['stages'][number] => ({
  ...stage,
  evidence: evidence(stage.evidence),
})

/** A pass of a pod that network policies treat differently proves nothing about the component; a failure still does. */
export function limitResult(result: Result, limitation: string): Result {
  if (limitation === '' || result.verdict === 'fail' || result.verdict === 'unknown') return result
  const { verdict, hint } = causes['vantage.limited']
  const found = `The probe itself reached the destination (${result.cause || result.verdict}).`
  return { ...result, verdict, cause: 'vantage.limited', hint: evidence(`${found} ${hint} (${limitation})`) }
}
