import { describe, expect, it } from 'vitest'
import { type EngineLines, type Entry, linesOf, type NsRange, type Page } from './engine.ts'
import { type Ask, openLoki, originLabels } from './loki.ts'
import { type ScriptedLine, scriptedLoki } from './scripted-loki.ts'

const signal = new AbortController().signal
const labels = { namespace: 'a', pod: 'p', container: 'c', stream: 'stdout' }
const range = { fromNs: 0n, toNs: 10_000_000_000n }
const container = { namespace: 'a', pod: 'p', container: 'c' }

async function opened(ask: Ask): Promise<EngineLines> {
  const lines = await openLoki(ask)(['a'], { fromMs: 0, toMs: 10_000 }, signal)
  if (lines === undefined) throw new Error('there are no lines')
  return lines
}

const all = async (lines: readonly ScriptedLine[], options?: Parameters<typeof scriptedLoki>[1]): Promise<Entry[]> => {
  const found: Entry[] = []
  for await (const page of linesOf(await opened(scriptedLoki(lines, options).ask), container, range, signal))
    found.push(...page)
  return found
}

it('originLabels knows the names that usual collectors give', () => {
  expect(originLabels(['job', 'namespace', 'pod', 'container'])?.pod).toBe('pod')
  expect(originLabels(['k8s_container_name', 'k8s_namespace_name', 'k8s_pod_name'])?.pod).toBe('k8s_pod_name')
  expect(originLabels(['job', 'pod'])).toBeUndefined()
})

describe('linesOf', () => {
  it.each([
    ['one nanosecond apart', (index: number) => BigInt(index)],
    ['several of one nanosecond, where pages end among them', (index: number) => BigInt(Math.floor(index / 7) * 7)],
  ])('gives each of 12,000 lines once and in order: %s', async (_, nsOf) => {
    const lines = Array.from({ length: 12_000 }, (__, index) => ({ ns: nsOf(index), line: `line ${index}`, labels }))

    expect((await all(lines)).map(({ line }) => line)).toEqual(lines.map(({ line }) => line))
  })

  it('gives like lines of one nanosecond as often as there are', async () => {
    const lines = Array.from({ length: 5_003 }, (_, index) => ({
      ns: index < 4_998 ? BigInt(index) : 5_000n,
      line: 'same',
      labels,
    }))

    expect(await all(lines)).toHaveLength(5_003)
  })

  it('gives each line once from the newest to the oldest, where pages end among lines of one nanosecond', async () => {
    const lines = Array.from({ length: 3_000 }, (_, index) => ({
      ns: BigInt(index >> 2),
      line: `line ${index}`,
      labels,
    }))
    const loki = await opened(scriptedLoki(lines).ask)
    const found: string[] = []
    for (let rest: NsRange | undefined = range; rest !== undefined; ) {
      const page: Page = await loki.page({ containers: [container], direction: 'backward', limit: 50 }, rest, signal)
      found.unshift(...page.entries.map(({ line }) => line))
      rest = page.rest
    }

    expect(found).toEqual(lines.map(({ line }) => line))
  })

  it('gives lines of several streams in the order of their time', async () => {
    const streams = [labels, { ...labels, stream: 'stderr' }]
    const lines = Array.from({ length: 6_000 }, (_, index) => ({
      ns: BigInt(index),
      line: String(index),
      labels: streams[index % 2] ?? labels,
    }))

    expect((await all(lines)).map(({ ns }) => Number(ns))).toEqual(lines.map((_, index) => index))
  })

  it('asks for fewer lines at once where the server permits fewer', async () => {
    const lines = Array.from({ length: 3_000 }, (_, index) => ({ ns: BigInt(index), line: String(index), labels }))

    expect(await all(lines, { maxLines: 700 })).toHaveLength(3_000)
  })

  it('fails where a nanosecond has more lines than a page, and does not leave them out', async () => {
    const lines = Array.from({ length: 5_001 }, (_, index) => ({ ns: 1n, line: String(index), labels }))

    await expect(all(lines)).rejects.toMatchObject({ code: 'LOG_ENGINE_REFUSED' })
  })

  it.each([
    [null],
    [[]],
    ['<html>'],
    [{ data: { resultType: 'matrix', result: [] } }],
    [{ data: { resultType: 'streams', result: [{ stream: {}, values: [['x', 'y']] }] } }],
  ])('refuses an answer that is not Loki’s: %j', async (answer) => {
    const { ask } = scriptedLoki([{ ns: 1n, line: 'x', labels }])
    const other: Ask = async (path, query, until) => (path.endsWith('query_range') ? answer : ask(path, query, until))
    const pages = linesOf(await opened(other), container, range, signal)

    await expect(pages.next()).rejects.toMatchObject({ code: 'LOG_ENGINE_UNAVAILABLE' })
  })
})
