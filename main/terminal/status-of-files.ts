import type { ObjectAssessment } from '../../preload/contract/documents.ts'
import { Problem } from '../../preload/contract/problem.ts'
import { assessSnapshot } from '../health/snapshot.ts'
import { type ExitCode, formOf, type OptionValues, type Terminal, text } from './command.ts'
import { readObjects } from './object-files.ts'
import { age, printJson, printJsonLine, printMessage, printTable, status } from './print.ts'

/** Options that select planes, whose state comes from their cluster. */
const optionsOfPlanes = ['plane', 'profile', 'context', 'kubeconfig', 'timeout'] as const
const shownNotes = 20
/** A longer table takes minutes to lay out, and nobody reads it: degraded objects come first. */
const shownRows = 500

/**
 * `hangar status -f PATH`: the state of the objects of files, without a cluster. What cannot be read is named on stderr, and
 * the rest is assessed.
 */
export async function statusOfFiles(
  terminal: Terminal,
  path: string,
  options: OptionValues,
  signal: AbortSignal,
): Promise<ExitCode> {
  const conflict = optionsOfPlanes.find((name) => text(options, name) !== undefined)
  if (conflict !== undefined) {
    throw new Problem('USAGE_INVALID', `--${conflict} selects planes, and -f reads files: use one of them.`)
  }
  const nowMs = timeOf(options)
  const { objects, notes, isIncomplete } = await readObjects(path, terminal.stdin, signal)
  for (const note of notes.slice(0, shownNotes)) printMessage(terminal, `${note}.`)
  if (notes.length > shownNotes) printMessage(terminal, `${notes.length - shownNotes} more were not read.`)
  if (objects.length === 0) throw new Problem('FILE_INVALID', `${path} has no Kubernetes objects.`)
  const assessed = assessSnapshot(objects, nowMs)
  if (formOf(options) === 'json') printJson(terminal, { schemaVersion: 1, objects: assessed })
  if (formOf(options) === 'ndjson') for (const each of assessed) printJsonLine(terminal, each)
  if (formOf(options) === 'table') printObjects(terminal, assessed, nowMs)
  return exitCodeOfObjects(assessed, isIncomplete)
}

/** 1 if an object is degraded; else 2 if something could not be read, so that a state is unknown; else 0. */
export function exitCodeOfObjects(
  objects: readonly Pick<ObjectAssessment, 'state'>[],
  isIncomplete: boolean,
): ExitCode {
  if (objects.some(({ state }) => state === 'degraded' || state === 'missing')) return 1
  return isIncomplete ? 2 : 0
}

const timeFormat = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/

/** Milliseconds of `--now`, by default the current time. Throws INPUT_INVALID. */
export function timeOf(options: OptionValues): number {
  const given = text(options, 'now')
  if (given === undefined) return Date.now()
  const ms = timeFormat.test(given) ? Date.parse(given) : Number.NaN
  if (!Number.isNaN(ms)) return ms
  throw new Problem('INPUT_INVALID', `--now is a time such as 2026-03-01T12:00:00Z, not "${given}".`)
}

function printObjects(terminal: Terminal, objects: readonly ObjectAssessment[], nowMs: number): void {
  const rows = objects
    .slice(0, shownRows)
    .map(({ namespace, kind, name, state, ready, total, restarts, since, reason }) => [
      namespace ?? '',
      `${kind}/${name}`,
      status(state, terminal.stdout),
      total === undefined ? '' : `${ready ?? 0}/${total}`,
      restarts === undefined ? '' : String(restarts),
      since === undefined ? '' : age(since, nowMs),
      reason,
    ])
  printTable(terminal, ['NAMESPACE', 'OBJECT', 'STATE', 'READY', 'RESTARTS', 'SINCE', 'REASON'], rows)
  const more = objects.length - shownRows
  if (more > 0) printMessage(terminal, `${more} more objects are not shown: --output json has all.`)
}
