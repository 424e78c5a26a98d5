import { setTimeout as delay } from 'node:timers/promises'
import { Level, type LogRecord } from '../../preload/contract/logs.ts'
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
import { parseLogs } from './logs-parse.ts'
import { existingPlane, openVault } from './plane.ts'
import { age, printJson, printJsonLine, printMessage, withoutColours } from './print.ts'

export const logsCommand: Command = {
  name: 'logs',
  usage: '[text] [file]',
  summary: 'search the logs stored on this computer; needs no cluster. "logs parse [FILE|-]" prints how lines are read',
  options: [
    { flags: '--plane <name>', help: 'the plane; optional if there is only one' },
    { flags: '--context <name>', help: 'the plane on this context' },
    ...kubeconfigOptions,
    { flags: '--level <level>', help: 'FATAL, ERROR, WARN, INFO, DEBUG or TRACE (can be repeated)', repeatable: true },
    { flags: '--source <id>', help: 'only this log source (can be repeated)', repeatable: true },
    { flags: '--since <time>', help: 'from this time: RFC 3339, or an age such as 15m, 2h, 3d' },
    { flags: '--until <time>', help: 'up to this time' },
    { flags: '--limit <count>', help: 'print at most this many records', initial: '200' },
    { flags: '--collect', help: 'collect from the cluster until Ctrl-C, or for --for' },
    { flags: '--for <age>', help: 'with --collect: stop after this time, such as 30s or 5m' },
    { flags: '--follow', help: 'show what is collected as it arrives' },
    { flags: '--passphrase-file <file>', help: 'file with the vault’s passphrase, for a computer without a keychain' },
    { flags: '--format <name>', help: 'with parse: how lines are read, instead of by what they show' },
    { flags: '--kubelet', help: 'with parse: each line begins with the kubelet’s time' },
    outputOption(['table', 'json', 'ndjson']),
  ],
  async run(terminal, [words, file], options, signal) {
    if (words === 'parse') return parseLogs(terminal, file, options, signal)
    if (file !== undefined) throw new Problem('USAGE_INVALID', 'Put a search for several words in quotes.')
    const queryFilters = filters(options)
    const plane = await existingPlane(terminal, options)
    await openVault(terminal, options, signal)
    if (options.collect === true) return collect(terminal, plane.id, options, signal)
    const client = await terminal.client()
    const query = { planeId: plane.id, text: words ?? '', ...queryFilters }
    if (options.follow === true) {
      for await (const { records } of await client.logs.follow(query, { signal })) {
        for (const record of records) print(terminal, record, options)
      }
      return 0
    }
    const results: LogRecord[] = []
    let more = false
    for await (const event of await client.logs.search(query, { signal })) {
      if (event.kind === 'done') {
        more = event.more
        printMessage(
          terminal,
          `${results.length} records in ${Math.round(event.elapsedMs)} ms${more ? ', and more' : ''}`,
        )
        continue
      }
      results.push(...event.records)
    }
    if (formOf(options) === 'json') printJson(terminal, { schemaVersion: 1, records: results, more })
    // Oldest first, so that the newest record is at the prompt.
    else for (const record of results.toReversed()) print(terminal, record, options)
    return 0
  },
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
  await delay(wait, undefined, { signal: stop.signal }).catch(() => undefined)
  await operations.cancel(id)
  const operation = await ended
  const { records, newest } = await logs.status({ planeId })
  printMessage(terminal, `${records} records are stored; the newest is ${age(newest)} old.`)
  if (operation.state !== 'failed') return 0
  printMessage(terminal, `✗ ${operation.problem?.message ?? ''} ${operation.problem?.hint ?? ''}`)
  return 1
}

function filters(options: OptionValues) {
  const levels = texts(options, 'level').map((name) => {
    const level = Level.safeParse(name.toUpperCase())
    if (!level.success)
      throw new Problem('INPUT_INVALID', `"${name}" is not a level: FATAL, ERROR, WARN, INFO, DEBUG or TRACE.`)
    return level.data
  })
  const limit = Number(text(options, 'limit'))
  if (!Number.isInteger(limit) || limit < 1 || limit > 1_000)
    throw new Problem('INPUT_INVALID', '--limit is a number from 1 to 1000.')
  return {
    levels,
    sources: [...texts(options, 'source')],
    from: time(text(options, 'since')),
    to: time(text(options, 'until')),
    limit,
  }
}

function time(given: string | undefined): string | undefined {
  if (given === undefined) return undefined
  if (/^\d+[smhd]$/.test(given)) return new Date(Date.now() - ageMs(given)).toISOString()
  const at = Date.parse(given)
  if (Number.isNaN(at))
    throw new Problem('INPUT_INVALID', `"${given}" is neither a time (RFC 3339) nor an age such as 15m.`)
  return new Date(at).toISOString()
}

const unitsMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

function ageMs(given: string): number {
  const parts = /^(\d+)([smhd])$/.exec(given)
  const unit = (['s', 'm', 'h', 'd'] as const).find((each) => each === parts?.[2])
  if (parts === null || unit === undefined)
    throw new Problem('INPUT_INVALID', `"${given}" is not an age such as 30s, 5m, 2h or 3d.`)
  return Number(parts[1]) * unitsMs[unit]
}

function print(terminal: Terminal, record: LogRecord, options: OptionValues): void {
  if (formOf(options) !== 'table') printJsonLine(terminal, record)
  else
    terminal.stdout.write(
      `${record.at} ${(record.level ?? '').padEnd(5)} ${record.source}/${record.pod} ${withoutColours(record.raw)}\n`,
    )
}
