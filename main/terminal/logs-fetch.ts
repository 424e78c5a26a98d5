import type { EngineFetchEvent } from '../../preload/contract/logs.ts'
import { Problem } from '../../preload/contract/problem.ts'
import { visibleText } from '../../preload/visible-text.ts'
import { type ExitCode, formOf, type OptionValues, type Terminal, text, texts } from './command.ts'
import { LiveLines } from './live-lines.ts'
import { engineOf } from './log-engine.ts'
import { timeOf } from './log-times.ts'
import { printJson, printMessage } from './print.ts'

type Done = Extract<EngineFetchEvent, { kind: 'done' }>

/** Others are named up to this many. */
const namedOthers = 5

/**
 * `hangar logs fetch --loki|--opensearch NAMESPACE/SERVICE:PORT --since TIME [--until TIME]`: stores what the plane's log engine has
 * of its log sources. Cancelled, it keeps what is stored, and the next one continues.
 * Throws USAGE_INVALID, INPUT_INVALID, LOG_ENGINE_*, CLUSTER_*, LOG_STORE_BUSY, VAULT_LOCKED.
 */
export async function fetchLogs(
  terminal: Terminal,
  planeId: string,
  options: OptionValues,
  signal: AbortSignal,
): Promise<ExitCode> {
  const [engine, since] = [engineOf(options), text(options, 'since')]
  if (engine === undefined)
    throw new Problem(
      'USAGE_INVALID',
      'Name the service of the log engine: --loki or --opensearch NAMESPACE/SERVICE:PORT.',
    )
  if (since === undefined) throw new Problem('USAGE_INVALID', 'Say from when: --since, such as 2h or 3d.')
  const nowMs = Date.now()
  const [from, to] = [timeOf(since, nowMs), timeOf(text(options, 'until') ?? '0s', nowMs)]
  if (Date.parse(from) >= Date.parse(to))
    throw new Problem('INPUT_INVALID', 'The time of --since is not before that of --until.')
  const client = await terminal.client()
  const live = new LiveLines(terminal)
  let done: Done | undefined
  const input = { planeId, engine, from, to, sources: [...texts(options, 'source')] }
  for await (const event of await client.logs.fetch(input, { signal })) {
    if (event.kind === 'done') done = event
    else live.show([`${event.parts} of ${event.totalParts} days of containers, ${event.records} records`])
  }
  live.clear()
  if (done !== undefined) return report(terminal, done, options)
  // The stream of a cancelled command just ends.
  printMessage(terminal, 'Cancelled. What is stored stays, and the same command continues.')
  return 2
}

function report(terminal: Terminal, done: Done, options: OptionValues): ExitCode {
  const { records, known, others, totalParts, withoutLines, failed } = done
  const code = failed.length === 0 ? 0 : 1
  if (formOf(options) !== 'table') {
    printJson(terminal, { schemaVersion: 1, records, known, otherContainers: others, withoutLines, failed })
    return code
  }
  if (totalParts === 0) printMessage(terminal, 'The engine has no line of the log sources in this time.')
  else printMessage(terminal, `${records} records are stored.${known > 0 ? ` ${known} were stored before.` : ''}`)
  if (totalParts > 0 && withoutLines.length > 0)
    printMessage(terminal, `The engine has no line of ${withoutLines.join(', ')} in this time.`)
  if (others.length > 0) printMessage(terminal, othersText(others))
  for (const { container, from, problem } of failed)
    printMessage(terminal, `✗ ${visibleText(container)}, ${from.slice(0, 10)}: ${problem.message}`)
  if (failed.length > 0) printMessage(terminal, 'Run the same command again to fetch what is missing.')
  return code
}

/** Pure. */
function othersText(others: readonly string[]): string {
  const named = others.slice(0, namedOthers).map(visibleText).join(', ')
  const more = others.length > namedOthers ? `, and ${others.length - namedOthers} more` : ''
  return `Not taken, as no log source of the profile has pods of these workloads now: ${named}${more}.`
}
