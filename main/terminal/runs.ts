import type { RunEntry } from '../../preload/contract/connectivity.ts'
import { Problem } from '../../preload/contract/problem.ts'
import { vantageTitle } from '../../preload/vantages.ts'
import { verdictsWorstFirst } from '../../preload/verdicts.ts'
import { printChanges, printComparison, shortId, when } from './changes.ts'
import { type Command, formOf, outputOption } from './command.ts'
import { existingPlane } from './plane.ts'
import { printJson, printJsonLine, printMessage, printTable } from './print.ts'

export const runsCommand: Command = {
  name: 'runs',
  usage: '[runs...]',
  summary: 'list the saved runs of a plane; with BEFORE, or BEFORE and AFTER: print what changed between them',
  options: [
    { flags: '--plane <name>', help: 'the plane; optional if there is only one' },
    { flags: '--profile <name>', help: 'the plane of this profile' },
    outputOption(['table', 'json', 'ndjson']),
  ],
  async run(terminal, args, options) {
    const form = formOf(options)
    const [before, after, ...more] = args
    if (more.length > 0) throw new Problem('INPUT_INVALID', 'Give at most two runs: BEFORE and AFTER.')
    const { id: planeId } = await existingPlane(terminal, options)
    const { connectivity } = await terminal.client()
    const runs = await connectivity.runs({ planeId })
    if (before !== undefined) {
      const comparison = await connectivity.compare({
        planeId,
        before: runIn(runs, before),
        after: runIn(runs, after === undefined ? 'last' : String(after)),
      })
      if (form === 'json') printJson(terminal, { schemaVersion: 2, ...comparison })
      else if (form === 'ndjson') for (const change of comparison.changes) printJsonLine(terminal, change)
      else {
        printComparison(terminal, comparison)
        printChanges(terminal, comparison, (await connectivity.run({ planeId, runId: comparison.after.runId })).results)
      }
      return 0
    }
    const anyUnverified = runs.some(({ verified }) => !verified)
    if (form === 'json') printJson(terminal, { schemaVersion: 1, runs })
    else if (form === 'ndjson') for (const run of runs) printJsonLine(terminal, run)
    else if (runs.length === 0) printMessage(terminal, 'This plane has no saved runs. Run "hangar check" to make one.')
    else
      printTable(
        terminal,
        ['RUN', 'STARTED', 'BY', 'FROM', 'RESULTS', ...(anyUnverified ? ['NOTE'] : [])],
        runs.map(({ runId, startedAt, by, vantages, counts, verified }) => [
          shortId(runId),
          when(startedAt),
          by,
          vantages.map((vantage) => (vantage.kind === 'computer' ? vantage.kind : vantageTitle(vantage))).join(', '),
          countsOf(counts),
          ...(anyUnverified ? [verified ? '' : 'not verified'] : []),
        ]),
      )
    return 0
  },
}

const countsOf = (counts: RunEntry['counts']): string =>
  verdictsWorstFirst.flatMap((verdict) => (counts[verdict] === 0 ? [] : [`${counts[verdict]} ${verdict}`])).join(', ')

/** The run with this name: `last`, or the start of an id. Throws RUN_UNKNOWN, or INPUT_INVALID if several ids match. */
export function runIn(runs: readonly RunEntry[], named: string): string {
  const matching = named === 'last' ? runs.slice(0, 1) : runs.filter(({ runId }) => runId.startsWith(named))
  const [run] = matching
  if (run === undefined)
    throw new Problem(
      'RUN_UNKNOWN',
      named === 'last' ? 'This plane has no saved run yet.' : `There is no run "${named}".`,
    )
  if (matching.length > 1)
    throw new Problem(
      'INPUT_INVALID',
      `Several runs start with "${named}". Give more of the id; "hangar runs" lists them.`,
    )
  return run.runId
}
