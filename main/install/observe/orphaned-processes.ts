import { execFile } from 'node:child_process'
import { readdir, readFile, stat } from 'node:fs/promises'
import { hostname, userInfo } from 'node:os'
import { promisify } from 'node:util'
import type { JournalRecord } from '../../lib/operation.ts'
import { isRunning, type ProcessId, processTable } from '../../lib/process-id.ts'
import { sha256 } from '../digest.ts'
import type { PlannedRelease } from '../installation.ts'
import { labelKeys } from '../labels.ts'
import { hasOwnLabels, type Revision } from './releases.ts'

/** Identifies this user on this computer by a hash. It is a label of releases, beside the operation. */
export const thisHost = (): string => sha256(`${userInfo().username}@${hostname()}`).slice(0, 16)

const run = promisify(execFile)

/** Command lines of this user's processes; undefined where they cannot be listed. Another user chooses those of theirs. */
async function commandLines(): Promise<string[] | undefined> {
  if (process.platform === 'linux') {
    const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
    const lines = ids.map(async (id) =>
      (await stat(`/proc/${id}`)).uid === process.getuid?.() ? await readFile(`/proc/${id}/cmdline`, 'utf8') : '',
    )
    return Promise.all(lines.map((line) => line.catch(() => ''))) // it has ended meanwhile
  }
  if (process.platform === 'win32') return undefined
  const { stdout } = await run('/bin/ps', ['-xo', 'command='], { timeout: 5_000, maxBuffer: 16 * 1_048_576 })
  return stdout.split('\n')
}

/** The helm processes that this operation started for a step. Each is in the journal before helm begins to work. */
function recordedHelms(history: readonly JournalRecord[], step: string): ProcessId[] {
  return history
    .filter((record) => record.event === 'helm' && record.step === step)
    .map(({ data }) => ({ pid: Number(data?.pid), started: String(data?.started ?? '') }))
}

export type NamedRelease = Pick<PlannedRelease, 'name' | 'namespace'>

/**
 * Pure: whether a command line is that of a helm which an operation started for a release. An operation can have several at once,
 * each for its own release. Linux separates arguments by NUL, `ps` by spaces.
 */
export function isHelmOf(line: string, operation: string, { name, namespace }: NamedRelease): boolean {
  if (!line.includes(`${labelKeys.operation}=${operation}`)) return false
  const words = line.split(line.includes('\0') ? '\0' : ' ')
  const follows = (isBefore: RegExp, word: string): boolean =>
    words.some((each, index) => isBefore.test(each) && words[index + 1] === word)
  return follows(/^(install|upgrade|uninstall)$/, name) && follows(/^--namespace$/, namespace)
}

/** Whether a helm of this operation still works on the release: by the journal, or by a command line. */
export async function isOwnHelmRunning(
  operation: string,
  history: readonly JournalRecord[],
  step: string,
  release: NamedRelease,
): Promise<boolean> {
  if (recordedHelms(history, step).some(isRunning)) return true
  // A helm that started just before Hangar was killed may be missing in the journal.
  return ((await commandLines()) ?? []).some((line) => isHelmOf(line, operation, release))
}

/**
 * Pure: whether the helm of a revision ran in the process table of this Hangar. Another helm carries the labels over. An earlier
 * version named only user and computer, which two containers can share.
 */
export const isWrittenHere = (
  { labels, revision }: Pick<Revision, 'labels' | 'revision'>,
  here: { readonly host: string; readonly place: string },
): boolean =>
  hasOwnLabels({ labels, revision }) &&
  labels[labelKeys.host] === here.host &&
  (labels[labelKeys.place] ?? here.place) === here.place

/**
 * Whether a helm that any Hangar on this computer started still works on the release, and whether the one that left it
 * pending is known to have ended. Neither is known for another computer, or where processes cannot be listed.
 */
export async function findRunningHelm(
  last: Revision | undefined,
  operation: string,
  history: readonly JournalRecord[],
  step: string,
  release: NamedRelease,
): Promise<{ readonly helmRunning: boolean; readonly helmEnded: boolean }> {
  const author = last?.labels[labelKeys.operation]
  const lastAct = history.findLast((record) => record.step === step && record.event !== 'step-started')
  // Every helm of this operation is in the journal, and none of them runs.
  if (lastAct?.event === 'helm' || (author === operation && last !== undefined && hasOwnLabels(last)))
    return { helmRunning: false, helmEnded: true }
  if (author === undefined || last === undefined || !isWrittenHere(last, { host: thisHost(), place: processTable() }))
    return { helmRunning: false, helmEnded: false }
  const lines = await commandLines()
  if (lines === undefined) return { helmRunning: false, helmEnded: false }
  const helmRunning = lines.some((line) => isHelmOf(line, author, release))
  return { helmRunning, helmEnded: !helmRunning }
}
