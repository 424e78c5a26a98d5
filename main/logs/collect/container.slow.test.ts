import { describe, expect, it } from 'vitest'
import type { KubernetesClient } from '../../lib/kubernetes/client.ts'
import { KubernetesError } from '../../lib/kubernetes/failure.ts'
import type { Batch } from '../store/batch.ts'
import { followContainer } from './container.ts'
import { RecordWriter } from './record-writer.ts'
import { readStreamLine } from './stream-line.ts'
import type { ContainerTarget } from './target.ts'

const target: ContainerTarget = {
  source: 'orders',
  namespace: 'n',
  pod: 'p',
  podUid: 'u',
  container: 'c',
  format: 'auto',
}

const refusal = (code: number, reason: string) =>
  new KubernetesError('CLUSTER_REFUSED', reason, { code, reason, message: reason })

/** A fake client, for lines that a server would take long to send: the log of a pod that is deleted when it was read twice. */
function fakeClient(lines: readonly string[]): KubernetesClient {
  let reads = 0
  return {
    server: 'https://fake.invalid',
    async request<Answer>() {
      if (reads > 2) throw refusal(404, 'NotFound')
      return {
        metadata: { uid: 'u' },
        status: { containerStatuses: [{ name: 'c', restartCount: 0, state: { running: {} } }] },
      } as Answer
    },
    async stream(_path, { query }) {
      if (query?.previous) throw refusal(400, 'previous terminated container "c" in pod "p" not found')
      reads += 1
      return (async function* () {
        for (const line of lines) yield Buffer.from(`${line}\n`)
      })()
    },
    socket: () => Promise.reject(new Error('not used here')),
    close: async () => undefined,
  }
}

async function follow(lines: readonly string[]) {
  const batches: Batch[] = []
  const ports = {
    client: fakeClient(lines),
    bookmark: () => batches.at(-1)?.bookmark,
    append: (batch: Batch) => void batches.push(batch),
  }
  await followContainer(target, ports, AbortSignal.timeout(8_000))
  const records = batches.flatMap((batch) => batch.records)
  return { records, raws: records.map(({ raw }) => raw), last: batches.at(-1)?.bookmark }
}

const at = (ms: number, text: string): string => `2026-11-22T10:00:00.${String(ms).padStart(3, '0')}Z ${text}`
const nsAt = (ms: number): bigint => BigInt(Date.parse('2026-11-22T10:00:00Z') + ms) * 1_000_000n

describe('followContainer', () => {
  it('stores a stack trace as one record and sets the bookmark after its last line', async () => {
    const { raws, last } = await follow([at(1, '[2026-11-22 10:00:00,001] ERROR {A} - x'), at(2, '\tat a.B(B.java:1)')])
    expect(raws).toEqual(['[2026-11-22 10:00:00,001] ERROR {A} - x\n\tat a.B(B.java:1)'])
    expect(last?.ns).toBe(nsAt(2))
  })

  it('ends a batch with the day, so that it is in one file of the store', async () => {
    const days: number[][] = []
    const append = (batch: Batch) => void days.push(batch.records.map(({ atMs }) => Math.floor(atMs / 86_400_000)))
    const writer = new RecordWriter({ ...target, format: 'plain' }, undefined, append)
    for (const [index, hours] of [1, 13, 14, 38, 15].entries())
      await writer.write({ ns: nsAt(hours * 3_600_000), text: `line ${index}` }, { restarts: 0 })
    await writer.flush()
    expect(days.map((batch) => [batch.length, new Set(batch).size])).toEqual([
      [2, 1],
      [1, 1],
      [1, 1],
      [1, 1],
    ])
  })
})

describe('followContainer, with hostile lines', () => {
  it('stores a line nested 50,000 deep once, and its neighbours once', async () => {
    const deep = `{"message":"m","deep":${'['.repeat(50_000)}${']'.repeat(50_000)}}`
    const lines = [at(1, 'before'), at(2, deep), at(3, 'after')]
    const { raws } = await follow(lines)
    expect(raws).toEqual(['before', deep, 'after'])
  })

  it('stores a line of 17 MiB once, in parts, and its neighbours once', async () => {
    const long = 'x'.repeat(17 * 1_048_576)
    const lines = [at(1, 'before'), at(2, long), at(3, '\tafter'), at(4, '\tlast')]
    const { raws } = await follow(lines)
    const parts = raws.slice(1, -1)
    expect([raws.at(0), raws.at(-1)?.slice(-13)]).toEqual(['before', '\n\tafter\n\tlast'])
    expect(parts.join('') + raws.at(-1)?.slice(0, -13)).toBe(long)
    expect(parts.every(({ length }) => length <= 1_000_000)).toBe(true)
  })

  it('adds no line break to a line whose end is short', async () => {
    const long = 'x'.repeat(999_975) + '\t'.repeat(9)
    const { raws } = await follow([at(1, long)])
    expect(raws).toHaveLength(2)
    expect(raws.join('')).toBe(long)
  })

  it('uses the time of the node where a line claims another year', async () => {
    const claim = (time: string): string => `{"message":"m","time":"${time}"}`
    const { records } = await follow([
      at(1, claim('1801-01-01T00:00:00Z')),
      at(2, claim('2024-11-22T10:00:00Z')),
      at(3, claim('2026-11-22T11:59:59+02:00')),
    ])
    expect(records.map(({ atMs, atSource }) => [atSource, atMs])).toEqual([
      ['kubelet', Number(nsAt(1) / 1_000_000n)],
      ['kubelet', Number(nsAt(2) / 1_000_000n)],
      ['line', Date.parse('2026-11-22T09:59:59Z')],
    ])
  })
})

describe('readStreamLine', () => {
  it.each([
    ['2026-11-22T10:00:00.12Z x', 120_000_000n, 'x'],
    ['2026-11-22T10:00:00Z ', 0n, ''],
    ['2026-11-22T12:00:00.000000001+02:00 a b', 1n, 'a b'],
  ])('reads %s', (line, ns, text) => {
    expect(readStreamLine(line)).toEqual({ ns: nsAt(0) + ns, text })
  })

  it('ignores a line without a timestamp', () => {
    expect(readStreamLine('unable to retrieve container logs')).toBeUndefined()
  })
})
