import type { ConnectivityReport, ExistingPod } from '../../preload/contract/connectivity.ts'
import { Problem } from '../../preload/contract/problem.ts'
import { exitCode } from '../../preload/exit-code.ts'
import { existingPodName, vantageInSentence, vantageTitle } from '../../preload/vantages.ts'
import { printChanges, printComparison } from './changes.ts'
import { everyOf, holdOf, printRuns, watchOptions } from './check-watch.ts'
import { type Command, formOf, type OptionValues, outputOption, type Terminal, text, texts } from './command.ts'
import { fromOptions, requestsOf, usesCluster } from './from.ts'
import { openVault, planeOptions } from './plane.ts'
import { printJsonLine, printMessage, printTable, status } from './print.ts'
import { runIn } from './runs.ts'
import { subjectOf } from './subject.ts'

export const checkCommand: Command = {
  name: 'check',
  summary: 'check what a plane can reach, from this computer or from its cluster, stage by stage',
  options: [
    ...planeOptions,
    {
      flags: '--endpoints <file>',
      help: 'check a bare list of endpoints; needs no plane, and a cluster only with --from',
    },
    {
      flags: '--proxy <url>',
      help: 'use this proxy instead of HTTPS_PROXY, for components that honour proxy settings',
    },
    ...fromOptions,
    { flags: '--endpoint <id>', help: 'check only this endpoint (can be repeated)', repeatable: true },
    ...watchOptions,
    {
      flags: '--compare <run>',
      help: 'print what changed since a saved run of the plane: last, or an id from "hangar runs"',
    },
    outputOption(['table', 'json', 'ndjson', 'markdown', 'html', 'junit']),
  ],
  async run(terminal, _args, options, signal) {
    const form = formOf(options)
    const everyMs = everyOf(options, form)
    const { connectivity } = await terminal.client()
    const { subject, planeId } = await openSubject(terminal, options, signal)
    const rows = await connectivity.rows(subject)
    const input = { ...subject, ...checkOptions(options), forPrinting: form === 'ndjson' }
    if (everyMs !== undefined) {
      const runs = await connectivity.checkRepeatedly({ ...input, everyMs }, { signal })
      return printRuns(terminal, { rows, form, printFirst: (first) => printReport(terminal, first) }, runs)
    }
    const earlier = await earlierRun(terminal, planeId, options)
    let report: ConnectivityReport | undefined
    for await (const event of await connectivity.check(input, { signal })) {
      if (form === 'ndjson') printJsonLine(terminal, event)
      if (event.kind === 'waiting' && form === 'table')
        printMessage(terminal, `${vantageInSentence(event.vantage)}: ${event.message}`)
      if (event.kind === 'finished') report = event.report
    }
    signal.throwIfAborted()
    // Without a report, the check was interrupted.
    if (report === undefined) return 1
    if (form === 'table') printReport(terminal, report)
    if (options.manifest === true && form === 'table') printManifests(terminal, report)
    if (form !== 'table' && form !== 'ndjson' && form !== 'diff' && form !== 'yaml')
      terminal.stdout.write((await connectivity.export({ ...subject, report, format: form })).text)
    if (earlier !== undefined) {
      const comparison = await connectivity.compare({ before: withRowsOf(earlier, report, options), after: report })
      if (form === 'ndjson') printJsonLine(terminal, { kind: 'compared', comparison })
      else {
        printComparison(terminal, comparison)
        printChanges(terminal, comparison, report.results)
      }
    }
    return exitCode(report, rows)
  },
}

/** The saved run that `--compare` names, read before this check becomes the last one. */
async function earlierRun(
  terminal: Terminal,
  planeId: string | undefined,
  options: OptionValues,
): Promise<ConnectivityReport | undefined> {
  const named = text(options, 'compare')
  if (named === undefined) return undefined
  const form = formOf(options)
  if (form !== 'table' && form !== 'ndjson')
    throw new Problem('INPUT_INVALID', `--compare prints with --output table or ndjson, not ${form}.`)
  if (planeId === undefined)
    throw new Problem('INPUT_INVALID', '--compare needs a plane: checks of a bare list or a profile are not saved.')
  const { connectivity } = await terminal.client()
  return connectivity.run({ planeId, runId: runIn(await connectivity.runs({ planeId }), named) })
}

/** With --endpoint, only those endpoints are compared, so that the others do not count as removed. */
function withRowsOf(
  earlier: ConnectivityReport,
  { results }: ConnectivityReport,
  options: OptionValues,
): ConnectivityReport {
  if (texts(options, 'endpoint').length === 0) return earlier
  const checked = new Set(results.map(({ endpoint }) => endpoint))
  return { ...earlier, results: earlier.results.filter(({ endpoint }) => checked.has(endpoint)) }
}

/** The subject that the options choose. Opens the vault if the plane's endpoints use stored credentials. */
async function openSubject(terminal: Terminal, options: OptionValues, signal: AbortSignal) {
  const { subject, plane } = await subjectOf(terminal, options, usesCluster(requestsOf(options)))
  if (plane === undefined) return { subject, planeId: undefined }
  const client = await terminal.client()
  const { endpoints } = await client.profiles.get({ name: plane.profile })
  const needed = new Set(
    endpoints.flatMap(({ clientProfile }) => [clientProfile.clientCertificate, clientProfile.credential]),
  )
  const stored = await client.vault.list({ planeId: plane.id })
  if (stored.some(({ credential }) => needed.has(credential))) await openVault(terminal, options, signal)
  return { subject, planeId: plane.id }
}

function checkOptions(options: OptionValues) {
  const [endpoints, from] = [texts(options, 'endpoint'), requestsOf(options)]
  return {
    endpoints: endpoints.length === 0 ? undefined : [...endpoints],
    from: from === undefined ? undefined : [...from],
    holdSeconds: holdOf(options),
    proxy: text(options, 'proxy'),
    probeImage: text(options, 'probeImage'),
    namespace: text(options, 'namespace'),
  }
}

/** Prints the manifests after the table on stdout, for an administrator to apply. */
function printManifests(terminal: Terminal, { vantages }: ConnectivityReport): void {
  for (const { manifest } of vantages) if (manifest !== '') terminal.stdout.write(`---\n${manifest}`)
}

/** Nothing runs in a pod that Hangar did not create unless the user names it. */
const existingPodHint = (pods: readonly ExistingPod[]): string =>
  `Running pods that can check instead, without client certificates, proxy passwords and secrets in paths: ${pods.map((pod) => `--from existing-pod:${existingPodName(pod)}`).join(', ')}`

function printReport(terminal: Terminal, { results, findings, vantages }: ConnectivityReport): void {
  for (const { vantage, state, cause, message, hint, manifest, existingPods = [] } of vantages) {
    if (state === 'ran') continue
    printMessage(
      terminal,
      `${vantageInSentence(vantage)} ${state === 'failed' ? 'is unusable' : 'was partially checked'}: ${cause}: ${message}`,
    )
    printMessage(terminal, `  ${hint}${manifest === '' ? '' : ' (--manifest prints it)'}`)
    if (existingPods.length > 0) printMessage(terminal, `  ${existingPodHint(existingPods)}`)
  }
  if (results.length === 0) printMessage(terminal, 'Nothing to check: the list of endpoints is empty.')
  for (const { cause, endpoints, hint, evidence } of findings) {
    printMessage(terminal, `${cause} on ${endpoints.length} ${endpoints.length === 1 ? 'row' : 'rows'}: ${hint}`)
    if (evidence !== '') printMessage(terminal, `  ${evidence}`)
  }
  const rows = results.map(({ endpoint, vantage, verdict, cause, hint, stages }) => [
    endpoint,
    vantageTitle(vantage),
    status(verdict, terminal.stdout),
    cause,
    `${Math.round(stages.reduce((sum, { ms }) => sum + ms, 0))} ms`,
    // The hint is never truncated: scripts and tickets need it in full.
    verdict === 'pass' ? shorten(oneLine(stages.at(-1)?.evidence ?? '')) : oneLine(hint),
  ])
  printTable(terminal, ['ENDPOINT', 'FROM', 'VERDICT', 'CAUSE', 'TOOK', 'EVIDENCE OR WHAT TO DO'], rows)
}

const oneLine = (text: string): string => text.replaceAll('\n', ' ')

const evidenceCharacters = 90
const shorten = (text: string): string =>
  text.length > evidenceCharacters ? `${text.slice(0, evidenceCharacters - 1)}…` : text
