import { Problem } from '../../preload/contract/problem.ts'
import { visibleText } from '../../preload/visible-text.ts'
import { type ExitCode, formOf, type OptionValues, type Terminal, text, texts } from './command.ts'
import { LiveLines } from './live-lines.ts'
import { timeOf } from './log-times.ts'
import { printJson, printMessage } from './print.ts'

/** Others are named up to this many. */
const namedOthers = 5

/**
 * `hangar logs fetch --loki NAMESPACE/SERVICE:PORT --since TIME [--until TIME]`: stores what the plane's Loki has of its log
 * sources. Cancelled, it keeps what is stored, and the next one continues.
 * Throws USAGE_INVALID, INPUT_INVALID, LOG_ENGINE_*, CLUSTER_*, LOG_STORE_BUSY, VAULT_LOCKED.
 */
export async function fetchLogs(
  terminal: Terminal,
  planeId: string,
  options: OptionValues,
  signal: AbortSignal,
): Promise<ExitCode> {
  const [loki, since] = [text(options, 'loki'), text(options, 'since')]
  if (loki === undefined) throw new Problem('USAGE_INVALID', 'Name the service of Loki: --loki NAMESPACE/SERVICE:PORT.')
  if (since === undefined) throw new Problem('USAGE_INVALID', 'Say from when: --since, such as 2h or 3d.')
  const nowMs = Date.now()
  const [fromMs, toMs] = [Date.parse(timeOf(since, nowMs)), Date.parse(timeOf(text(options, 'until') ?? '0s', nowMs))]
  if (fromMs >= toMs) throw new Problem('INPUT_INVALID', 'The time of --since is not before that of --until.')
  const input = {
    planeId,
    service: loki,
    tenant: text(options, 'tenant'),
    fromMs,
    toMs,
    sources: texts(options, 'source'),
  }
  const { logs } = await terminal.app()
  let last = { parts: 0, totalParts: 0, records: 0, known: 0, others: [] as readonly string[] }
  const live = new LiveLines(terminal)
  for await (const progress of logs.fetch(input, signal)) {
    last = progress
    const { parts, totalParts, records } = progress
    live.show([`${parts} of ${totalParts} days of containers, ${records} records`])
  }
  live.clear()
  const { records, known, others, totalParts } = last
  if (formOf(options) !== 'table') {
    printJson(terminal, { schemaVersion: 1, records, known, otherContainers: others })
    return 0
  }
  if (totalParts === 0) printMessage(terminal, 'The engine has no line of the log sources in this time.')
  else printMessage(terminal, `${records} records are stored.${known > 0 ? ` ${known} were stored before.` : ''}`)
  if (others.length > 0) printMessage(terminal, othersText(others))
  return 0
}

/** Pure. */
function othersText(others: readonly string[]): string {
  const named = others.slice(0, namedOthers).map(visibleText).join(', ')
  const more = others.length > namedOthers ? `, and ${others.length - namedOthers} more` : ''
  return `Not taken, as no log source of the profile has pods of these workloads now: ${named}${more}.`
}
