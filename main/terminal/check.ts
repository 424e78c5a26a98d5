import type { ConnectivityReport } from '../../preload/contract/connectivity.ts'
import { PlaneValues } from '../../preload/contract/planes.ts'
import { Problem } from '../../preload/contract/problem.ts'
import { EndpointList } from '../../preload/contract/profiles.ts'
import { type Command, formOf, outputOption, type Terminal, text, texts } from './command.ts'
import { readDocument } from './input.ts'
import { planeOptions } from './plane.ts'
import { json, line, plain, say, status, table } from './print.ts'

export const checkCommand: Command = {
  name: 'check',
  summary: 'show what a plane can reach from this computer, stage by stage',
  options: [
    ...planeOptions,
    { flags: '--endpoints <file>', help: 'a bare list of endpoints; needs no plane and no cluster' },
    { flags: '--endpoint <id>', help: 'only this row (may be repeated)', repeatable: true },
    outputOption(['table', 'json', 'ndjson']),
  ],
  async run(terminal, _args, options, signal) {
    const { connectivity } = await terminal.app()
    const form = formOf(options)
    const file = text(options, 'endpoints')
    const only = texts(options, 'endpoint')
    const rows =
      file === undefined ? await rowsOfProfile(terminal, options) : { list: await readDocument(file, EndpointList) }
    const known = new Set(rows.list.endpoints.map(({ id }) => id))
    const missing = only.find((id) => !known.has(id))
    if (missing !== undefined) throw new Problem('INPUT_INVALID', `There is no endpoint "${missing}".`)
    let report: ConnectivityReport | undefined
    for await (const event of connectivity.checkEndpoints(
      rows.list,
      { planeId: rows.planeId, endpoints: only.length === 0 ? undefined : only },
      signal,
    )) {
      if (form === 'ndjson') line(terminal, event)
      else if (event.kind === 'result' && terminal.stdout !== process.stdout) continue
      if (event.kind === 'finished') report = event.report
    }
    if (report === undefined) return 1
    if (form === 'json') json(terminal, report)
    if (form === 'table') printReport(terminal, report)
    return connectivity.exitCode(report, rows.list.endpoints)
  },
}

/** A profile's table needs no cluster either: its settings come from a plane, or from a file. */
async function rowsOfProfile(
  terminal: Terminal,
  options: Parameters<Command['run']>[2],
): Promise<{ list: EndpointList; planeId?: string }> {
  const { planes, connectivity } = await terminal.app()
  const [name, profile, values] = [text(options, 'plane'), text(options, 'profile'), text(options, 'values')]
  const plane = (await planes.list()).find((each) =>
    name === undefined ? each.profile === profile : each.name === name,
  )
  const profileName = profile ?? plane?.profile
  if (profileName === undefined) {
    throw new Problem('INPUT_INVALID', 'Name what to check: --endpoints FILE, --profile NAME or --plane NAME.')
  }
  const settings = values === undefined ? (plane?.settings ?? {}) : (await readDocument(values, PlaneValues)).settings
  return { list: await connectivity.listOf(profileName, settings), planeId: plane?.id }
}

export function printReport(terminal: Terminal, { results, findings }: ConnectivityReport): void {
  for (const { cause, endpoints, hint, evidence } of findings) {
    say(terminal, `${cause} on ${endpoints.length} rows: ${hint}`)
    if (evidence !== '') say(terminal, `  ${evidence}`)
  }
  const rows = results.map(({ endpoint, vantage, verdict, cause, hint, stages }) => [
    endpoint,
    `${vantage.kind} ${vantage.name}`,
    status(verdict, terminal.stdout),
    cause,
    `${Math.round(stages.reduce((sum, { ms }) => sum + ms, 0))} ms`,
    verdict === 'pass' ? (stages.at(-1)?.evidence ?? '') : hint,
  ])
  table(
    terminal,
    ['ENDPOINT', 'FROM', 'VERDICT', 'CAUSE', 'TOOK', 'EVIDENCE OR WHAT NOW'],
    rows.map((row) => row.map(shorten)),
  )
}

const shorten = (cell: string): string => {
  const one = plain(cell.replaceAll('\n', ' '))
  return one.length > 90 && !cell.includes('\u001b') ? `${one.slice(0, 89)}…` : cell.replaceAll('\n', ' ')
}
