import type { Plan } from '../../preload/contract/install.ts'
import type { Operation } from '../../preload/contract/operations.ts'
import type { Plane } from '../../preload/contract/planes.ts'
import type { JsonObject, Verdict } from '../../preload/contract/words.ts'
import { planePhase } from '../planes/phase.ts'
import { t } from '../strings/t.ts'
import type { Tone } from '../ui/Status.tsx'
import { changesNothing } from './changesNothing.ts'
import type { WizardStep } from './steps.ts'
import { type Draft, type Preflight, preflightOutcome } from './store.ts'

/** The result of a step. `good`: it is done. */
export interface StepOutcome {
  readonly tone: Tone
  readonly text: string
}

export interface WizardFacts {
  /** undefined: not created yet; the draft then has what was chosen. */
  readonly plane: Plane | undefined
  readonly draft: Draft
  readonly context: { readonly name: string; readonly version: string | undefined } | undefined
  readonly operation: Operation | undefined
  readonly preflight: Preflight
  /** Results of the connectivity table by verdict; undefined: never checked. */
  readonly connections: Readonly<Record<Verdict, number>> | undefined
  readonly plan: Plan | undefined
}

type Outcomes = Readonly<Partial<Record<WizardStep, StepOutcome>>>

/** The outcomes to show in the list of steps; a step without one is still open. */
export function stepOutcomes(facts: WizardFacts): Outcomes {
  const outcomes: Record<WizardStep, StepOutcome | undefined> = {
    cluster: clusterOutcome(facts),
    profile: profileOutcome(facts),
    settings: settingsOutcome(facts),
    preflight: preflightSummary(facts.preflight),
    connectivity: connectivityOutcome(facts),
    review: reviewOutcome(facts),
    install: facts.operation && operationOutcome(facts.operation),
    done:
      facts.plane !== undefined && planePhase(facts.plane, facts.operation) === 'installed'
        ? good(t('install.outcome.installed'))
        : undefined,
  }
  return Object.fromEntries(Object.entries(outcomes).filter(([, outcome]) => outcome !== undefined))
}

const good = (text: string): StepOutcome => ({ tone: 'good', text })

function clusterOutcome({ context }: WizardFacts): StepOutcome | undefined {
  if (context === undefined) return undefined
  const { name, version } = context
  return good(version === undefined ? name : t('install.outcome.cluster', { name, version }))
}

function profileOutcome({ plane, draft }: WizardFacts): StepOutcome | undefined {
  const { profile, managementModel: model } = plane ?? draft
  return profile === undefined || model === undefined
    ? undefined
    : good(t('install.outcome.profile', { profile, model }))
}

/** What was typed and is not saved with the plane is not in the plan. */
function settingsOutcome({ plane, draft }: WizardFacts): StepOutcome | undefined {
  if (plane === undefined) return undefined
  if (draft.edited === true) return { tone: 'warn', text: t('install.outcome.unsaved') }
  return good(t('install.outcome.settings', { count: countSettings(plane.settings) }))
}

/** Values, not the groups around them. */
function countSettings(settings: JsonObject): number {
  return Object.values(settings).reduce<number>((sum, value) => {
    if (value === undefined || value === null) return sum
    return sum + (typeof value === 'object' && !Array.isArray(value) ? countSettings({ ...value }) : 1)
  }, 0)
}

/** Skipped checks had nothing to check. */
function preflightSummary(preflight: Preflight): StepOutcome | undefined {
  const results = Object.values(preflight.results)
  const outcome = preflightOutcome(preflight)
  if (outcome === 'never') return undefined
  if (outcome === 'running') {
    const total = preflight.checks.length
    return { tone: 'busy', text: t('install.outcome.checking', { done: results.length, total }) }
  }
  const relevant = results.filter(({ verdict }) => verdict !== 'skipped')
  const passed = relevant.filter(({ verdict }) => verdict === 'pass').length
  const tone = outcome === 'blocked' ? 'bad' : outcome === 'warned' ? 'warn' : 'good'
  return { tone, text: t('install.outcome.passed', { passed, total: relevant.length }) }
}

function connectivityOutcome({ connections }: WizardFacts): StepOutcome | undefined {
  if (connections === undefined) return undefined
  const { pass, warn, fail, unknown } = connections
  const total = pass + warn + fail + unknown
  if (total === 0) return undefined
  const tone = fail > 0 ? 'bad' : pass < total ? 'warn' : 'good'
  return { tone, text: t('install.outcome.passed', { passed: pass, total }) }
}

function reviewOutcome({ plan, operation, plane }: WizardFacts): StepOutcome | undefined {
  if (plan?.action === 'install')
    return changesNothing(plan)
      ? good(t('install.outcome.noChanges'))
      : { tone: 'idle', text: t('install.outcome.steps', { count: plan.steps.length }) }
  const reviewed = operation !== undefined && plane !== undefined && operation.kind === 'install'
  return reviewed && operation.state !== 'cancelled' ? good(t('install.outcome.confirmed')) : undefined
}

const operationTone = {
  running: 'busy',
  interrupted: 'warn',
  failed: 'bad',
  cancelled: 'idle',
  done: 'good',
} as const satisfies Record<Operation['state'], Tone>

function operationOutcome({ kind, state, done, total = 0 }: Operation): StepOutcome {
  const tone = operationTone[state]
  if (state === 'done' && kind === 'uninstall') return { tone: 'idle', text: t('install.outcome.uninstalled') }
  if (state === 'running' || state === 'done') return { tone, text: t('install.outcome.running', { done, total }) }
  return { tone, text: t('install.outcome.stopped', { state, done, total }) }
}
