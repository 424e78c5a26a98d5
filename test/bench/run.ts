import { writeFile } from 'node:fs/promises'
import { arch, cpus, platform, release, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import Table from 'cli-table3'
import { explain } from '../../main/fault.ts'
import { interruptSignal } from '../../main/lib/interrupt.ts'
import type { Benchmark } from './benchmark.ts'

/** `npm run bench -- NAME [--json FILE]`: measures Hangar beside a comparison in the same run, prints a table, and writes it to FILE. */
const benchmarks: ReadonlyMap<string, () => Promise<Benchmark>> = new Map([
  // Only the one that runs is loaded: the others would count as its memory.
  ['start', async () => (await import('./start.bench.ts')).start],
  ['window', async () => (await import('./window.bench.ts')).windowBench],
  ['connectivity', async () => (await import('./connectivity.bench.ts')).connectivity],
  ['health', async () => (await import('./health.bench.ts')).health],
  ['workloads', async () => (await import('./workloads.bench.ts')).workloads],
  ['logs', async () => (await import('./logs.bench.ts')).logs],
  ['logs-parse', async () => (await import('./logs-parse.bench.ts')).logsParse],
  ['install', async () => (await import('./install.bench.ts')).install],
])

const { values, positionals } = parseArgs({
  options: { json: { type: 'string' }, lines: { type: 'string', default: '3000000' } },
  allowPositionals: true,
})
const chosen = await benchmarks.get(positionals[0] ?? '')?.()
if (chosen === undefined) {
  console.error(`Usage: npm run bench -- ${[...benchmarks.keys()].join('|')} [--json FILE] [--lines COUNT]`)
  process.exit(2)
}
const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${platform()} ${release()} ${arch()}, Node ${process.versions.node}`
console.error(`${chosen.question}\n${machine}`)
const stop = interruptSignal()
const measured = await chosen.run(stop, { lines: Number(values.lines) }).catch((error: unknown) => {
  console.error(stop.aborted ? 'Stopped: nothing was measured.' : `Nothing was measured. ${explain(error)}`)
  process.exit(stop.aborted ? 130 : 1)
})
const rows = measured.map((row) => ({ ...row, met: row.goal === undefined ? undefined : row.value < row.goal }))
const table = new Table({ head: ['metric', 'subject', 'value', 'goal', 'met'] })
for (const { metric, subject, unit, value, goal, met } of rows) {
  table.push([
    metric,
    subject,
    `${Math.round(value * 10) / 10} ${unit}`,
    goal === undefined ? '' : `< ${goal} ${unit}`,
    met === undefined ? '' : met ? 'yes' : 'no',
  ])
}
console.log(table.toString())
if (values.json !== undefined)
  await writeFile(values.json, `${JSON.stringify({ name: chosen.name, machine, rows }, undefined, 2)}\n`).catch(
    (error: unknown) => {
      console.error(`The figures were not kept. ${explain(error)}`)
      process.exitCode = 1
    },
  )
