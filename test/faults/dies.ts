import type { JournalRecord, OperationHandle, OperationRunner, OperationStarter } from '../../main/lib/operation.ts'
import { carryOut, openPlace, type Place } from '../install/place.ts'

/**
 * A process of its own that installs (or uninstalls) and kills itself: right after the so-many-th journal record of the
 * runner is on disk, or so long after that. Its argument is `Death` as JSON. Says `ended` if it comes that far.
 */
export interface Death {
  readonly place: Place
  readonly action: 'install' | 'uninstall'
  /** Counts from 1. */
  readonly record: number
  readonly laterMs: number
  /** `self`: what it started lives on. `all`: its whole process group dies at once. */
  readonly who: 'self' | 'all'
}

export type Told = Pick<JournalRecord, 'event' | 'step'>

const { place, action, record, laterMs, who }: Death = JSON.parse(process.argv[2] ?? '')

let written = 0
const die = (): void => {
  // This process leads its group (the test starts it detached).
  process.kill(who === 'all' ? -process.pid : process.pid, 'SIGKILL')
}
const wrote = (event: string, step?: string): void => {
  written += 1
  process.send?.({ event, step } satisfies Told)
  if (written !== record) return
  if (laterMs === 0) die()
  else setTimeout(die, laterMs)
}

const mortal =
  (runner: OperationRunner): OperationRunner =>
  (handle, signal) => {
    const seen: OperationHandle = {
      ...handle,
      async record(event, step, data) {
        await handle.record(event, step, data)
        wrote(event, step)
      },
      async declareSteps(steps) {
        await handle.declareSteps(steps)
        wrote('declared')
      },
      async stepStarted(step) {
        await handle.stepStarted(step)
        wrote('step-started', step)
      },
      async stepEnded(step, state, message) {
        await handle.stepEnded(step, state, message)
        wrote('step-ended', step)
      },
    }
    return runner(seen, signal)
  }

const watch = (starter: OperationStarter): OperationStarter => ({
  register: (kind, runner) => starter.register(kind, mortal(runner)),
  start: (request) => starter.start(request),
})

const opened = await openPlace(place, watch)
const ended = await carryOut(opened, action, AbortSignal.timeout(120_000))
await opened.close()
process.send?.({ event: 'ended', step: ended.problem?.message ?? ended.state })
process.disconnect?.()
