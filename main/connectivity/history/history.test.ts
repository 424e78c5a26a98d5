import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { ConnectivityReport } from '../../../preload/contract/connectivity.ts'
import { createHistory } from './history.ts'
import { node, sampleResult as row, sampleReport } from './sample.ts'

async function newHome(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'hangar-history-'))
  onTestFinished(() => rm(home, { recursive: true, force: true }))
  return home
}

const at = (minute: number): string => new Date(Date.UTC(2026, 2, 1, 12, minute)).toISOString()
const planeId = randomUUID()

describe('the history of a plane', () => {
  it('is empty at first', async () => {
    const history = createHistory(await newHome())

    expect(await history.runs(planeId)).toEqual([])
    expect(await history.last(planeId)).toBeNull()
    await expect(history.run(planeId, randomUUID())).rejects.toMatchObject({ code: 'RUN_UNKNOWN' })
  })

  it('lists its runs, the newest first, also after a restart', async () => {
    const home = await newHome()
    const history = createHistory(home)
    const [first, second] = [
      sampleReport([row('a')], at(0)),
      sampleReport([row('a', 'fail', 'tcp.timeout'), row('b', 'skipped')], at(1)),
    ]
    await history.keep(planeId, second, 'watch')
    await history.keep(planeId, first, 'person')

    for (const each of [history, createHistory(home)]) {
      expect(await each.runs(planeId)).toEqual([
        {
          runId: second.runId,
          startedAt: at(1),
          endedAt: second.endedAt,
          vantages: [{ kind: 'computer', name: 'laptop' }],
          counts: { pass: 0, warn: 0, fail: 1, skipped: 1, unknown: 0 },
          by: 'watch',
        },
        expect.objectContaining({ runId: first.runId, by: 'person' }),
      ])
      expect(await each.run(planeId, first.runId)).toEqual(first)
    }
    expect(await history.compare(planeId, first.runId, second.runId)).toMatchObject({
      changes: [{ endpoint: 'a', kind: 'broke' }],
    })
  })

  it('is for its owner alone', async () => {
    const home = await newHome()
    await createHistory(home).keep(planeId, sampleReport([row('a')]), 'person')

    const folder = join(home, 'connectivity', planeId)
    for (const each of [join(home, 'connectivity'), folder, join(folder, 'runs')])
      expect((await stat(each)).mode & 0o777).toBe(0o700)
    const [name = ''] = await readdir(join(folder, 'runs'))
    for (const each of [join(folder, 'runs', name), join(folder, 'picture.json')])
      expect((await stat(each)).mode & 0o777).toBe(0o600)
    expect((await readdir(folder)).toSorted()).toEqual(['picture.json', 'runs'])
  })

  it('puts rows that were checked again into what is known now, and leaves the run as it was', async () => {
    const history = createHistory(await newHome())
    const whole = sampleReport([row('a', 'fail', 'tcp.timeout'), row('b')], at(0))
    const part = sampleReport([row('a')], at(5))
    await history.keep(planeId, whole, 'person')
    await history.amend(planeId, part)

    const last = await history.last(planeId)
    expect(last?.results.map(({ endpoint, verdict }) => [endpoint, verdict])).toEqual([
      ['a', 'pass'],
      ['b', 'pass'],
    ])
    expect(await history.run(planeId, whole.runId)).toEqual(whole)
    // What is shown now can be exported and compared by its id, though no run is called so.
    expect(await history.run(planeId, last?.runId ?? '')).toEqual(last)
    expect(await history.compare(planeId, whole.runId, last?.runId ?? '')).toMatchObject({
      changes: [{ kind: 'recovered' }],
    })
    expect(await history.runs(planeId)).toHaveLength(1)
  })

  it('has no picture from a part alone', async () => {
    const history = createHistory(await newHome())
    await history.amend(planeId, sampleReport([row('a')]))

    expect(await history.last(planeId)).toBeNull()
  })

  it('keeps the other vantages of the day in what is known now', async () => {
    const history = createHistory(await newHome())
    await history.keep(planeId, sampleReport([row('a', 'pass', '', node, at(0))], at(0)), 'person')
    await history.keep(planeId, sampleReport([row('a', 'pass', '', undefined, at(5))], at(5)), 'watch')

    expect((await history.last(planeId))?.results.map(({ vantage }) => vantage.kind)).toEqual(['computer', 'node'])
  })

  it('removes the oldest beyond its limits', async () => {
    const history = createHistory(await newHome(), { runs: 3, bytes: 1_000_000 })
    const reports = Array.from({ length: 5 }, (_, index) => sampleReport([row('a')], at(index)))
    for (const report of reports) await history.keep(planeId, report, 'person')

    expect((await history.runs(planeId)).map(({ runId }) => runId)).toEqual(
      reports
        .slice(2)
        .map(({ runId }) => runId)
        .toReversed(),
    )
  })

  it('keeps to its size, and the newest run however large', async () => {
    const home = await newHome()
    const history = createHistory(home, { runs: 99, bytes: 20_000 })
    const large = (minute: number): ConnectivityReport =>
      sampleReport(
        Array.from({ length: 60 }, (_, index) => row(`row-${index}`)),
        at(minute),
      )
    for (const minute of [0, 1, 2, 3]) await history.keep(planeId, large(minute), 'person')

    const folder = join(home, 'connectivity', planeId, 'runs')
    const sizes = await Promise.all((await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size))
    expect(sizes).toHaveLength(1)
    expect(await history.runs(planeId)).toMatchObject([{ startedAt: at(3) }])
  })

  it.each([
    ['is empty', ''],
    ['ends in its first line', '{"runId":'],
    ['holds something else', '{"a":1}\n{"b":2}\n'],
  ])('loses a run whose file %s, and no other', async (_how, text) => {
    const home = await newHome()
    const [good, bad] = [sampleReport([row('a')], at(0)), sampleReport([row('a')], at(1))]
    await createHistory(home).keep(planeId, good, 'person')
    await createHistory(home).keep(planeId, bad, 'person')
    const folder = join(home, 'connectivity', planeId)
    const name = (await readdir(join(folder, 'runs'))).find((each) => each.includes(bad.runId)) ?? ''
    await writeFile(join(folder, 'runs', name), text)
    await writeFile(join(folder, 'picture.json'), text)

    const history = createHistory(home)
    expect((await history.runs(planeId)).map(({ runId }) => runId)).toEqual([good.runId])
    expect(await history.last(planeId)).toEqual(good)
    await expect(history.run(planeId, bad.runId)).rejects.toMatchObject({ code: 'RUN_DAMAGED' })
  })

  it('reports a run that ends after its first line as damaged', async () => {
    const home = await newHome()
    const report = sampleReport([row('a')])
    await createHistory(home).keep(planeId, report, 'person')
    const folder = join(home, 'connectivity', planeId, 'runs')
    const [name = ''] = await readdir(folder)
    const text = await readFile(join(folder, name), 'utf8')
    await writeFile(join(folder, name), text.slice(0, -10))

    await expect(createHistory(home).run(planeId, report.runId)).rejects.toMatchObject({ code: 'RUN_DAMAGED' })
  })

  it('lists runs from many vantages, whose first line is long', async () => {
    const history = createHistory(await newHome())
    const results = Array.from({ length: 600 }, (_, index) =>
      row('a', 'pass', '', { kind: 'node', name: `worker-${index}.${'x'.repeat(80)}` }),
    )
    await history.keep(planeId, sampleReport(results), 'person')

    expect((await history.runs(planeId))[0]?.vantages).toHaveLength(600)
  })

  it('passes over what others put into its folder, and sweeps drafts of processes that were killed', async () => {
    const home = await newHome()
    const folder = join(home, 'connectivity', planeId, 'runs')
    await mkdir(folder, { recursive: true })
    for (const name of ['notes.txt', '.old.draft', '.new.draft']) await writeFile(join(folder, name), 'x')
    await utimes(join(folder, '.old.draft'), 0, 0)
    const history = createHistory(home)
    await history.keep(planeId, sampleReport([row('a')]), 'person')

    expect(await history.runs(planeId)).toHaveLength(1)
    expect((await readdir(folder)).filter((name) => !name.endsWith('.json')).toSorted()).toEqual([
      '.new.draft',
      'notes.txt',
    ])
  })

  it('forgets a plane for good, also what is being kept while it is removed and what ends afterwards', async () => {
    const home = await newHome()
    const history = createHistory(home)
    const other = randomUUID()
    await history.keep(other, sampleReport([row('a')]), 'person')
    await history.keep(planeId, sampleReport([row('a')], at(0)), 'person')
    const keeping = history.keep(planeId, sampleReport([row('a')], at(1)), 'watch')
    await Promise.all([keeping, history.forget(planeId)])
    await history.keep(planeId, sampleReport([row('a')], at(2)), 'watch')
    await history.amend(planeId, sampleReport([row('a')], at(3)))

    expect(await readdir(join(home, 'connectivity'))).toEqual([other])
    expect(await history.last(planeId)).toBeNull()
  })

  it('loses nothing when two keep at once', async () => {
    const home = await newHome()
    const histories = [createHistory(home), createHistory(home)]
    await Promise.all(
      histories.map((history, index) => history.keep(planeId, sampleReport([row('a')], at(index)), 'person')),
    )

    expect(await histories[0]?.runs(planeId)).toHaveLength(2)
  })
})
