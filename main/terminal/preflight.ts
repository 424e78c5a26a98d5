import type { CheckGuide, PreflightReport, PreflightRequest } from '../../preload/contract/install.ts'
import { Problem } from '../../preload/contract/problem.ts'
import { byUrgency, needsAction, preflightMarkdown } from '../../preload/preflight-markdown.ts'
import {
  type Command,
  type ExitCode,
  formOf,
  type OutputForm,
  outputOption,
  type Terminal,
  text,
  texts,
} from './command.ts'
import { planeOptions, withPlane } from './plane.ts'
import { printJson, printJsonLine, printMessage, printTable, status } from './print.ts'

export const preflightCommand: Command = {
  name: 'preflight',
  summary: 'check that the cluster meets the requirements; changes and keeps nothing',
  options: [
    ...planeOptions,
    { flags: '--deep', help: 'also run the checks that create Jobs in the cluster and remove them' },
    { flags: '--check <id>', help: 'run only this check', repeatable: true },
    { flags: '--explain <id>', help: 'print what a check compares and what to do, and run nothing' },
    outputOption(['table', 'json', 'ndjson', 'markdown']),
  ],
  async run(terminal, _args, options, signal) {
    const guide = await (await terminal.client()).install.checks()
    const explained = text(options, 'explain')
    if (explained !== undefined) return explain(terminal, guide, explained)
    const only = texts(options, 'check')
    for (const id of only) checkNamed(guide, id)
    const deep = options.deep === true
    const creating = guide.filter((check) => check.deep && (only.length === 0 ? deep : only.includes(check.id)))
    if (creating.length > 0)
      printMessage(terminal, `Creates Jobs in the cluster and removes them: ${creating.map(({ id }) => id).join(', ')}`)
    const more = { deep, ...(only.length === 0 ? {} : { only: [...only] }) }
    const form = formOf(options)
    const report = await withPlane(terminal, options, signal, ({ id: planeId }) =>
      preflight(terminal, { planeId, ...more }, form, signal),
    )
    if (form === 'json') printJson(terminal, report)
    if (form === 'table') printPreflight(terminal, report)
    if (form === 'markdown') terminal.stdout.write(preflightMarkdown(report))
    return report.results.some(({ verdict }) => verdict === 'fail') ? 1 : 0
  },
}

function checkNamed(guide: readonly CheckGuide[], id: string): CheckGuide {
  const check = guide.find((each) => each.id === id)
  if (check !== undefined) return check
  throw new Problem('INPUT_INVALID', `There is no check "${id}".`, guide.map((each) => each.id).join('\n'))
}

function explain(terminal: Terminal, guide: readonly CheckGuide[], id: string): ExitCode {
  const { title, severity, about, remedy } = checkNamed(guide, id)
  terminal.stdout.write(`${title} (${id}, ${severity})\n\n${about}\n\nWhat to do: ${remedy}\n`)
  return 0
}

/** Runs the checks. With the form `ndjson` each event is printed as it arrives. */
export async function preflight(
  terminal: Terminal,
  request: PreflightRequest,
  form: OutputForm,
  signal: AbortSignal,
): Promise<PreflightReport> {
  const client = await terminal.client()
  let report: PreflightReport | undefined
  for await (const event of await client.install.preflight(request, { signal })) {
    if (form === 'ndjson') printJsonLine(terminal, event)
    if (event.kind === 'finished') report = event.report
  }
  if (report === undefined) throw new Problem('CANCELLED', 'The preflight did not finish.')
  return report
}

function printPreflight(terminal: Terminal, { results }: PreflightReport): void {
  const rows = byUrgency(results).map((result) => [
    result.id,
    status(result.verdict, terminal.stdout),
    needsAction(result) ? `${result.message} ${result.hint}` : result.message,
  ])
  printTable(terminal, ['CHECK', 'VERDICT', 'RESULT'], rows)
  if (results.some(needsAction))
    printMessage(terminal, 'hangar preflight --explain CHECK: what a check compares, and what to do')
}
