import type { JournalRecord, OperationHandle, OperationRunner, OperationStarter } from '../../main/lib/operation.ts'
import { type InstallSetup, openSetup, runOperation } from '../install/setup.ts'

/**
 * A program that installs or uninstalls, and kills itself once a journal record of the runner is on disk, or some time
 * after that. Its argument is a `Kill` as JSON. Sends each record to its parent, and `ended` if it completes.
 */
export interface Kill {
  readonly setup: InstallSetup
  readonly action: 'install' | 'uninstall'
  /** The record after which it is killed, counted from 1; 0: never. `second helm`: once two helms have been started. */
  readonly record: number | 'second helm'
  readonly delayMs: number
  /** `self`: its child processes survive. `all`: the whole process group is killed. `helm`: only the helm that runs. */
  readonly scope: 'self' | 'all' | 'helm'
}

export type RecordMessage = Pick<JournalRecord, 'event' | 'step'>

const { setup, action, record, delayMs, scope }: Kill = JSON.parse(process.argv[2] ?? '')

let written = 0
let helms = 0
let helm: number | undefined
const kill = (): void => {
  if (scope === 'helm') killHelm()
  // This process leads its group (the test starts it detached).
  else process.kill(scope === 'all' ? -process.pid : process.pid, 'SIGKILL')
}
const killHelm = (): void => {
  if (helm === undefined) throw new Error('No helm runs.')
  try {
    process.kill(helm, 'SIGKILL')
  } catch {
    // It has ended: the test finds that the operation is done.
  }
}
const onRecord = (event: string, step?: string, data?: JournalRecord['data']): void => {
  written += 1
  if (event === 'helm') {
    helm = Number(data?.pid)
    helms += 1
  }
  process.send?.({ event, step } satisfies RecordMessage)
  if (record === 'second helm' ? event !== 'helm' || helms !== 2 : written !== record) return
  if (delayMs === 0) kill()
  else setTimeout(kill, delayMs)
}

const killing =
  (runner: OperationRunner): OperationRunner =>
  (handle, signal) => {
    const observed: OperationHandle = {
      ...handle,
      async record(event, step, data) {
        await handle.record(event, step, data)
        onRecord(event, step, data)
      },
      async declareSteps(steps) {
        await handle.declareSteps(steps)
        onRecord('declared')
      },
      async stepStarted(step) {
        await handle.stepStarted(step)
        onRecord('step-started', step)
      },
      async stepEnded(step, state, message) {
        await handle.stepEnded(step, state, message)
        onRecord('step-ended', step)
      },
    }
    return runner(observed, signal)
  }

const watch = (starter: OperationStarter): OperationStarter => ({
  register: (kind, runner) => starter.register(kind, killing(runner)),
  start: (request) => starter.start(request),
})

const hangar = await openSetup(setup, watch)
const ended = await runOperation(hangar, action, AbortSignal.timeout(120_000))
await hangar.close()
process.send?.({ event: 'ended', step: ended.problem?.message ?? ended.state })
process.disconnect?.()
