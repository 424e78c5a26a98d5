import { basename, dirname, resolve } from 'node:path'
import type { CheckEvent, ConnectivityReport, EndpointRow } from '../../preload/contract/connectivity.ts'
import { PlaneValues } from '../../preload/contract/planes.ts'
import { Problem } from '../../preload/contract/problem.ts'
import { EndpointList } from '../../preload/contract/profiles.ts'
import { exitCode } from '../../preload/exit-code.ts'
import { vantageInSentence, vantageTitle } from '../../preload/vantages.ts'
import { checkEndpoints, endpointRows } from '../connectivity/connectivity.ts'
import { compare } from '../connectivity/history/compare.ts'
import { renderReport } from '../connectivity/report/render.ts'
import { clean } from '../connectivity/report/sanitize.ts'
import { look } from '../connectivity/watch/scheduled-run.ts'
import { version } from '../home.ts'
import { printChanges, sayComparison } from './changes.ts'
import { everyOf, holdOf, type Watched, watchCheck, watchOptions } from './check-watch.ts'
import { type Command, formOf, type OptionValues, outputOption, type Terminal, text, texts } from './command.ts'
import { clusterFor, fromOptions, requestsOf } from './from.ts'
import { readDocument } from './input.ts'
import { noPlane, openVault, planeOptions, profileOf } from './plane.ts'
import { line, plain, say, status, table } from './print.ts'
import { runIn } from './runs.ts'

export const checkCommand: Command = {
  name: 'check',
  summary: 'show what a plane can reach from this computer or from its cluster, stage by stage',
  options: [
    ...planeOptions,
    { flags: '--endpoints <file>', help: 'a bare list of endpoints; needs no plane, and a cluster only with --from' },
    { flags: '--proxy <url>', help: 'as HTTPS_PROXY would have it, for the components that honour it' },
    ...fromOptions,
    { flags: '--endpoint <id>', help: 'only this row (may be repeated)', repeatable: true },
    ...watchOptions,
    {
      flags: '--compare <run>',
      help: 'then prints what changed since a kept run of the plane: last, or an id of "runs"',
    },
    outputOption(['table', 'json', 'ndjson', 'markdown', 'html', 'junit']),
  ],
  async run(terminal, _args, options, signal) {
    const form = formOf(options)
    const everyMs = everyOf(options, form)
    const opened = await openCheck(terminal, options, signal)
    const { title, rows } = opened
    if (everyMs !== undefined) {
      const printFirst = (first: ConnectivityReport): void => printReport(terminal, first)
      return watchCheck(terminal, { rows, look: opened.look, printFirst }, { form, everyMs }, signal)
    }
    const earlier = await earlierRun(terminal, opened, options)
    let report: ConnectivityReport | undefined
    for await (const event of opened.check(signal)) {
      if (form === 'ndjson') line(terminal, clean(event))
      if (event.kind === 'waiting' && form === 'table')
        say(terminal, `${vantageInSentence(event.vantage)}: ${event.message}`)
      if (event.kind === 'finished') report = event.report
    }
    // Aborted: what was seen until then says nothing about the rest.
    if (report === undefined) return 1
    if (form === 'table') printReport(terminal, report)
    if (options.manifest === true && form === 'table') printManifests(terminal, report)
    if (form !== 'table' && form !== 'ndjson')
      terminal.stdout.write(renderReport(form, { title, version, rows, report }).text)
    if (earlier !== undefined) {
      const comparison = compare(withRowsOf(earlier, report, options), report)
      if (form === 'ndjson') line(terminal, clean({ kind: 'compared', comparison }))
      else {
        sayComparison(terminal, comparison)
        printChanges(terminal, comparison, report.results)
      }
    }
    return exitCode(report, rows)
  },
}

/** The kept run that `--compare` names, looked up before this check becomes the last one. */
async function earlierRun(
  terminal: Terminal,
  { planeId }: OpenedCheck,
  options: OptionValues,
): Promise<ConnectivityReport | undefined> {
  const named = text(options, 'compare')
  if (named === undefined) return undefined
  const form = formOf(options)
  if (form !== 'table' && form !== 'ndjson')
    throw new Problem('INPUT_INVALID', `--compare prints with --output table or ndjson, not ${form}.`)
  if (planeId === undefined)
    throw new Problem('INPUT_INVALID', '--compare needs a plane: the checks of a bare list or a profile are not kept.')
  const { connectivity } = await terminal.app()
  return connectivity.run({ planeId, runId: runIn(await connectivity.runs(planeId), named) })
}

/** Where only some rows were asked for, the others are not gone. */
function withRowsOf(
  earlier: ConnectivityReport,
  { results }: ConnectivityReport,
  options: OptionValues,
): ConnectivityReport {
  if (texts(options, 'endpoint').length === 0) return earlier
  const asked = new Set(results.map(({ endpoint }) => endpoint))
  return { ...earlier, results: earlier.results.filter(({ endpoint }) => asked.has(endpoint)) }
}

interface OpenedCheck {
  /** What was checked, as a document names it. */
  readonly title: string
  readonly rows: readonly EndpointRow[]
  /** Of a plane, whose checks are kept. */
  readonly planeId?: string
  readonly check: (signal: AbortSignal) => AsyncIterable<CheckEvent>
  readonly look: Watched['look']
}

/** What the options ask to be checked: a bare list, a plane, or a profile with settings. None needs a cluster. */
async function openCheck(terminal: Terminal, options: OptionValues, signal: AbortSignal): Promise<OpenedCheck> {
  const [file, proxy] = [text(options, 'endpoints'), text(options, 'proxy')]
  const only = texts(options, 'endpoint')
  const from = requestsOf(options)
  const probeImage = text(options, 'probeImage')
  const holdSeconds = holdOf(options)
  const namespace = text(options, 'namespace')
  const chosen = { proxy, from, probeImage, namespace, holdSeconds, endpoints: only.length === 0 ? undefined : only }
  if (file !== undefined) {
    const list = await readDocument(file, EndpointList)
    const cluster = await clusterFor(terminal, options, from, { releases: [], components: [] }, {})
    return openList(basename(file), list, { ...chosen, cluster, folder: dirname(resolve(file)) })
  }
  const { connectivity, planes, profiles } = await terminal.app()
  const [name, profile, values] = [text(options, 'plane'), profileOf(options), text(options, 'values')]
  const context = text(options, 'context')
  const plane = (await planes.list()).find(
    (each) =>
      (name === undefined ? each.profile === profile : each.name === name) &&
      (context === undefined || each.contextName === context),
  )
  if (name !== undefined && plane === undefined) throw await noPlane(await terminal.client(), options)
  if (plane !== undefined && values === undefined) {
    const { endpoints } = (await profiles.resolve(plane.profile)).profile
    // A certificate that a row presents lies in the vault.
    const needed = new Set(
      endpoints.flatMap(({ clientProfile }) => [clientProfile.clientCertificate, clientProfile.credential]),
    )
    const stored = await (await terminal.client()).vault.list({ planeId: plane.id })
    if (stored.some(({ credential }) => needed.has(credential))) await openVault(terminal, options, signal)
    return {
      title: plane.name,
      rows: await connectivity.rows(plane.id),
      planeId: plane.id,
      check: (abort) => connectivity.check(plane.id, chosen, abort),
      look: (before, abort) => connectivity.look(plane.id, chosen, before, abort),
    }
  }
  const profileName = profile ?? plane?.profile
  if (profileName === undefined) {
    throw new Problem('INPUT_INVALID', 'Name what to check: --endpoints FILE, --profile NAME or --plane NAME.')
  }
  const found = await profiles.resolve(profileName)
  const given = values === undefined ? {} : (await readDocument(values, PlaneValues)).settings
  await profiles.checkSettings(profileName, given)
  const settings = await profiles.completeSettings(profileName, given)
  const list: EndpointList = {
    schemaVersion: 1,
    resolver: found.profile.resolver,
    settings,
    endpoints: found.profile.endpoints,
  }
  const cluster = await clusterFor(terminal, options, from, found.profile, settings)
  return openList(found.profile.title, list, { ...chosen, cluster, folder: found.folder })
}

function openList(title: string, list: EndpointList, chosen: Parameters<typeof checkEndpoints>[1]): OpenedCheck {
  return {
    title,
    rows: endpointRows(list),
    check: (signal) => checkEndpoints(list, chosen, signal),
    look: (before, signal) =>
      look((asked, abort) => checkEndpoints(list, { ...chosen, ...asked }, abort), chosen, before, signal),
  }
}

/** To be applied by someone who may: nothing else is on stdout then but the table. */
function printManifests(terminal: Terminal, { vantages }: ConnectivityReport): void {
  for (const { manifest } of vantages) if (manifest !== '') terminal.stdout.write(`---\n${manifest}`)
}

function printReport(terminal: Terminal, { results, findings, vantages }: ConnectivityReport): void {
  for (const { vantage, state, cause, message: says, hint, manifest } of vantages) {
    if (state === 'ran') continue
    say(
      terminal,
      `${vantageInSentence(vantage)} ${state === 'failed' ? 'could not be asked' : 'could say only a part'}: ${cause}: ${says}`,
    )
    say(terminal, `  ${hint}${manifest === '' ? '' : ' (--manifest prints it)'}`)
  }
  if (results.length === 0) say(terminal, 'There was nothing to check: the table of endpoints is empty.')
  for (const { cause, endpoints, hint, evidence } of findings) {
    say(terminal, `${cause} on ${endpoints.length} ${endpoints.length === 1 ? 'row' : 'rows'}: ${hint}`)
    if (evidence !== '') say(terminal, `  ${evidence}`)
  }
  const rows = results.map(({ endpoint, vantage, verdict, cause, hint, stages }) => [
    endpoint,
    vantageTitle(vantage),
    status(verdict, terminal.stdout),
    cause,
    `${Math.round(stages.reduce((sum, { ms }) => sum + ms, 0))} ms`,
    // What to do is never cut: a script or a ticket has no other place to read it.
    verdict === 'pass' ? shorten(oneLine(stages.at(-1)?.evidence ?? '')) : oneLine(hint),
  ])
  table(terminal, ['ENDPOINT', 'FROM', 'VERDICT', 'CAUSE', 'TOOK', 'EVIDENCE OR WHAT TO DO'], rows)
}

const oneLine = (text: string): string => plain(text.replaceAll('\n', ' '))

const evidenceCharacters = 90
const shorten = (text: string): string =>
  text.length > evidenceCharacters ? `${text.slice(0, evidenceCharacters - 1)}…` : text
