import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LogFormat } from '../../../preload/contract/profiles.ts'
import { hostileLines } from '../../../test/corpus/hostile/logs.ts'
import { startCpuTime } from '../../../test/cpu-time.ts'
import { newColumns, timeKinds } from './columns.ts'
import { levels } from './level.ts'
import { parseRecord } from './parse.ts'
import { splitRecords } from './split.ts'

interface Row {
  readonly text: string
  readonly level: string | null
  readonly time: string
  readonly ms: number | undefined
  readonly lines: number
}

/** The rows of a log that arrives in chunks of this size. */
function split(log: Buffer, format: LogFormat = 'auto', chunkBytes = Math.max(1, log.length)): Row[] {
  const columns = newColumns(1)
  const rows: Row[] = []
  let rest = Buffer.alloc(0)
  for (let at = 0; at < log.length || at === 0; at += chunkBytes) {
    const bytes = Buffer.concat([rest, log.subarray(at, at + chunkBytes)])
    const used = splitRecords(bytes, format, at + chunkBytes >= log.length, columns)
    for (let row = 0; row < columns.count; row += 1) {
      const time = timeKinds[columns.times[row] ?? 0] ?? 'none'
      rows.push({
        text: bytes.toString('latin1', columns.starts[row], columns.ends[row]),
        level: levels[columns.levels[row] ?? 0] ?? null,
        time,
        ms: time === 'none' ? undefined : columns.timesMs[row],
        lines: columns.lines[row] ?? 0,
      })
    }
    rest = bytes.subarray(used)
  }
  return rows
}

const lines = [
  'time=2026-03-14T09:26:53.417Z level=WARN module=acme/soap message="refused" payload=<order>',
  '  <id>7</id>',
  '</order> code=400',
  '[2026-03-14 09:26:53,442]  INFO {LogMediator} - {api:Parcels} in',
  'a second line of the message',
  'java.io.IOException: closed',
  '\tat acme.Orders.read(Orders.java:7)',
  'Caused by: java.io.EOFException',
  '',
  'Traceback (most recent call last):',
  '  File "/app/job.py", line 4, in <module>',
  'ValueError: no id',
  '{"level":"info","ts":1773480413.4701,"msg":"one"}',
  '{',
  '  "level": "error"',
  '}',
  'Mar 14, 2026 9:26:53 AM acme.Orders read',
  'SEVERE: closed',
  'plain text',
  '\u001b[31m2026-03-14 09:26:53,533 ERROR acme - red\u001b[0m',
  '10.0.0.7 - - [14/Mar/2026:09:26:53 +0000] "GET /orders HTTP/1.1" 200 88',
]
const anyLog = fc
  .array(fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...lines) }, fc.string({ maxLength: 40, unit: 'binary' })), {
    maxLength: 30,
  })
  .map((all) => Buffer.from(all.join('\n')))

describe('splitRecords', () => {
  it('covers every byte of the log, in order', () => {
    fc.assert(
      fc.property(anyLog, fc.constantFrom<LogFormat>('auto', 'micro-integrator', 'plain'), (log, format) => {
        const text = split(log, format).map((row) => row.text)
        expect(text.join('\n')).toBe(log.toString('latin1').replace(/\n$/, ''))
      }),
      { numRuns: 300 },
    )
  })

  it('gives the same records however the log is cut into chunks', () => {
    fc.assert(
      fc.property(anyLog, fc.integer({ min: 1, max: 300 }), (log, chunkBytes) => {
        expect(split(log, 'auto', chunkBytes)).toEqual(split(log))
      }),
      { numRuns: 300 },
    )
  })

  it('gives the level and the time that the whole parser reads', () => {
    fc.assert(
      fc.property(anyLog, (log) => {
        for (const row of split(log)) {
          const event = parseRecord(Buffer.from(row.text, 'latin1'), 'auto')
          expect([event.level, event.atMs]).toEqual([row.level, row.time === 'zoned' ? row.ms : undefined])
        }
      }),
      { numRuns: 300 },
    )
  })

  it('reads any bytes', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 2_000 }),
        fc.constantFrom('', '{"', '[2026-03-14 09', 'time='),
        (bytes, start) => {
          const log = Buffer.concat([Buffer.from(start), bytes])
          const breaks = log.filter((byte) => byte === 0x0a).length
          const count = log.length === 0 || log.at(-1) === 0x0a ? breaks : breaks + 1
          expect(split(log).reduce((sum, row) => sum + row.lines, 0)).toBe(count)
          expect(parseRecord(log, 'auto').format).toBeTruthy()
        },
      ),
      { numRuns: 500 },
    )
  })

  it('keeps the 1,024 frames of a Java stack, and its causes, in one record', () => {
    const frames = Array.from({ length: 1_024 }, (_, index) => `\tat acme.Orders.next(Orders.java:${index})`)
    const trace = [
      'java.lang.StackOverflowError',
      ...frames,
      'Caused by: java.lang.Error: x',
      ...frames,
      '\t... 7 more',
    ]
    const log = Buffer.from(
      ['[2026-03-14 09:26:53,442] ERROR {A} - deep', ...trace, 'time=2026-03-14T09:26:53Z level=INFO message=m'].join(
        '\n',
      ),
    )
    expect(split(log).map((row) => row.lines)).toEqual([1 + trace.length, 1])
  })

  it('splits a record that never ends, by lines and by bytes', () => {
    expect(split(Buffer.from('\tat x\n'.repeat(21_000))).map((row) => row.lines)).toEqual([10_000, 10_000, 1_000])
    const long = `\t${'x'.repeat(400_000)}\n`
    expect(split(Buffer.from(long.repeat(5))).map((row) => row.lines)).toEqual([2, 2, 1])
  })

  it('reads the level of a line of 16 MiB', () => {
    const log = Buffer.from(`{"message":"${'x'.repeat(16 * 1024 * 1024)}","level":"error"}`)
    const [row, ...more] = split(log)
    expect([row?.level, row?.text.length, more.length]).toEqual(['ERROR', log.length, 0])
    expect(parseRecord(log, 'auto')).toMatchObject({ format: 'json', level: 'ERROR' })
  })

  it('takes time in proportion to the length for malformed members of JSON', () => {
    const log = Buffer.from(`{${'"a":{"}",'.repeat(60_000)}"level":"warn"}`)
    const cpuMs = startCpuTime()
    expect(split(log)[0]?.level).toBe('WARN')
    expect(cpuMs()).toBeLessThan(1_000)
  })

  it.each(hostileLines)('splits within a second: $name', ({ text }) => {
    const log = Buffer.from(text())
    const cpuMs = startCpuTime()
    expect(split(log)).toHaveLength(1)
    parseRecord(log, 'auto')
    expect(cpuMs()).toBeLessThan(1_000)
  })
})
