import type { Change, Comparison, ConnectivityReport } from '../../preload/contract/connectivity.ts'
import { vantageInSentence } from '../../preload/vantages.ts'
import type { Terminal } from './command.ts'
import { plain, say, status } from './print.ts'

/** "2026-03-01 12:00:03Z": a time that is found again in any log. */
export const when = (at: string): string => `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')}Z`

/** The first characters of a run's id, by which it is named. */
export const shortId = (runId: string): string => runId.slice(0, 8)

/** One line a change on stdout, the worst first, and beneath what is broken what now. */
export function printChanges(
  terminal: Terminal,
  { changes, after }: Comparison,
  results: ConnectivityReport['results'],
): void {
  for (const change of changes) {
    const { endpoint, vantage, message: says } = change
    const mark = status(change.after?.verdict ?? 'skipped', terminal.stdout)
    terminal.stdout.write(
      `${when(after.startedAt)}  ${mark}  ${plain(endpoint)}, from ${plain(vantageInSentence(vantage))}: ${plain(says)}\n`,
    )
    const hint = hintOf(change, results)
    if (hint !== '') terminal.stdout.write(`    ${plain(hint)}\n`)
  }
}

function hintOf({ endpoint, vantage, kind }: Change, results: ConnectivityReport['results']): string {
  if (kind === 'recovered' || kind === 'better' || kind === 'removed') return ''
  const found = results.find(
    (each) => each.endpoint === endpoint && each.vantage.kind === vantage.kind && each.vantage.name === vantage.name,
  )
  return found === undefined || found.verdict === 'pass' ? '' : found.hint
}

/** What was compared, and how much of it stayed. */
export function sayComparison(terminal: Terminal, { before, changes, unchanged }: Comparison): void {
  const changed = changes.length === 0 ? 'nothing changed' : `${changes.length} changed`
  say(terminal, `Since ${when(before.startedAt)} (run ${shortId(before.runId)}): ${changed}, ${unchanged} unchanged.`)
}
