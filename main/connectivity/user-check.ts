import type { CheckEvent, Subject } from '../../preload/contract/connectivity.ts'
import type { History } from './history/history.ts'
import type { KnownSubject, SubjectCheckOptions } from './subject.ts'
import { type BaselineFor, type Check, runScheduledCheck, type ScheduledRun } from './watch/scheduled-run.ts'
import type { Watches } from './watch/watches.ts'

export type CheckInput = Subject & SubjectCheckOptions & { readonly forPrinting?: boolean | undefined }

/** What a check of a plane by a user touches: its saved runs, and its schedule, which pauses meanwhile. */
interface PlaneState {
  readonly history: History
  readonly watches: Watches
}

/** Checks a subject. A plane's run of the whole table is saved; other rows go into the report of `last`. */
export async function* checkForUser(
  { planeId, check }: KnownSubject,
  input: CheckInput,
  { history, watches }: PlaneState,
  signal: AbortSignal,
): AsyncGenerator<CheckEvent> {
  const events = check(input, signal)
  if (planeId === undefined) return yield* events
  const resume = watches.pause(planeId)
  try {
    for await (const event of events) {
      if (event.kind === 'finished')
        await (input.endpoints === undefined
          ? history.save(planeId, event.report, 'person')
          : history.saveRecheck(planeId, event.report))
      yield event
    }
  } finally {
    resume()
  }
}

/** One run of a check that a user repeats. A plane's run of the whole table is saved as one of a watch. */
export async function checkRepeatedlyForUser(
  { planeId, check }: KnownSubject,
  input: CheckInput,
  { history, watches }: PlaneState,
  baselineFor: BaselineFor,
  signal: AbortSignal,
): Promise<ScheduledRun> {
  const checkWith: Check = (request, until) => check({ ...input, ...request }, until)
  if (planeId === undefined) return await runScheduledCheck(checkWith, input, baselineFor, signal)
  const resume = watches.pause(planeId)
  try {
    const run = await runScheduledCheck(checkWith, input, baselineFor, signal)
    if (input.endpoints === undefined) await history.save(planeId, run.report, 'watch')
    return run
  } finally {
    resume()
  }
}
