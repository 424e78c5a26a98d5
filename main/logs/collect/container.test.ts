import { describe, expect, it } from 'vitest'
import type { KubernetesClient, RequestOptions } from '../../lib/kubernetes/client.ts'
import { KubernetesError } from '../../lib/kubernetes/failure.ts'
import type { Bookmark } from '../store/catalog.ts'
import type { Batch } from '../store/store.ts'
import { type ContainerTarget, followContainer } from './container.ts'
import { readStreamLine } from './stream-line.ts'

const target: ContainerTarget = {
  source: 'orders',
  namespace: 'n',
  pod: 'p',
  podUid: 'u',
  container: 'c',
  format: 'auto',
}

/** One life of the container as the kubelet would serve it: which lines there are, and whether the stream then breaks. */
interface Life {
  readonly restarts: number
  readonly lines: readonly string[]
  readonly previous?: readonly string[]
}

/** Stands in for an API server at the client's boundary: the real one rotates and restarts only when it likes. */
function servesInTurn(lives: readonly Life[]) {
  const asked: (RequestOptions['query'] & { readonly path: string })[] = []
  let turn = -1
  const client: KubernetesClient = {
    server: 'https://far-end.invalid',
    async request<Answer>() {
      turn += 1
      const life = lives[turn]
      if (life === undefined)
        throw new KubernetesError('INTERNAL', 'gone', { code: 404, reason: 'NotFound', message: 'gone' })
      return {
        metadata: { uid: 'u' },
        status: { containerStatuses: [{ name: 'c', restartCount: life.restarts }] },
      } as Answer
    },
    async stream(path, { query }) {
      asked.push({ path, ...query })
      const { lines = [], previous = [] } = lives[turn] ?? {}
      const since = Date.parse(String(query?.sinceTime ?? '1970-01-01T00:00:00Z'))
      const shown = (query?.previous ? previous : lines).filter((line) => Date.parse(`${line.slice(0, 19)}Z`) >= since)
      return (async function* () {
        for (const line of shown) yield Buffer.from(`${line}\n`)
      })()
    },
    socket: () => Promise.reject(new Error('nothing here opens one')),
    close: async () => undefined,
  }
  return { client, asked }
}

async function follow(lives: readonly Life[], bookmark?: Bookmark) {
  const { client, asked } = servesInTurn(lives)
  const batches: Batch[] = []
  const ports = { client, bookmark: () => bookmark, append: (batch: Batch) => void batches.push(batch) }
  await followContainer(target, ports, AbortSignal.timeout(8_000))
  return {
    raws: batches.flatMap(({ records }) => records.map(({ raw }) => raw)),
    last: batches.at(-1)?.bookmark,
    asked,
  }
}

const at = (ms: number, text: string): string => `2026-11-22T10:00:00.${String(ms).padStart(3, '0')}Z ${text}`
const nsAt = (ms: number): bigint => BigInt(Date.parse('2026-11-22T10:00:00Z') + ms) * 1_000_000n

describe('followContainer', () => {
  it('keeps each line once when the stream breaks and is asked for again', async () => {
    const { raws } = await follow([
      { restarts: 0, lines: [at(1, 'a'), at(2, 'b')] },
      { restarts: 0, lines: [at(1, 'a'), at(2, 'b'), at(2, 'b2'), at(3, 'c')] },
    ])
    expect(raws).toEqual(['a', 'b', 'b2', 'c'])
  })

  it('keeps two equal lines of one nanosecond', async () => {
    const twice = [at(1, 'same'), at(1, 'same')]
    const { raws } = await follow([
      { restarts: 0, lines: twice },
      { restarts: 0, lines: [...twice, at(2, 'next')] },
    ])
    expect(raws).toEqual(['same', 'same', 'next'])
  })

  it('goes on after the bookmark of an earlier run', async () => {
    const first = await follow([{ restarts: 0, lines: [at(1, 'a'), at(2, 'b')] }])
    const { raws } = await follow([{ restarts: 0, lines: [at(1, 'a'), at(2, 'b'), at(3, 'c')] }], first.last)
    expect(raws).toEqual(['c'])
  })

  it('says that lines are missing when the last known one was rotated away', async () => {
    const first = await follow([{ restarts: 0, lines: [at(1, 'a')] }])
    const { raws } = await follow([{ restarts: 0, lines: [at(900, 'z')] }], first.last)
    expect(raws).toEqual([expect.stringMatching(/^Lines are missing here/), 'z'])
  })

  it('asks for the rest of the former life after a restart', async () => {
    const { raws, asked } = await follow([
      { restarts: 0, lines: [at(1, 'a')] },
      { restarts: 1, previous: [at(1, 'a'), at(2, 'last words')], lines: [at(500, 'born again')] },
    ])
    expect(raws).toEqual(['a', 'last words', 'born again'])
    expect(asked.filter(({ previous }) => previous === true)).toHaveLength(1)
  })

  it('keeps a stack trace as one record and its bookmark after the last line', async () => {
    const { raws, last } = await follow([
      { restarts: 0, lines: [at(1, '[2026-11-22 10:00:00,001] ERROR {A} - x'), at(2, '\tat a.B(B.java:1)')] },
    ])
    expect(raws).toEqual(['[2026-11-22 10:00:00,001] ERROR {A} - x\n\tat a.B(B.java:1)'])
    expect(last?.ns).toBe(nsAt(2))
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

  it('leaves alone what is no stamped line', () => {
    expect(readStreamLine('unable to retrieve container logs')).toBeUndefined()
  })
})
