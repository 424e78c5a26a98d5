import { describe, expect, it } from 'vitest'
import type { StreamLine } from '../parse/join.ts'
import { continueLog, type Entry, type Progress } from './continue.ts'
import { advance, type Position } from './resume.ts'

/** A line written at `ns`; its text is unique to it. */
const line = (ns: number, text = `line ${ns}`): StreamLine => ({ ns: BigInt(ns), text })

/** The log was read up to the line of this time, written after this many restarts. */
function readTo(ns: number, restarts: number, ended = false): Progress {
  return { bookmark: { ...advance(undefined, line(ns)), restarts }, ended }
}

async function* served(times: readonly number[]): AsyncGenerator<StreamLine> {
  for (const ns of times) yield line(ns)
}

interface Case {
  readonly progress?: Progress
  /** The status' restart count, and the times of the lines in the two logs. */
  readonly restarts: number
  readonly current: readonly number[]
  readonly previous?: readonly number[]
}

async function entriesOf({ progress, restarts, current, previous = [] }: Case): Promise<Entry[]> {
  const logs = { restarts, current: served(current), previous: () => served(previous) }
  return await Array.fromAsync(continueLog(progress, logs))
}

/** `line 3` as 3, a gap before it as "gap 1-3", the end of an instance as "end". */
const short = (entry: Entry): number | string => {
  if (entry.kind === 'line') return Number(entry.line.ns)
  return entry.kind === 'gap' ? `gap ${entry.fromNs}-${entry.toNs}` : 'end'
}

const restartsOf = (entry: Entry): number | string => (entry.kind === 'gap' ? entry.kind : entry.restarts)

/** Up to line 2 is stored, by an instance that is still running or was when its stream broke. */
const running = readTo(2, 0)
/** Up to line 2 is stored; it was the instance's last line. */
const ended = readTo(2, 0, true)

const cases: readonly (readonly [string, Case, readonly (number | string)[]])[] = [
  ['a first read stores all lines', { restarts: 0, current: [1, 2] }, [1, 2, 'end']],
  ['a first read of a silent container stores nothing', { restarts: 0, current: [] }, []],
  ['the same instance continues', { progress: running, restarts: 0, current: [1, 2, 3] }, [3, 'end']],
  ['nothing new is only an end', { progress: running, restarts: 0, current: [1, 2] }, ['end']],
  ['a rotated log leaves a gap', { progress: running, restarts: 0, current: [5, 6] }, ['gap 2-5', 5, 6, 'end']],
  [
    'a rotated log leaves a gap though an older instance has a log',
    { progress: running, restarts: 0, previous: [0, 1], current: [5] },
    ['gap 2-5', 5, 'end'],
  ],
  [
    'a stream that the kubelet ended does not hide a later rotation',
    { progress: ended, restarts: 0, current: [5] },
    ['gap 2-5', 5, 'end'],
  ],
  [
    'a reported restart reads the rest of the previous log',
    { progress: running, restarts: 1, previous: [1, 2, 3], current: [5] },
    [3, 'end', 5, 'end'],
  ],
  [
    'a reported restart reads the rest of the previous log before a new instance prints',
    { progress: running, restarts: 1, previous: [1, 2, 3], current: [] },
    [3, 'end'],
  ],
  [
    'a restart that the status lacks reads the rest of the previous log',
    { progress: running, restarts: 0, previous: [1, 2, 3], current: [5] },
    [3, 'end', 5, 'end'],
  ],
  [
    'a restart that the status lacks leaves no gap after a log that was read to the end',
    { progress: ended, restarts: 0, previous: [1, 2], current: [5] },
    ['end', 5, 'end'],
  ],
  [
    'a status that catches up repeats no line',
    { progress: running, restarts: 1, previous: [0, 1], current: [2, 3] },
    [3, 'end'],
  ],
  [
    'a crash loop, where both logs are the same, repeats no line and leaves no gap',
    { progress: ended, restarts: 1, previous: [5, 6], current: [5, 6] },
    [5, 6, 'end', 'end'],
  ],
  [
    'a crash loop that the status lacks repeats no line and leaves no gap',
    { progress: ended, restarts: 0, previous: [5, 6], current: [5, 6] },
    [5, 6, 'end', 'end'],
  ],
  [
    'a crash loop after an interrupted read leaves one gap',
    { progress: running, restarts: 1, previous: [5, 6], current: [5, 6] },
    ['gap 2-5', 5, 6, 'end', 'end'],
  ],
  [
    'a restart between the two requests repeats no line',
    { progress: running, restarts: 0, previous: [5, 6, 7], current: [5, 6] },
    ['gap 2-5', 5, 6, 7, 'end'],
  ],
  [
    'a clock that was set back between two instances loses no line',
    { progress: readTo(12, 0), restarts: 1, previous: [11, 12, 13], current: [3, 4] },
    [13, 'end', 3, 4, 'end'],
  ],
  [
    'two restarts leave a gap, and both logs are stored',
    { progress: ended, restarts: 2, previous: [5, 6], current: [8] },
    ['gap 2-5', 5, 6, 'end', 8, 'end'],
  ],
  ['a removed previous log leaves a gap', { progress: running, restarts: 1, current: [8] }, ['gap 2-8', 8, 'end']],
  [
    'a removed previous log leaves no gap when it had been read to the end',
    { progress: ended, restarts: 1, current: [8] },
    [8, 'end'],
  ],
]

describe('continueLog', () => {
  it.each(cases)('%s', async (_title, given, expected) => {
    expect((await entriesOf(given)).map(short)).toEqual(expected)
  })

  it('compares lines of one nanosecond by their text', async () => {
    const stored = [line(2, 'a'), line(2, 'a'), line(2, 'b')]
    const position = stored.reduce<Position | undefined>(advance, undefined)
    const bookmark = { ns: 2n, seen: position?.seen ?? [], restarts: 0 }
    const again = [...stored, line(2, 'a'), line(2, 'c')]
    const logs = { restarts: 0, current: toStream(again), previous: () => served([]) }

    const entries = await Array.fromAsync(continueLog({ bookmark, ended: false }, logs))

    expect(entries.flatMap((entry) => (entry.kind === 'line' ? [entry.line.text] : []))).toEqual(['a', 'c'])
  })

  it('counts a restart that only the logs show', async () => {
    const entries = await entriesOf({ progress: running, restarts: 0, previous: [1, 2, 3], current: [5] })

    expect(entries.map(restartsOf)).toEqual([0, 0, 1, 1])
  })

  it.each([
    [1, ['gap', 1, 1, 1, 1]],
    [2, ['gap', 1, 1, 2, 2]],
    [3, ['gap', 2, 2, 3, 3]],
  ])(
    'counts the restarts of a previous log without the last stored line from a status of %i',
    async (restarts, expected) => {
      const entries = await entriesOf({ progress: running, restarts, previous: [5], current: [8] })

      expect(entries.map(restartsOf)).toEqual(expected)
    },
  )

  it('reads a previous log once, though the new instance prints nothing', async () => {
    const [line, end] = await entriesOf({ progress: running, restarts: 3, previous: [1, 2, 3], current: [] })
    if (line?.kind !== 'line' || end?.kind !== 'end') return expect.fail('the rest of the previous log is missing')
    const progress = { bookmark: { ...advance(undefined, line.line), restarts: end.restarts }, ended: true }
    const previous = () => expect.fail('the previous log is read again')

    const entries = await Array.fromAsync(continueLog(progress, { restarts: 3, current: served([]), previous }))

    expect(entries).toEqual([])
  })

  it('reads the previous log only when the last stored line is not in the current one', async () => {
    let reads = 0
    const previous = () => {
      reads += 1
      return served([])
    }
    await Array.fromAsync(continueLog(running, { restarts: 0, current: served([1, 2, 3]), previous }))
    expect(reads).toBe(0)
    await Array.fromAsync(continueLog(running, { restarts: 0, current: served([4, 5]), previous }))
    expect(reads).toBe(1)
  })

  it('stores each line of a crash loop once, whenever it is read and however late the status is', async () => {
    // Instances print two lines each. Every state that the API can show, in order: [status, kubelet's instance].
    const logOf = (instance: number): number[] => [instance * 10 + 1, instance * 10 + 2]
    for (let seed = 0; seed < 64; seed += 1) {
      let progress: Progress | undefined
      const stored: (number | string)[] = []
      for (let instance = 0; instance < 6; instance += 1) {
        // Bits of the seed choose: is the status late, does the container wait for its next start?
        const late = ((seed >> instance) & 1) === 1
        const waiting = ((seed >> (5 - instance)) & 1) === 1
        const restarts = late ? Math.max(0, instance - 1) : instance
        const previous = waiting ? logOf(instance) : instance > 0 ? logOf(instance - 1) : []
        for (const entry of await entriesOf({ progress, restarts, previous, current: logOf(instance) })) {
          if (entry.kind === 'line') {
            const bookmark = { ...advance(progress?.bookmark, entry.line), restarts: entry.restarts }
            progress = { bookmark, ended: false }
          }
          if (entry.kind === 'end' && progress !== undefined) {
            progress = { bookmark: { ...progress.bookmark, restarts: entry.restarts }, ended: true }
          }
          if (entry.kind !== 'end') stored.push(short(entry))
        }
      }
      expect(stored, `seed ${seed}`).toEqual([0, 1, 2, 3, 4, 5].flatMap(logOf))
    }
  })
})

async function* toStream(lines: readonly StreamLine[]): AsyncGenerator<StreamLine> {
  yield* lines
}
