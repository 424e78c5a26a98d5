import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { LogFormat } from '../../../preload/contract/profiles.ts'
import { newColumns } from './columns.ts'
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

function read(lines: readonly string[], format: LogFormat) {
  const log = Buffer.from(lines.join('\n'))
  const columns = newColumns()
  splitRecords(log, format, true, columns)
  return Array.from({ length: columns.count }, (_, row) => {
    const event = parseRecord(log.subarray(columns.starts[row], columns.ends[row]), format)
    const time = event.atMs === undefined ? 'kubelet' : new Date(event.atMs).toISOString()
    return { ...event, time, lines: columns.lines[row] }
  })
}

describe('lines that were read wrong once', () => {
  it.each(cases)('are read right: $kind, $name', ({ lines, format, records }) => {
    const found = read(lines, format)
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
