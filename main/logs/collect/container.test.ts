import { describe, expect, it } from 'vitest'
import type { KubernetesClient, RequestOptions } from '../../lib/kubernetes/client.ts'
import { KubernetesError } from '../../lib/kubernetes/failure.ts'
import type { Batch } from '../store/batch.ts'
import type { Bookmark } from '../store/bookmark.ts'
import { followContainer } from './container.ts'
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

/** What the API server and the kubelet serve at one moment. */
interface Moment {
  /** `restartCount` in the pod's status, which may be behind the kubelet. */
  readonly restarts: number
  readonly lines: readonly string[]
  /** The log of the previous instance; without it the request is refused, as the kubelet does. */
  readonly previous?: readonly string[]
}

/** A fake client: a real API server cannot be made to rotate a log or to restart a container between two requests. */
function fakeClient(moments: readonly Moment[]) {
  const requests: (RequestOptions['query'] & { readonly path: string })[] = []
  let turn = -1
  const client: KubernetesClient = {
    server: 'https://fake.invalid',
    async request<Answer>() {
      turn += 1
      const moment = moments[turn]
      if (moment === undefined) throw refusal(404, 'NotFound')
      return {
        metadata: { uid: 'u' },
        status: { containerStatuses: [{ name: 'c', restartCount: moment.restarts }] },
      } as Answer
    },
    async stream(path, { query }) {
      requests.push({ path, ...query })
      const moment = moments[turn]
      const lines = query?.previous ? moment?.previous : moment?.lines
      if (lines === undefined) throw refusal(400, 'BadRequest')
      const since = Date.parse(String(query?.sinceTime ?? '1970-01-01T00:00:00Z'))
      const served = lines.filter((line) => Date.parse(`${line.slice(0, 19)}Z`) >= since)
      return (async function* () {
        for (const line of served) yield Buffer.from(`${line}\n`)
      })()
    },
    socket: () => Promise.reject(new Error('not used here')),
    close: async () => undefined,
  }
  return { client, requests }
}

const refusal = (code: number, reason: string) =>
  new KubernetesError('CLUSTER_REFUSED', reason, { code, reason, message: reason })

async function follow(moments: readonly Moment[], bookmark?: Bookmark) {
  const { client, requests } = fakeClient(moments)
  const batches: Batch[] = []
  const ports = { client, bookmark: () => bookmark, append: (batch: Batch) => void batches.push(batch) }
  await followContainer(target, ports, AbortSignal.timeout(8_000))
  return {
    records: batches.flatMap(({ records }) => records),
    raws: batches.flatMap(({ records }) => records.map(({ raw }) => raw)),
    last: batches.at(-1)?.bookmark,
    requests,
  }
}

const at = (ms: number, text: string): string => `2026-11-22T10:00:00.${String(ms).padStart(3, '0')}Z ${text}`
const nsAt = (ms: number): bigint => BigInt(Date.parse('2026-11-22T10:00:00Z') + ms) * 1_000_000n

describe('followContainer', () => {
  it('stores each line once when the stream ends and is reopened', async () => {
    const { raws } = await follow([
      { restarts: 0, lines: [at(1, 'a'), at(2, 'b')] },
      { restarts: 0, lines: [at(1, 'a'), at(2, 'b'), at(2, 'b2'), at(3, 'c')] },
    ])
    expect(raws).toEqual(['a', 'b', 'b2', 'c'])
  })

  it('stores two equal lines of one nanosecond', async () => {
    const twice = [at(1, 'same'), at(1, 'same')]
    const { raws } = await follow([
      { restarts: 0, lines: twice },
      { restarts: 0, lines: [...twice, at(2, 'next')] },
    ])
    expect(raws).toEqual(['same', 'same', 'next'])
  })

  it('continues after the bookmark of an earlier run', async () => {
    const first = await follow([{ restarts: 0, lines: [at(1, 'a'), at(2, 'b')] }])
    const { raws } = await follow([{ restarts: 0, lines: [at(1, 'a'), at(2, 'b'), at(3, 'c')] }], first.last)
    expect(raws).toEqual(['c'])
  })

  it('records a gap when the last stored line was rotated away', async () => {
    const first = await follow([{ restarts: 0, lines: [at(1, 'a')] }])
    const { raws } = await follow([{ restarts: 0, lines: [at(900, 'z')] }], first.last)
    expect(raws).toEqual([expect.stringMatching(/^Lines are missing here/), 'z'])
  })

  it('reads the rest of the previous instance after a restart', async () => {
    const { raws, requests } = await follow([
      { restarts: 0, lines: [at(1, 'a')] },
      { restarts: 1, previous: [at(1, 'a'), at(2, 'last words')], lines: [at(500, 'started again')] },
    ])
    expect(raws).toEqual(['a', 'last words', 'started again'])
    expect(requests.filter(({ previous }) => previous === true)).toHaveLength(1)
  })

  it('stores the lines of a new instance once while the status still reports the old one', async () => {
    const previous = [at(1, 'a'), at(2, 'last words')]
    const { raws } = await follow([
      { restarts: 0, lines: [at(1, 'a')] },
      { restarts: 0, previous, lines: [at(500, 'started again')] },
      { restarts: 1, previous, lines: [at(500, 'started again'), at(501, 'running')] },
    ])
    expect(raws).toEqual(['a', 'last words', 'started again', 'running'])
  })

  it('stores the lines of a crash loop once and without gaps, though the previous log is the current one', async () => {
    const { raws } = await follow([
      { restarts: 0, lines: [at(1, 'a')] },
      { restarts: 1, previous: [at(500, 'b')], lines: [at(500, 'b')] },
      { restarts: 2, previous: [at(900, 'c')], lines: [at(900, 'c')] },
    ])
    expect(raws).toEqual(['a', 'b', 'c'])
  })

  it('continues with the current instance when the kubelet has removed the previous log', async () => {
    const first = await follow([{ restarts: 0, lines: [at(1, 'a')] }])
    const { raws } = await follow([{ restarts: 3, lines: [at(900, 'z')] }], first.last)
    expect(raws).toEqual([expect.stringMatching(/^Lines are missing here/), 'z'])
  })

  it('stores a stack trace as one record and sets the bookmark after its last line', async () => {
    const { raws, last } = await follow([
      { restarts: 0, lines: [at(1, '[2026-11-22 10:00:00,001] ERROR {A} - x'), at(2, '\tat a.B(B.java:1)')] },
    ])
    expect(raws).toEqual(['[2026-11-22 10:00:00,001] ERROR {A} - x\n\tat a.B(B.java:1)'])
    expect(last?.ns).toBe(nsAt(2))
  })
})

describe('followContainer, with hostile lines', () => {
  it('stores a line nested 50,000 deep once, and its neighbours once', async () => {
    const deep = `{"message":"m","deep":${'['.repeat(50_000)}${']'.repeat(50_000)}}`
    const lines = [at(1, 'before'), at(2, deep), at(3, 'after')]
    const { raws } = await follow([
      { restarts: 0, lines },
      { restarts: 0, lines },
    ])
    expect(raws).toEqual(['before', deep, 'after'])
  })

  it('stores a line of 17 MiB once, in parts, and its neighbours once', async () => {
    const long = 'x'.repeat(17 * 1_048_576)
    const lines = [at(1, 'before'), at(2, long), at(3, '\tafter'), at(4, '\tlast')]
    const { raws } = await follow([
      { restarts: 0, lines },
      { restarts: 0, lines },
    ])
    const parts = raws.slice(1, -1)
    expect([raws.at(0), raws.at(-1)?.slice(-13)]).toEqual(['before', '\n\tafter\n\tlast'])
    expect(parts.join('') + raws.at(-1)?.slice(0, -13)).toBe(long)
    expect(parts.every(({ length }) => length <= 1_000_000)).toBe(true)
  })

  it('adds no line break to a line whose end is short', async () => {
    const long = 'x'.repeat(999_975) + '\t'.repeat(9)
    const { raws } = await follow([{ restarts: 0, lines: [at(1, long)] }])
    expect(raws).toHaveLength(2)
    expect(raws.join('')).toBe(long)
  })

  it('uses the time of the node where a line claims another year', async () => {
    const claim = (time: string): string => `{"message":"m","time":"${time}"}`
    const { records } = await follow([
      {
        restarts: 0,
        lines: [
          at(1, claim('1801-01-01T00:00:00Z')),
          at(2, claim('2024-11-22T10:00:00Z')),
          at(3, claim('2026-11-22T11:59:59+02:00')),
        ],
      },
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
