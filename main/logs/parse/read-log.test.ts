import { setTimeout as delay } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ReadOptions, type ReadRecord, readLog } from './read-log.ts'
import { maxLineBytes } from './wrapping.ts'

const never = new AbortController().signal

async function* chunksOf(log: Buffer, bytes: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < log.length; at += bytes) yield log.subarray(at, at + bytes)
}

async function read(
  log: string | Buffer,
  options: Partial<ReadOptions> = {},
  chunkBytes = 65_536,
): Promise<ReadRecord[]> {
  const records: ReadRecord[] = []
  const chunks = chunksOf(Buffer.from(log), chunkBytes)
  for await (const batch of readLog(chunks, { format: 'auto', kubelet: false, ...options }, never))
    records.push(...batch)
  return records
}

const shown = (records: readonly ReadRecord[]) =>
  records.map(({ raw, readMs }) => [raw.toString(), readMs === undefined ? undefined : new Date(readMs).toISOString()])

describe('readLog', () => {
  it("takes the kubelet's time off each line, and gives a record that of its first line", async () => {
    const log = [
      '2026-03-14T09:26:53.1Z Traceback (most recent call last):',
      '2026-03-14T09:26:53.2Z   File "a.py", line 1, in f',
      '2026-03-14T09:26:53.3Z',
      "2026-03-14T09:26:53.400000001+00:00 KeyError: 'k'",
      '2026-03-14T09:26:54Z plain',
      'unable to retrieve container logs',
    ].join('\n')
    expect(shown(await read(log, { kubelet: true }, 7))).toEqual([
      [
        'Traceback (most recent call last):\n  File "a.py", line 1, in f\n\nKeyError: \'k\'',
        '2026-03-14T09:26:53.100Z',
      ],
      ['plain', '2026-03-14T09:26:54.000Z'],
      ['unable to retrieve container logs', undefined],
    ])
  })

  it("joins the parts of containerd's lines, and keeps its two streams apart", async () => {
    const log = [
      '2026-03-14T09:26:53.1Z stderr F java.io.IOException: closed',
      '2026-03-14T09:26:53.2Z stdout P first ',
      '2026-03-14T09:26:53.3Z stderr F \tat acme.Orders.read(Orders.java:7)',
      '2026-03-14T09:26:53.4Z stdout P half, ',
      '2026-03-14T09:26:53.5Z stdout F second half',
      '2026-03-14T09:26:53.6Z stderr F \tat acme.Main.main(Main.java:1)',
      '',
    ].join('\n')
    const records = [
      [
        'java.io.IOException: closed\n\tat acme.Orders.read(Orders.java:7)\n\tat acme.Main.main(Main.java:1)',
        '2026-03-14T09:26:53.100Z',
      ],
      ['first half, second half', '2026-03-14T09:26:53.200Z'],
    ]
    expect(shown(await read(log))).toEqual(records)
    expect((await read(log)).map(({ lines }) => lines)).toEqual([3, 1])
    expect(shown(await read(log, {}, 11)).toSorted()).toEqual(records.toSorted())
  })

  it("takes Docker's JSON off each line, and joins lines that it has split", async () => {
    const log = [
      { log: 'time=2026-03-14T09:26:53Z level=WARN msg="half ', stream: 'stderr', time: '2026-03-14T09:26:53.1Z' },
      { log: 'and half"\n', stream: 'stderr', time: '2026-03-14T09:26:53.2Z' },
      { log: '\u001b[31mred\u001b[0m\n', stream: 'stdout', time: '2026-03-14T09:26:53.3Z' },
    ]
    expect(shown(await read(log.map((line) => JSON.stringify(line)).join('\n')))).toEqual([
      ['time=2026-03-14T09:26:53Z level=WARN msg="half and half"', '2026-03-14T09:26:53.100Z'],
      ['\u001b[31mred\u001b[0m', '2026-03-14T09:26:53.300Z'],
    ])
  })

  it('takes a line with another stream for one of the program, so that a file cannot open streams without end', async () => {
    const lineOf = (stream: string): string => JSON.stringify({ log: 'x\n', stream, time: '2026-03-14T09:26:53.1Z' })
    const others = ['__proto__', 'constructor', ...Array.from({ length: 5_000 }, (_, index) => `s${index}`)].map(lineOf)
    const before = process.memoryUsage().arrayBuffers
    const records = await read([lineOf('stdout'), ...others].join('\n'))
    expect(records.map(({ raw }) => raw.toString())).toEqual([...others, 'x'])
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100_000_000)
  })

  it('reads parts of a line of which the last one never comes in lines of 16 MiB', async () => {
    const part = `2026-03-14T09:26:53.1Z stdout P ${'x'.repeat(1_024 * 1_024)}\n`
    const records = await read(part.repeat(34))
    expect(records.map(({ raw }) => raw.length)).toEqual([maxLineBytes, maxLineBytes, 2 * 1_024 * 1_024])
  })

  it('keeps every byte, however the log arrives', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 500 }),
        fc.integer({ min: 1, max: 50 }),
        async (bytes, chunkBytes) => {
          // The first line is not one of a runtime.
          const log = Buffer.concat([Buffer.from('x\n'), bytes])
          const records = await read(log, {}, chunkBytes)
          const joined = records.map(({ raw }) => raw.toString('latin1')).join('\n')
          expect(joined).toBe(log.toString('latin1').replace(/\n$/, ''))
        },
      ),
      { numRuns: 100 },
    )
  })

  it('reads a line over 16 MiB in parts', async () => {
    const records = await read(Buffer.alloc(maxLineBytes * 2 + 10, 'x'))
    expect(records.map(({ raw }) => raw.length)).toEqual([maxLineBytes, maxLineBytes, 10])
  })

  it('gives the last record of a pipe when nothing follows', async () => {
    const stop = new AbortController()
    async function* pipe(): AsyncGenerator<Buffer> {
      yield Buffer.from('one\n\tat two\n')
      await delay(60_000, undefined, { signal: stop.signal })
    }
    const records: string[] = []
    for await (const batch of readLog(pipe(), { format: 'auto', kubelet: false }, never)) {
      records.push(...batch.map(({ raw }) => raw.toString()))
      if (records.length > 0) break
    }
    stop.abort()
    expect(records).toEqual(['one\n\tat two'])
  })

  it('ends when it is aborted, though the source says nothing', async () => {
    const abort = new AbortController()
    const endless = {
      [Symbol.asyncIterator]: () => ({ next: () => new Promise<IteratorResult<Buffer>>(() => undefined) }),
    }
    const reading = readLog(endless, { format: 'auto', kubelet: false }, abort.signal).next()
    abort.abort()
    await expect(reading).rejects.toThrow()
  })
})
