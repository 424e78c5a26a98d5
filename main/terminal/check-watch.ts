import type { ConnectivityReport, EndpointRow, RepeatedRun } from '../../preload/contract/connectivity.ts'
import { Problem } from '../../preload/contract/problem.ts'
import { exitCode } from '../../preload/exit-code.ts'
import { printChanges, when } from './changes.ts'
import { type ExitCode, type OptionSpec, type OptionValues, type Terminal, text } from './command.ts'
import { printJsonLine, printMessage } from './print.ts'

export const watchOptions: readonly OptionSpec[] = [
  { flags: '--watch', help: 'check repeatedly and print what changed, until Ctrl-C' },
  { flags: '--every <time>', help: 'with --watch: the interval, such as 30s, 5m or 1h (default: 5m)' },
  {
    flags: '--hold <seconds>',
    help: 'hold persistent connections open for this time, to detect whether idle ones are cut',
  },
]

const second = 1_000
const units: Readonly<Record<string, number>> = { s: second, m: 60 * second, h: 3_600 * second }
const [shortestMs, longestMs] = [second, 24 * 3_600 * second]
const defaultEvery = '5m'
/** The limit of a schedule in the window too. */
const holdLimitSeconds = 900

/** The value of `--every` in milliseconds. Throws INPUT_INVALID. Pure. */
export function everyMsOf(given: string): number {
  const [, number, unit = 'm'] = /^(\d+(?:\.\d+)?)\s*(s|m|h)?$/.exec(given.trim()) ?? []
  const ms = Number(number) * (units[unit] ?? Number.NaN)
  if (ms >= shortestMs && ms <= longestMs) return ms
  throw new Problem('INPUT_INVALID', `--every is an interval from 1s to 24h, such as 30s, 5m or 1h, not "${given}".`)
}

/** Seconds of `--hold`; undefined without it. Throws INPUT_INVALID. Pure. */
export function holdOf(options: OptionValues): number | undefined {
  const given = text(options, 'hold')
  if (given === undefined) return undefined
  const seconds = Number(given)
  if (given !== '' && Number.isInteger(seconds) && seconds >= 0 && seconds <= holdLimitSeconds) return seconds
  throw new Problem('INPUT_INVALID', `--hold is a number of seconds from 0 to ${holdLimitSeconds}, not "${given}".`)
}

/** Milliseconds between the starts of two runs; undefined without `--watch`. Throws INPUT_INVALID. Pure. */
export function everyOf(options: OptionValues, form: string): number | undefined {
  const every = text(options, 'every')
  if (options.watch !== true) {
    if (every !== undefined) throw new Problem('INPUT_INVALID', '--every is the interval of --watch: give both.')
    return undefined
  }
  if (form !== 'table' && form !== 'ndjson')
    throw new Problem('INPUT_INVALID', `--watch prints each run as it ends: use --output table or ndjson, not ${form}.`)
  return everyMsOf(every ?? defaultEvery)
}

interface PrintOptions {
  readonly rows: readonly EndpointRow[]
  readonly form: string
  readonly printFirst: (report: ConnectivityReport) => void
}

/** Prints the runs of a repeated check. Resolves with the exit code of the last run; 1 if none ended. */
export async function printRuns(
  terminal: Terminal,
  { rows, form, printFirst }: PrintOptions,
  runs: AsyncIterable<RepeatedRun>,
): Promise<ExitCode> {
  let code: ExitCode = 1
  for await (const run of runs) {
    if (run.kind === 'failed') {
      const { code: problemCode, message, hint } = run.problem
      printMessage(terminal, `hangar: ${problemCode}: ${message} ${hint}`)
      code = 2
      continue
    }
    const { report, comparison } = run
    code = exitCode(report, rows)
    if (form === 'ndjson')
      printJsonLine(terminal, comparison === null ? { kind: 'finished', report } : { kind: 'compared', comparison })
    else if (comparison === null) printFirst(report)
    else printChanges(terminal, comparison, report.results)
    if (isTerminal(terminal) && form === 'table') {
      const changed = comparison?.changes.length ?? 0
      const what = comparison === null ? 'first run' : changed === 0 ? 'nothing changed' : `${changed} changed`
      printMessage(terminal, `${when(report.endedAt)}  ${report.results.length} results, ${what}; press Ctrl-C to stop`)
    }
  }
  return code
}

const isTerminal = ({ stderr }: Terminal): boolean => 'isTTY' in stderr && stderr.isTTY === true
