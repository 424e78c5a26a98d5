import type { Change, Comparison, ConnectivityReport } from '../../preload/contract/connectivity.ts'
import { vantageInSentence } from '../../preload/vantages.ts'
import type { Terminal } from './command.ts'
import { printMessage, status } from './print.ts'

/** "2026-03-01 12:00:03Z": UTC, as in most logs. */
export const when = (at: string): string => `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')}Z`

/** The first characters of a run's id, which identify it. */
export const shortId = (runId: string): string => runId.slice(0, 8)

/** Prints one line per change, the worst first, and below it what to do if the endpoint does not pass. */
export function printChanges(
  terminal: Terminal,
  { changes, after }: Comparison,
  results: ConnectivityReport['results'],
): void {
  for (const change of changes) {
    const { endpoint, vantage, message } = change
    const mark = status(change.after?.verdict ?? 'skipped', terminal.stdout)
    terminal.stdout.write(
      `${when(after.startedAt)}  ${mark}  ${endpoint}, from ${vantageInSentence(vantage)}: ${message}\n`,
    )
    const hint = hintOf(change, results)
    if (hint !== '') terminal.stdout.write(`    ${hint}\n`)
  }
}

function hintOf({ endpoint, vantage, kind }: Change, results: ConnectivityReport['results']): string {
  if (kind === 'recovered' || kind === 'better' || kind === 'removed') return ''
  const result = results.find(
    (each) => each.endpoint === endpoint && each.vantage.kind === vantage.kind && each.vantage.name === vantage.name,
  )
  return result === undefined || result.verdict === 'pass' ? '' : result.hint
}

/** Prints which run was compared, and the counts of changed and unchanged results. */
export function printComparison(terminal: Terminal, { before, changes, unchanged }: Comparison): void {
  const changed = changes.length === 0 ? 'nothing changed' : `${changes.length} changed`
  printMessage(
    terminal,
    `Since ${when(before.startedAt)} (run ${shortId(before.runId)}): ${changed}, ${unchanged} unchanged.`,
  )
}
