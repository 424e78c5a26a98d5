import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { Level, type LogEngine, type LogQuery, type LogRecord, type LogStatus } from '../../preload/contract/logs.ts'
import { Problem } from '../../preload/contract/problem.ts'
import {
  type Command,
  formOf,
  kubeconfigOptions,
  type OptionValues,
  outputOption,
  type Terminal,
  text,
  texts,
} from './command.ts'
import { LiveLines } from './live-lines.ts'
import { engineOf } from './log-engine.ts'
import { ageMs, optionalTime } from './log-times.ts'
import { auditLogs } from './logs-audit.ts'
import { exportLogs } from './logs-export.ts'
import { fetchLogs } from './logs-fetch.ts'
import { importLogs } from './logs-import.ts'
import { parseLogs } from './logs-parse.ts'
import { printPatterns } from './logs-patterns.ts'
import { retention } from './logs-retention.ts'
import { savedSearches, saveSearch, withSaved } from './logs-saved.ts'
import { printStatus, problemText } from './logs-stats.ts'
import { existingPlane, openVault } from './plane.ts'
import { age, printJson, printMessage, visibleJsonLine, withoutColours } from './print.ts'

export const logsCommand: Command = {
  name: 'logs',
  usage: '[action] [query]',
  summary:
    'logs stored on this computer, without the cluster: "logs [search] QUERY", "logs around ID" (lines around a record), "logs export QUERY" (all of them, for a file or pipe), "logs patterns [QUERY]" (groups of like lines), "logs tail [QUERY]", "logs saved" (saved searches), "logs stats", "logs retention" (how long they are kept), "logs audit" (who read them), "logs purge"; "logs collect" collects them, "logs import FILE|FOLDER|-" stores those of files, "logs fetch" takes those of the plane’s Loki or OpenSearch, which "logs search QUERY --loki" or "--opensearch" searches, "logs parse [FILE|-]" prints how lines are read',
  options: [
    { flags: '--plane <name>', help: 'the plane; optional if there is only one' },
    { flags: '--context <name>', help: 'the plane on this context' },
    ...kubeconfigOptions,
    { flags: '--level <level>', help: 'FATAL, ERROR, WARN, INFO, DEBUG or TRACE (can be repeated)', repeatable: true },
    {
      flags: '--source <id>',
      help: 'only this log source (can be repeated); with import: the source of the lines, default "import"',
      repeatable: true,
    },
    { flags: '--since <time>', help: 'from this time: RFC 3339, or an age such as 15m, 2h, 3d' },
    { flags: '--until <time>', help: 'up to this time' },
    {
      flags: '--limit <count>',
      help: 'print at most this many records; default 200, all of them with "search" and --output ndjson; with around: before and after, default 20',
    },
    { flags: '--yes', help: 'with purge and retention: do not ask' },
    { flags: '--days <count>', help: 'with retention: delete days that ended longer ago; "off": keep them' },
    {
      flags: '--max-size <size>',
      help: 'with retention: delete the oldest days while more than this is on disk, such as 5GB; "off": keep them',
    },
    { flags: '--collect', help: 'collect from the cluster until Ctrl-C, or for --for' },
    { flags: '--for <age>', help: 'with --collect: stop after this time, such as 30s or 5m' },
    { flags: '--follow', help: 'show what is collected as it arrives' },
    { flags: '--passphrase-file <file>', help: 'file with the vault’s passphrase, for a computer without a keychain' },
    {
      flags: '--format <name>',
      help: 'with parse and import: how lines are read, instead of by what they show; with export: text, ndjson, csv or otlp-json',
    },
    {
      flags: '--no-redact',
      help: 'with export: keep secrets, e-mail addresses and card numbers, which are replaced by *** without it',
    },
    {
      flags: '--compare <time>',
      help: 'with patterns: compare with another time: FROM/TO, or an age such as 1d for the same length of time so much earlier',
    },
    { flags: '--save <name>', help: 'save the query and its filters under this name' },
    { flags: '--saved <name>', help: 'use the saved search; other options replace its parts' },
    { flags: '--remove <name>', help: 'with saved: delete this saved search' },
    {
      flags: '--loki <service>',
      help: 'with search and fetch: the service of Loki in the cluster, as NAMESPACE/SERVICE:PORT',
    },
    { flags: '--tenant <id>', help: 'with --loki: the tenant, where Loki has several' },
    {
      flags: '--opensearch <service>',
      help: 'with search and fetch: the service of OpenSearch in the cluster, as NAMESPACE/SERVICE:PORT',
    },
    { flags: '--index <pattern>', help: 'with --opensearch: the indices of the logs, such as container-logs-*' },
    { flags: '--kubelet', help: 'with parse and import: each line begins with the kubelet’s time' },
    outputOption(['table', 'json', 'ndjson']),
  ],
  async run(terminal, args, options, signal) {
    if (args[0] === 'parse') return parseLogs(terminal, args[1], options, signal)
    const { action, query: words } = actionOf(args, options)
    const { limit, ...queryFilters } = filters(options)
    const plane = await existingPlane(terminal, options)
    if (action === 'purge' && options.yes !== true)
      throw new Problem('INPUT_INVALID', `This deletes the stored logs of ${plane.name}. Use --yes.`)
    await openVault(terminal, options, signal)
    const client = await terminal.client()
    const asked = await withSaved(terminal, plane.id, { text: words, ...queryFilters }, options)
    await saveSearch(terminal, plane.id, asked, options)
    const query = { planeId: plane.id, ...asked }
    switch (action) {
      case 'collect':
        return collect(terminal, plane.id, options, signal)
      case 'import':
        return importLogs(terminal, plane.id, words, options, signal)
      case 'fetch':
        return fetchLogs(terminal, plane.id, options, signal)
      case 'stats':
        return printStatus(terminal, await client.logs.status({ planeId: plane.id }), options)
      case 'purge':
        await client.logs.purge({ planeId: plane.id })
        printMessage(terminal, `The stored logs of ${plane.name} are deleted.`)
        return 0
      case 'audit':
        return auditLogs(terminal, plane.id, limit, options)
      case 'retention':
        return retention(terminal, plane.id, options, signal)
      case 'tail':
        for await (const { records } of await client.logs.follow(query, { signal })) {
          for (const record of records) await print(terminal, record, options, signal)
        }
        return 0
      case 'around':
        return around(terminal, { planeId: plane.id, record: words, lines: limit ?? 20 }, options, signal)
      case 'export':
        return exportLogs(terminal, query, options, signal)
      case 'saved':
        return savedSearches(terminal, plane.id, options)
      case 'patterns':
        return printPatterns(terminal, query, options, signal)
      case 'search': {
        const streams = args[0] === 'search' && formOf(options) === 'ndjson'
        const most = limit ?? (streams ? Number.POSITIVE_INFINITY : 200)
        const engine = engineOf(options)
        if (engine !== undefined) return searchEngine(terminal, { ...query, engine }, most, options, signal)
        return search(terminal, query, most, options, signal)
      }
    }
  },
}

const actions = [
  'search',
  'around',
  'export',
  'patterns',
  'saved',
  'retention',
  'audit',
  'tail',
  'stats',
  'purge',
  'collect',
  'import',
  'fetch',
] as const
type Action = (typeof actions)[number]
const isAction = (text: string | undefined): text is Action => actions.some((action) => action === text)

/** `hangar logs QUERY` searches, and the options of earlier versions choose an action too. Pure. */
function actionOf(
  [first, ...rest]: readonly string[],
  options: OptionValues,
): { readonly action: Action; readonly query: string } {
  const [given, queries] = isAction(first)
    ? [first, rest]
    : ['search' as const, first === undefined ? rest : [first, ...rest]]
  if (queries.length > 1) throw new Problem('USAGE_INVALID', 'Put a search for several words in quotes.')
  const action = options.collect === true ? 'collect' : options.follow === true ? 'tail' : given
  return { action, query: queries[0] ?? '' }
}

/** The largest page of a search. */
const pageRecords = 1_000

/** With `ndjson` and without a limit, records are printed as they are found: newest first. */
async function search(
  terminal: Terminal,
  query: LogQuery,
  limit: number,
  options: OptionValues,
  signal: AbortSignal,
): Promise<0 | 1> {
  const client = await terminal.client()
  const results: LogRecord[] = []
  let [count, elapsedMs, more, damaged] = [0, 0, true, 0]
  let before: string | undefined
  while (more && count < limit) {
    const page = { ...query, limit: Math.min(pageRecords, limit - count), ...(before !== undefined && { before }) }
    for await (const event of await client.logs.search(page, { signal })) {
      if (event.kind === 'done') {
        more = event.more
        damaged = Math.max(damaged, event.damaged ?? 0)
        elapsedMs += event.elapsedMs
        continue
      }
      count += event.records.length
      before = event.records.at(-1)?.id ?? before
      if (Number.isFinite(limit)) results.push(...event.records)
      else for (const record of event.records) await print(terminal, record, options, signal)
    }
  }
  printMessage(terminal, `${count} records in ${Math.round(elapsedMs)} ms${more ? ', and more' : ''}`)
  if (formOf(options) === 'json') printJson(terminal, { schemaVersion: 1, records: results, more })
  // Oldest first, so that the newest record is at the prompt.
  else for (const record of results.toReversed()) await print(terminal, record, options, signal)
  if (damaged === 0) return 0
  printMessage(terminal, `✗ ${damaged} parts of the store are damaged and were not searched.`)
  return 1
}

/** As `search`, in the plane's log engine; nothing is stored. A search that pauses is continued until the limit. */
async function searchEngine(
  terminal: Terminal,
  query: LogQuery & { readonly engine: LogEngine },
  limit: number,
  options: OptionValues,
  signal: AbortSignal,
): Promise<0> {
  const client = await terminal.client()
  const results: LogRecord[] = []
  const live = new LiveLines(terminal)
  let [count, elapsedMs, linesRead, more] = [0, 0, 0, true]
  let before: string | undefined
  while (more && count < limit) {
    const page = { ...query, limit: Math.min(pageRecords, limit - count), ...(before !== undefined && { before }) }
    // The stream of a cancelled command just ends.
    more = false
    for await (const event of await client.logs.searchEngine(page, { signal })) {
      if (event.kind === 'records') {
        live.clear()
        count += event.records.length
        if (Number.isFinite(limit)) results.push(...event.records)
        else for (const record of event.records) await print(terminal, record, options, signal)
      } else if (event.kind === 'done') {
        more = event.more
        before = event.next
        elapsedMs += event.elapsedMs
        linesRead += event.linesRead
      } else live.show([`${linesRead + event.linesRead} lines read, back to ${event.reached}`])
    }
  }
  live.clear()
  printMessage(
    terminal,
    `${count} records of ${linesRead} lines in ${Math.round(elapsedMs)} ms${more ? ', and more' : ''}`,
  )
  if (formOf(options) === 'json') printJson(terminal, { schemaVersion: 1, records: results, more })
  else for (const record of results.toReversed()) await print(terminal, record, options, signal)
  return 0
}

/** The lines of a record's container before and after it, oldest first. */
async function around(
  terminal: Terminal,
  { planeId, record, lines }: { readonly planeId: string; readonly record: string; readonly lines: number },
  options: OptionValues,
  signal: AbortSignal,
): Promise<0> {
  const client = await terminal.client()
  const count = Math.min(lines, pageRecords)
  const { records } = await client.logs.around({ planeId, record, before: count, after: count }, { signal })
  if (records.length === 0) throw new Problem('INPUT_INVALID', `No record with the id "${record}" is stored.`)
  if (formOf(options) === 'json') printJson(terminal, { schemaVersion: 1, records, more: false })
  else for (const each of records) await print(terminal, each, options, signal)
  return 0
}

async function collect(
  terminal: Terminal,
  planeId: string,
  options: OptionValues,
  signal: AbortSignal,
): Promise<0 | 1> {
  const { logs, operations } = await terminal.app()
  const { id } = await logs.collect({ planeId })
  const duration = text(options, 'for')
  const stop = new AbortController()
  signal.addEventListener('abort', () => stop.abort())
  const wait = duration === undefined ? 2 ** 31 - 1 : ageMs(duration)
  const ended = operations.ended(id).finally(() => stop.abort())
  const reporting = reportProblems(terminal, () => logs.status({ planeId }), stop.signal)
  await delay(wait, undefined, { signal: stop.signal }).catch(() => undefined)
  stop.abort()
  await reporting
  await operations.cancel(id)
  const operation = await ended
  const { records, newest } = await logs.status({ planeId })
  printMessage(terminal, `${records} records are stored; the newest is ${age(newest)} old.`)
  if (operation.state !== 'failed') return 0
  printMessage(terminal, `✗ ${operation.problem?.message ?? ''} ${operation.problem?.hint ?? ''}`)
  return 1
}

const reportEveryMs = 2_000

/** Prints why a source is not collected, each time that this changes; also at the end. */
async function reportProblems(
  terminal: Terminal,
  status: () => Promise<LogStatus>,
  signal: AbortSignal,
): Promise<void> {
  const printed = new Map<string, string | undefined>()
  for (;;) {
    // While the vault is locked, nothing is known.
    const { sources } = await status().catch(() => ({ sources: [] }))
    for (const { id, collection } of sources) {
      const problem = collection && problemText(collection)
      if (problem !== undefined && problem !== printed.get(id)) printMessage(terminal, `✗ ${id}: ${problem}`)
      printed.set(id, problem)
    }
    if (signal.aborted) return
    await delay(reportEveryMs, undefined, { signal }).catch(() => undefined)
  }
}

function filters(options: OptionValues) {
  const levels = texts(options, 'level').map((name) => {
    const level = Level.safeParse(name.toUpperCase())
    if (!level.success)
      throw new Problem('INPUT_INVALID', `"${name}" is not a level: FATAL, ERROR, WARN, INFO, DEBUG or TRACE.`)
    return level.data
  })
  const limit = text(options, 'limit') === undefined ? undefined : Number(text(options, 'limit'))
  if (limit !== undefined && (!Number.isInteger(limit) || limit < 1))
    throw new Problem('INPUT_INVALID', '--limit is a number from 1.')
  return {
    levels,
    sources: [...texts(options, 'source')],
    from: optionalTime(text(options, 'since')),
    to: optionalTime(text(options, 'until')),
    limit,
  }
}

/** A slow reader of a pipe holds the search back. */
async function print(terminal: Terminal, record: LogRecord, options: OptionValues, signal: AbortSignal): Promise<void> {
  const { at, level, source, pod, raw } = record
  const line =
    formOf(options) === 'table'
      ? `${at} ${(level ?? '').padEnd(5)} ${source}/${pod} ${withoutColours(raw)}\n`
      : visibleJsonLine(record)
  if (!terminal.stdout.write(line)) await once(terminal.stdout, 'drain', { signal })
}
