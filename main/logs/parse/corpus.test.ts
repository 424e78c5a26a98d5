import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { LogFormat } from '../../../preload/contract/profiles.ts'
import { newColumns } from './columns.ts'
import { levels } from './level.ts'
import { parseRecord } from './parse.ts'
import { splitRecords } from './split.ts'

const text = z.union([z.string(), z.array(z.string())])
const Case = z.strictObject({
  kind: z.string(),
  name: z.string(),
  format: LogFormat,
  lines: z.array(z.string()),
  records: z.array(
    z.strictObject({
      /** "kubelet": the line has no moment of its own. Of a list, any is right. */
      time: text.optional(),
      level: text.nullable().optional(),
      message: z.string().optional(),
      messagePart: z.string().optional(),
      module: z.string().optional(),
      traceId: z.string().optional(),
      lines: z.int().optional(),
    }),
  ),
})

const corpus = new URL('../../../test/corpus/logs/', import.meta.url)
const cases = z.array(Case).parse(JSON.parse(readFileSync(new URL('cases.json', corpus), 'utf8')))

function read(log: Buffer, format: LogFormat) {
  const columns = newColumns()
  splitRecords(log, format, true, columns)
  return Array.from({ length: columns.count }, (_, row) => {
    const event = parseRecord(log.subarray(columns.starts[row], columns.ends[row]), format)
    const time = event.atMs === undefined ? 'kubelet' : new Date(event.atMs).toISOString()
    return { ...event, time, lines: columns.lines[row] ?? 0 }
  })
}

describe('lines that were read wrong once', () => {
  it.each(cases)('are read right: $kind, $name', ({ lines, format, records }) => {
    const found = read(Buffer.from(lines.join('\n')), format)
    expect(found).toHaveLength(records.length)
    for (const [index, { time, level, messagePart, ...exact }] of records.entries()) {
      const event = found[index]
      expect(event).toMatchObject(exact)
      if (time !== undefined) expect([time].flat()).toContain(event?.time)
      if (level !== undefined) expect([level].flat()).toContain(event?.level)
      if (messagePart !== undefined) expect(event?.message).toContain(messagePart)
    }
  })
})

const logs = readdirSync(corpus)
  .filter((name) => name.endsWith('.txt'))
  .map((name) => ({ name, log: readFileSync(new URL(name, corpus)) }))

/** Run with `--update` to write what is read now; then look at the difference. */
describe('the corpus of formats', () => {
  it.each(logs)('is read as expected: $name', async ({ name, log }) => {
    const shown = read(log, 'auto').map(
      ({ time, level, levelSource, module, message, fields, traceId, spanId, format, lines }) =>
        JSON.stringify({ time, level, levelSource, format, lines, module, message, fields, traceId, spanId }),
    )
    await expect(`${shown.join('\n')}\n`).toMatchFileSnapshot(
      `../../../test/corpus/logs/expected/${name.replace('.txt', '.ndjson')}`,
    )
  })

  it('has 400 lines', () => {
    const count = logs.reduce((sum, { log }) => sum + log.toString().trimEnd().split('\n').length, 0)
    expect(count).toBeGreaterThanOrEqual(400)
  })

  it.each(logs)('is read the same in chunks, and by the whole parser: $name', ({ log }) => {
    const whole = newColumns()
    splitRecords(log, 'auto', true, whole)
    const rows = (columns: ReturnType<typeof newColumns>, offset: number) =>
      Array.from({ length: columns.count }, (_, row) => ({
        start: (columns.starts[row] ?? 0) + offset,
        end: (columns.ends[row] ?? 0) + offset,
        level: columns.levels[row],
        ms: columns.times[row] === 0 ? undefined : columns.timesMs[row],
        lines: columns.lines[row],
      }))
    for (const chunkBytes of [64, 1_000]) {
      const columns = newColumns()
      const found: ReturnType<typeof rows> = []
      let covered = 0
      for (let end = chunkBytes; covered < log.length; end += chunkBytes) {
        const used = splitRecords(log.subarray(covered, end), 'auto', end >= log.length, columns)
        found.push(...rows(columns, covered))
        covered += used
        if (end >= log.length) break
      }
      expect(found).toEqual(rows(whole, 0))
    }
    for (const { start, end, level, ms } of rows(whole, 0)) {
      const event = parseRecord(log.subarray(start, end), 'auto')
      expect(event.level).toBe(levels[level ?? 0])
      if (event.atMs !== undefined) expect(event.atMs).toBe(ms)
    }
  })
})
