import { Problem, reportProblem } from '../../preload/contract/problem.ts'
import type { JsonObject } from '../../preload/contract/words.ts'
import type { JournalRecord, OperationHandle, OperationRunner } from '../lib/operation.ts'
import { processId } from '../lib/process-id.ts'
import type { Entry } from './entries.ts'
import type { JournalWriter } from './journal.ts'
import type { LiveStep } from './snapshot.ts'

export interface Attempt {
  readonly entry: Entry
  readonly runner: OperationRunner
  readonly writer: JournalWriter
  /** Records of earlier attempts. */
  readonly history: readonly JournalRecord[]
  readonly onChange: () => void
  /** True once the process is closing: then no end is recorded, so that the operation can be resumed. */
  readonly isClosing: () => boolean
}

type Append = (event: string, step?: string, data?: JsonObject) => Promise<void>

/** Starts the runner once `opened` is in the journal. `entry.running` holds the attempt until its end is recorded. */
export async function startAttempt({ entry, runner, writer, history, onChange, isClosing }: Attempt): Promise<void> {
  const abort = new AbortController()
  const append: Append = async (event, step, data) => {
    const record: JournalRecord = { at: new Date().toISOString(), event, step, data }
    await writer.append(record)
    entry.records.push(record)
    onChange()
  }
  entry.owner = 'this'
  await append('opened', undefined, { ...processId(process.pid) })
  const ended = runner(createHandle(entry, history, append, onChange), abort.signal)
    .then(
      () => append('ended', undefined, { state: 'done' }),
      (error: unknown) => (isClosing() ? undefined : append('ended', undefined, endOf(error, abort.signal))),
    )
    .finally(async () => {
      entry.running = undefined
      entry.live.clear()
      if (isClosing()) entry.owner = 'nobody'
      await writer.close()
      onChange()
    })
  entry.running = { abort, ended }
  onChange()
}

function endOf(error: unknown, signal: AbortSignal): JsonObject {
  const cancelled = signal.aborted || (error instanceof Problem && error.code === 'CANCELLED')
  return { state: cancelled ? 'cancelled' : 'failed', problem: { ...reportProblem(error) } }
}

function createHandle(
  entry: Entry,
  history: readonly JournalRecord[],
  append: Append,
  onChange: () => void,
): OperationHandle {
  const update = (step: string, part: Partial<LiveStep>): void => {
    entry.live.set(step, { waitingOn: [], objects: [], ...entry.live.get(step), ...part })
    onChange()
  }
  return {
    id: entry.header.id,
    planeId: entry.header.planeId,
    input: entry.header.input,
    history,
    record: append,
    declareSteps: (steps) =>
      append(
        'declared',
        undefined,
        Object.fromEntries(
          steps.map(({ id, title, needs = [], timedAs }) => [
            id,
            { title, needs: [...needs], ...(timedAs !== undefined && { timedAs }) },
          ]),
        ),
      ),
    stepStarted: (step) => append('step-started', step),
    stepEnded: (step, state, message) =>
      append('step-ended', step, message === undefined ? { state } : { state, message }),
    waitingOn: (step, objects) => update(step, { waitingOn: objects }),
    observed: (step, objects, log) => update(step, { objects, log }),
    message: (step, text) => update(step, { message: text }),
  }
}
