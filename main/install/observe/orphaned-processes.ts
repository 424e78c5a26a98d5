import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { hostname, userInfo } from 'node:os'
import { promisify } from 'node:util'
import type { JournalRecord } from '../../lib/operation.ts'
import { isRunning, type ProcessId } from '../../lib/process-id.ts'
import { marks } from '../plan/desired.ts'
import { sha256 } from '../plan/digest.ts'
import type { Revision } from './releases.ts'

/** Names this user on this computer, without telling either. Written on releases beside the operation. */
export const thisHost = (): string => sha256(`${userInfo().username}@${hostname()}`).slice(0, 16)

const run = promisify(execFile)

/** Command lines of all processes of this computer, or undefined where they cannot be had. */
async function commandLines(): Promise<string[] | undefined> {
  if (process.platform === 'linux') {
    const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
    return Promise.all(ids.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')))
  }
  if (process.platform === 'win32') return undefined
  const { stdout } = await run('/bin/ps', ['-axo', 'command='], { timeout: 5_000, maxBuffer: 16 * 1_048_576 })
  return stdout.split('\n')
}

/** The helms that this operation started for a step, by its journal. A helm acts only once it is written there. */
function startedHelms(history: readonly JournalRecord[], step: string): ProcessId[] {
  return history
    .filter((record) => record.event === 'helm' && record.step === step)
    .map(({ data }) => ({ pid: Number(data?.pid), started: String(data?.started ?? '') }))
}

/** Whether a helm that this operation started still runs: by its journal, or by what stands on its command line. */
export async function ownHelmRuns(
  operation: string,
  history: readonly JournalRecord[],
  step: string,
): Promise<boolean> {
  if (startedHelms(history, step).some(isRunning)) return true
  // One that was started in the moment before we died is in no journal.
  return ((await commandLines()) ?? []).some((line) => line.includes(`${marks.operation}=${operation}`))
}

/**
 * Whether a helm of any Hangar of this computer still works on the release, and whether the one that left it pending is
 * known to be gone. Neither: it was started on another computer, or where processes cannot be listed; only time tells.
 */
export async function lookForHelm(
  last: Revision | undefined,
  operation: string,
  history: readonly JournalRecord[],
  step: string,
): Promise<{ readonly alive: boolean; readonly gone: boolean }> {
  const author = last?.labels[marks.operation]
  const lastAct = history.findLast((record) => record.step === step && record.event !== 'step-started')
  // Our own operation's: every helm of it is in the journal, and none of them runs.
  if (author === operation || lastAct?.event === 'helm') return { alive: false, gone: true }
  if (author === undefined || last?.labels[marks.host] !== thisHost()) return { alive: false, gone: false }
  const lines = await commandLines()
  if (lines === undefined) return { alive: false, gone: false }
  const alive = lines.some((line) => line.includes(`${marks.operation}=${author}`))
  return { alive, gone: !alive }
}
