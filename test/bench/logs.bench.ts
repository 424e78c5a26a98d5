import { execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { z } from 'zod'
import { importLogs } from '../../main/logs/import/import-logs.ts'
import { LogStore } from '../../main/logs/store/store.ts'
import { type Benchmark, type BenchOptions, median, percentile95, type Row } from './benchmark.ts'
import { traceHits, traceId } from './log-corpus.ts'

const planeId = '6f3c2a9e-8f3a-4f57-9b0e-0d6c3c1c2f11'
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
  const ids = await writeCorpus(raw, lines, signal)
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
      ...row('most memory of the process', 'MB', (process.resourceUsage().maxRSS * 1_024) / 1e6, { goal: 400 }),
    ]
  } finally {
    store.close()
  }
}

/** Returns rare ids, spread evenly. In a process of its own: the memory of this one is Hangar's. */
async function writeCorpus(file: string, lines: number, signal: AbortSignal): Promise<string[]> {
  const writer = fileURLToPath(new URL('./log-corpus.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [writer, file, String(lines)], { signal })
  return z.array(z.string()).parse(JSON.parse(stdout))
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
