import { spawn } from 'node:child_process'
import { createHash, randomBytes, randomInt, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { importLogs } from '../../main/logs/import/import-logs.ts'
import { LogStore } from '../../main/logs/store/store.ts'
import { type Benchmark, type BenchOptions, median, percentile95, type Row } from './benchmark.ts'

const planeId = '6f3c2a9e-8f3a-4f57-9b0e-0d6c3c1c2f11'
const startMs = Date.UTC(2026, 10, 1)
const days = 3
const rareIds = 100
const traceHits = 20
const traceId = createHash('md5').update('trace of the benchmark').digest('hex')
const withoutLiteral = '[a-f]{7}-[0-9]{4}'

/**
 * The log store beside programs that read the same lines from one plain file. Both read from the page cache. Peers are
 * left out where they are not installed (Debian: ripgrep, lnav, zstd). Bias: the time of a peer includes its start.
 */
export const logs: Benchmark = {
  name: 'logs',
  question: 'How fast are logs stored and found, and how much disk do they take? All files are in the page cache.',
  async run(signal, { lines }: BenchOptions) {
    const folder = await mkdtemp(join(tmpdir(), 'hangar-bench-logs-'))
    try {
      return await measure(folder, lines, signal)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
}

async function measure(folder: string, lines: number, signal: AbortSignal): Promise<Row[]> {
  const raw = join(folder, 'raw.log')
  const ids = await writeCorpus(raw, lines)
  const rawBytes = (await stat(raw)).size
  const zstdMs = await peer(`zstd -q -3 -f '${raw}' -o '${raw}.zst'`, signal)
  const zstdRatio = zstdMs === undefined ? Number.NaN : (await stat(`${raw}.zst`)).size / rawBytes
  const lnavMs = await peer(`lnav -n -c ';SELECT count(*) FROM all_logs' '${raw}'`, signal)

  const key = randomBytes(32)
  const stored = join(folder, 'store')
  const importMs = await timed(() => importFile(raw, stored, key, signal))
  const storedBytes = (await Promise.all((await readdir(stored)).map((name) => stat(join(stored, name))))).reduce(
    (sum, { size }) => sum + size,
    0,
  )
  const openMs = await timed(() => {
    const store = LogStore.reading(stored, key)
    store?.summary()
    store?.close()
  })
  const store = LogStore.reading(stored, key)
  if (store === undefined) throw new Error('The store is empty.')
  try {
    const find = (text: string, limit: number): Promise<{ firstMs: number; allMs: number; count: number }> =>
      search(store, text, limit, signal)
    await find('warm', 1)
    const rare: number[] = []
    const rareRaw: number[] = []
    for (const id of ids) {
      rare.push((await find(id, 1)).firstMs)
      rareRaw.push((await peer(`rg -m1 -F '${id}' '${raw}'`, signal)) ?? Number.NaN)
    }
    const trace = await find(traceId, 1_000)
    if (trace.count !== traceHits) throw new Error(`${trace.count} of ${traceHits} lines of the trace were found.`)
    const traceRawMs = await peer(`rg -F ${traceId} '${raw}'`, signal)
    const traceZstdMs = await peer(`zstd -dcq '${raw}.zst' | rg -F ${traceId}`, signal)
    const common: number[] = []
    for (let round = 0; round < 10; round += 1) common.push((await find('accepted', 200)).allMs)
    const histogramMs = await timed(() => store.histogram({ planeId }, signal))
    const regexMs = await timed(() => store.histogram({ planeId, text: `/${withoutLiteral}/` }, signal))
    const regexFirst = await find(`/${withoutLiteral}/`, 1)
    const regexZstdMs = await peer(`zstd -dcq '${raw}.zst' | rg -c '${withoutLiteral}'`, signal)
    const perMillion = (ms: number): number => ms / 1_000 / (lines / 1e6)
    const goal = (value: number | undefined, times: number): Partial<Row> =>
      value === undefined || Number.isNaN(value) ? {} : { goal: value * times }
    const row = (
      metric: string,
      unit: string,
      value: number | undefined,
      limit: Partial<Row> = {},
      subject = 'Hangar',
    ): Row[] => (value === undefined || Number.isNaN(value) ? [] : [{ metric, subject, unit, value, ...limit }])
    const lnavGoal = lnavMs === undefined ? 1 / 0.6 : Math.min(1 / 0.6, perMillion(lnavMs) / 1.5)
    return [
      ...row('import of 1 million lines', 's', perMillion(importMs), { goal: lnavGoal }),
      ...row('import of 1 million lines', 's', lnavMs && perMillion(lnavMs), {}, 'lnav'),
      ...row('disk, of raw', '%', (storedBytes / rawBytes) * 100, goal(zstdRatio * 100, 1.25)),
      ...row('disk, of raw', '%', zstdRatio * 100, {}, 'zstd -3'),
      ...row('rare id, first hit, median', 'ms', median(rare), goal(median(rareRaw), 0.2)),
      ...row('rare id, first hit, 95 %', 'ms', percentile95(rare), goal(percentile95(rareRaw), 0.2)),
      ...row('rare id, first hit, median', 'ms', median(rareRaw), {}, 'ripgrep'),
      ...row('rare id, first hit, 95 %', 'ms', percentile95(rareRaw), {}, 'ripgrep'),
      ...row('trace id, 20 hits', 'ms', trace.allMs, goal(traceRawMs, 0.2)),
      ...row('trace id, 20 hits', 'ms', traceRawMs, {}, 'ripgrep'),
      ...row('trace id, 20 hits', 'ms', traceZstdMs, {}, 'zstd -dc | rg'),
      ...row('common word, first page, median', 'ms', median(common), { goal: 100 }),
      ...row('common word, first page, 95 %', 'ms', percentile95(common)),
      ...row('histogram of everything', 'ms', histogramMs, { goal: 150 }),
      ...row('regex without a literal, counted', 'ms', regexMs, goal(regexZstdMs, 2)),
      ...row('regex without a literal, counted', 'ms', regexZstdMs, {}, 'zstd -dc | rg'),
      ...row('regex without a literal, first hit', 'ms', regexFirst.firstMs, { goal: 300 }),
      ...row('opening the store', 'ms', openMs, { goal: 500 }),
      ...row('memory at the end', 'MB', process.memoryUsage.rss() / 1e6, { goal: 400 }),
    ]
  } finally {
    store.close()
  }
}

/** Mixed formats, about 215 bytes a line, with ids of high entropy. Returns rare ids, spread evenly. */
async function writeCorpus(file: string, lines: number): Promise<string[]> {
  const out = createWriteStream(file)
  const ids: string[] = []
  const pick = <T>(of: readonly [T, ...T[]]): T => of[randomInt(of.length)] ?? of[0]
  for (let from = 0; from < lines; from += 1_000) {
    const chunk: string[] = []
    for (let index = from; index < Math.min(lines, from + 1_000); index += 1) {
      const at = new Date(startMs + Math.floor((index / lines) * days * 86_400_000)).toISOString()
      const id = randomUUID()
      if (index % Math.ceil(lines / rareIds) === 0) ids.push(id)
      const isTraced = index % Math.ceil(lines / traceHits) === 1
      const trace = isTraced ? traceId : randomBytes(16).toString('hex')
      const level = pick(['INFO', 'INFO', 'INFO', 'DEBUG', 'WARN', 'ERROR'])
      const message = pick([
        `order ${randomInt(1_000_000)} accepted`,
        `payment of ${randomInt(9_000)}.${randomInt(99)} requested from the bank`,
        `connection to sap-${randomInt(40)}.internal:8443 refused`,
        `route matched /orders/${randomInt(100_000)}`,
      ])
      chunk.push(
        index % 3 === 0
          ? `{"time":"${at}","level":"${level}","module":"acme/orders","message":"${message}","correlationId":"${id}","traceId":"${trace}","took":${randomInt(900)}}`
          : index % 3 === 1
            ? `time=${at} level=${level} module=acme/invoices message="${message}" correlationId="${id}" traceId=${trace} took=${randomInt(900)}`
            : `[${at}] ${level.padStart(5)} {org.apache.synapse.mediators.builtin.LogMediator} - ${message}, correlation = ${id}, trace = ${trace}, took = ${randomInt(900)} ms`,
      )
    }
    if (!out.write(`${chunk.join('\n')}\n`)) await once(out, 'drain')
  }
  out.end()
  await once(out, 'close')
  return ids
}

async function importFile(file: string, folder: string, key: Buffer, signal: AbortSignal): Promise<void> {
  const store = LogStore.writing(folder, key)
  const input = { path: file, source: 'orders', format: 'auto', kubelet: false } as const
  for await (const _ of importLogs(input, store, signal));
  store.close()
}

async function search(store: LogStore, text: string, limit: number, signal: AbortSignal) {
  const startedMs = performance.now()
  let [firstMs, count] = [Number.NaN, 0]
  for await (const event of store.search({ planeId, text, limit }, signal)) {
    if (event.kind === 'done') continue
    if (count === 0) firstMs = performance.now() - startedMs
    count += event.records.length
  }
  return { firstMs, count, allMs: performance.now() - startedMs }
}

async function timed(run: () => unknown): Promise<number> {
  const startedMs = performance.now()
  await run()
  return performance.now() - startedMs
}

/** Milliseconds of a command whose output is not wanted; undefined where its program is not installed. */
async function peer(command: string, signal: AbortSignal): Promise<number | undefined> {
  const startedMs = performance.now()
  const child = spawn('sh', ['-c', `${command} > /dev/null 2>&1`], { stdio: 'ignore', signal })
  const [code] = await once(child, 'exit')
  return code === 127 ? undefined : performance.now() - startedMs
}
