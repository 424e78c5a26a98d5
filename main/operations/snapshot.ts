import type { Operation, StepLog, StepObject, StepProgress, WaitingOn } from '../../preload/contract/operations.ts'
import { ProblemReport } from '../../preload/contract/problem.ts'
import type { JournalRecord } from '../lib/operation.ts'
import { parseDeclared } from './declared.ts'
import type { UsualDurations } from './durations.ts'
import type { JournalHeader } from './journal.ts'

/** The process that runs the operation: this one, another one, or none. */
export type Owner = 'this' | 'other' | 'nobody'

/** The part of a running step that is shown but not recorded. */
export interface LiveStep {
  readonly waitingOn: readonly WaitingOn[]
  readonly objects: readonly StepObject[]
  readonly log?: StepLog | undefined
  readonly message?: string
}

/** The operation to show, from its journal, its live steps, and how long steps usually take. Pure. */
export function toOperation(
  header: JournalHeader,
  records: readonly JournalRecord[],
  owner: Owner,
  live: ReadonlyMap<string, LiveStep> = new Map(),
  usual: UsualDurations = () => undefined,
): Operation {
  const steps = foldSteps(records, live, usual)
  const end = records.findLast(({ event }) => event === 'ended' || event === 'opened')
  const ended = end?.event === 'ended' ? end : undefined
  const state = ended ? endState(ended) : owner === 'nobody' ? 'interrupted' : 'running'
  const problem = ProblemReport.safeParse(ended?.data?.problem)
  return {
    id: header.id,
    kind: header.kind,
    planeId: header.planeId,
    title: header.title,
    state,
    startedAt: header.startedAt,
    updatedAt: records.at(-1)?.at ?? header.startedAt,
    endedAt: ended?.at,
    done: steps.filter((step) => step.state === 'done' || step.state === 'skipped').length,
    // A collection has no end, so it has no total.
    total: steps.length === 0 || header.kind === 'collect' ? undefined : steps.length,
    steps,
    problem: problem.success ? problem.data : undefined,
    offers: offersFor(header.kind, state, owner, problem.data?.code),
  }
}

const endStates = ['done', 'failed', 'cancelled'] as const

function endState(ended: JournalRecord): Operation['state'] {
  return endStates.find((state) => state === ended.data?.state) ?? 'failed'
}

/**
 * The actions that are possible now. A collection is not resumed: a new one continues where the store ends. Neither is an
 * operation whose plan no longer applies.
 */
function offersFor(
  kind: Operation['kind'],
  state: Operation['state'],
  owner: Owner,
  problem: string | undefined,
): Operation['offers'] {
  if (state === 'running') return owner === 'this' ? ['cancel'] : []
  if (state === 'done' || kind === 'collect') return ['forget']
  const resume: Operation['offers'] = problem === 'PLAN_STALE' ? [] : ['resume']
  // The plan of an uninstall offers the ways out of what stopped it.
  return [...resume, 'uninstall', 'forget']
}

function foldSteps(
  records: readonly JournalRecord[],
  live: ReadonlyMap<string, LiveStep>,
  usual: UsualDurations,
): StepProgress[] {
  const steps = new Map<string, StepProgress>()
  for (const { at, event, step: id, data } of records) {
    if (event === 'declared') {
      for (const [key, declared] of Object.entries(data ?? {})) {
        const { title, needs, timedAs } = parseDeclared(declared)
        const common = { id: key, title, needs, waitingOn: [], objects: [] }
        if (!steps.has(key)) steps.set(key, { ...common, state: 'pending', usual: usual(timedAs) })
      }
    }
    const step = id === undefined ? undefined : steps.get(id)
    if (step === undefined || id === undefined) continue
    if (event === 'step-started') {
      steps.set(id, { ...step, state: 'running', startedAt: at, endedAt: undefined, message: undefined })
    } else if (event === 'step-ended') {
      const state = (['done', 'failed', 'skipped'] as const).find((known) => known === data?.state) ?? 'failed'
      const message = typeof data?.message === 'string' ? data.message : undefined
      steps.set(id, { ...step, state, endedAt: at, message })
    }
  }
  return [...steps.values()].map((step) => {
    const { waitingOn = [], objects = [], log, message } = live.get(step.id) ?? {}
    if (step.state === 'running')
      return { ...step, waitingOn: [...waitingOn], objects: [...objects], log, message: message ?? step.message }
    // What a failed step worked on is shown while others end.
    return step.state === 'failed' ? { ...step, objects: [...objects], log } : step
  })
}
