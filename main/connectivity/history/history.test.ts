import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
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

  it('lists its runs with the newest first, also after a restart', async () => {
    const home = await newHome()
    const history = createHistory(home)
    const [first, second] = [
      sampleReport([row('a')], at(0)),
      sampleReport([row('a', 'fail', 'tcp.timeout'), row('b', 'skipped')], at(1)),
    ]
    await history.save(planeId, second, 'watch')
    await history.save(planeId, first, 'person')

    for (const each of [history, createHistory(home)]) {
      expect(await each.runs(planeId)).toEqual([
        {
          runId: second.runId,
          startedAt: at(1),
          endedAt: second.endedAt,
          vantages: [{ kind: 'computer', name: 'laptop' }],
          counts: { pass: 0, warn: 0, fail: 1, skipped: 1, unknown: 0 },
          by: 'watch',
          verified: true,
        },
        expect.objectContaining({ runId: first.runId, by: 'person' }),
      ])
      expect(await each.run(planeId, first.runId)).toEqual(first)
    }
    expect(await history.compare(planeId, first.runId, second.runId)).toMatchObject({
      changes: [{ endpoint: 'a', kind: 'broke' }],
    })
  })

  it('is readable and writable only by the user who owns it', async () => {
    const home = await newHome()
    await createHistory(home).save(planeId, sampleReport([row('a')]), 'person')

    const folder = join(home, 'connectivity', planeId)
    for (const each of [join(home, 'connectivity'), folder, join(folder, 'runs')])
      expect((await stat(each)).mode & 0o777).toBe(0o700)
    const [name = ''] = await readdir(join(folder, 'runs'))
    for (const each of [join(folder, 'runs', name), join(folder, 'picture.json')])
      expect((await stat(each)).mode & 0o777).toBe(0o600)
    expect((await readdir(folder)).toSorted()).toEqual(['picture.json', 'runs'])
  })

  it('merges rechecked endpoints into the latest report and does not change the saved run', async () => {
    const history = createHistory(await newHome())
    const run = sampleReport([row('a', 'fail', 'tcp.timeout'), row('b')], at(0))
    const recheck = sampleReport([row('a')], at(5))
    await history.save(planeId, run, 'person')
    await history.saveRecheck(planeId, recheck)

    const last = await history.last(planeId)
    expect(last?.results.map(({ endpoint, verdict }) => [endpoint, verdict])).toEqual([
      ['a', 'pass'],
      ['b', 'pass'],
    ])
    expect(await history.run(planeId, run.runId)).toEqual(run)
    // The latest report can be exported and compared by its id, although no saved run has that id.
    expect(await history.run(planeId, last?.runId ?? '')).toEqual(last)
    expect(await history.compare(planeId, run.runId, last?.runId ?? '')).toMatchObject({
      changes: [{ kind: 'recovered' }],
    })
    expect(await history.runs(planeId)).toHaveLength(1)
  })

  it('has no latest report after a recheck without an earlier run', async () => {
    const history = createHistory(await newHome())
    await history.saveRecheck(planeId, sampleReport([row('a')]))

    expect(await history.last(planeId)).toBeNull()
  })

  it('keeps the day’s results of other vantages in the latest report', async () => {
    const history = createHistory(await newHome())
    await history.save(planeId, sampleReport([row('a', 'pass', '', node, at(0))], at(0)), 'person')
    await history.save(planeId, sampleReport([row('a', 'pass', '', undefined, at(5))], at(5)), 'watch')

    expect((await history.last(planeId))?.results.map(({ vantage }) => vantage.kind)).toEqual(['computer', 'node'])
  })

  it('removes the oldest runs beyond its limits', async () => {
    const history = createHistory(await newHome(), { runs: 3, bytes: 1_000_000 })
    const reports = Array.from({ length: 5 }, (_, index) => sampleReport([row('a')], at(index)))
    for (const report of reports) await history.save(planeId, report, 'person')

    expect((await history.runs(planeId)).map(({ runId }) => runId)).toEqual(
      reports
        .slice(2)
        .map(({ runId }) => runId)
        .toReversed(),
    )
  })

  it('stays within its size limit, but keeps the newest run of any size', async () => {
    const home = await newHome()
    const history = createHistory(home, { runs: 99, bytes: 20_000 })
    const large = (minute: number): ConnectivityReport =>
      sampleReport(
        Array.from({ length: 60 }, (_, index) => row(`row-${index}`)),
        at(minute),
      )
    for (const minute of [0, 1, 2, 3]) await history.save(planeId, large(minute), 'person')

    const folder = join(home, 'connectivity', planeId, 'runs')
    const sizes = await Promise.all((await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size))
    expect(sizes).toHaveLength(1)
    expect(await history.runs(planeId)).toMatchObject([{ startedAt: at(3) }])
  })

  it.each([
    ['is empty', ''],
    ['ends in its first line', '{"runId":'],
    ['holds something else', '{"a":1}\n{"b":2}\n'],
  ])('skips a run whose file %s, and no other run', async (_how, text) => {
    const home = await newHome()
    const [good, bad] = [sampleReport([row('a')], at(0)), sampleReport([row('a')], at(1))]
    await createHistory(home).save(planeId, good, 'person')
    await createHistory(home).save(planeId, bad, 'person')
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
    await createHistory(home).save(planeId, report, 'person')
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
    await history.save(planeId, sampleReport(results), 'person')

    expect((await history.runs(planeId))[0]?.vantages).toHaveLength(600)
  })

  it('ignores foreign files in its folder', async () => {
    const home = await newHome()
    const folder = join(home, 'connectivity', planeId, 'runs')
    await mkdir(folder, { recursive: true })
    for (const name of ['notes.txt', '.new.draft']) await writeFile(join(folder, name), 'x')
    const history = createHistory(home)
    await history.save(planeId, sampleReport([row('a')]), 'person')

    expect(await history.runs(planeId)).toHaveLength(1)
    expect((await readdir(folder)).filter((name) => !name.endsWith('.json')).toSorted()).toEqual([
      '.new.draft',
      'notes.txt',
    ])
  })

  it('saves no more runs of a forgotten plane, also if a run is being saved or ends afterwards', async () => {
    const home = await newHome()
    const history = createHistory(home)
    const otherPlaneId = randomUUID()
    await history.save(otherPlaneId, sampleReport([row('a')]), 'person')
    await history.save(planeId, sampleReport([row('a')], at(0)), 'person')
    const saving = history.save(planeId, sampleReport([row('a')], at(1)), 'watch')
    await Promise.all([saving, history.forget(planeId)])
    await history.save(planeId, sampleReport([row('a')], at(2)), 'watch')
    await history.saveRecheck(planeId, sampleReport([row('a')], at(3)))

    expect(await readdir(join(home, 'connectivity'))).toEqual([otherPlaneId])
    expect(await history.last(planeId)).toBeNull()
  })

  it('has the verdicts of each endpoint in the last 20 runs, the oldest first', async () => {
    const home = await newHome()
    const history = createHistory(home)
    expect(await history.verdictHistory(planeId)).toEqual({ runs: [], rows: [] })
    const reports = Array.from({ length: 22 }, (_, index) =>
      sampleReport([row('a', index % 2 === 0 ? 'pass' : 'fail'), row('a', 'warn', '', node), row('b')], at(index)),
    )
    for (const report of reports) await history.save(planeId, report, 'watch')

    for (const each of [history, createHistory(home)]) {
      const { runs, rows } = await each.verdictHistory(planeId)
      expect(runs.map(({ runId }) => runId)).toEqual(reports.slice(2).map(({ runId }) => runId))
      expect(rows.map(({ endpoint }) => endpoint)).toEqual(['a', 'b'])
      expect(rows[0]?.verdicts.slice(-2)).toEqual(['warn', 'fail'])
    }
    expect((await history.verdictHistory(planeId)).runs).toHaveLength(20)
    await history.save(planeId, sampleReport([row('b', 'fail')], at(30)), 'person')
    expect((await history.verdictHistory(planeId)).rows.map(({ verdicts }) => verdicts.at(-1))).toEqual([null, 'fail'])
  })

  it('saves both runs of two processes that save at once', async () => {
    const home = await newHome()
    const histories = [createHistory(home), createHistory(home)]
    await Promise.all(
      histories.map((history, index) => history.save(planeId, sampleReport([row('a')], at(index)), 'person')),
    )

    expect(await histories[0]?.runs(planeId)).toHaveLength(2)
  })
})

describe('a saved run that this installation did not write as it is', () => {
  /** Saves two runs, and changes the files of the second one and of the latest report. */
  async function changedHistory(change: (text: string) => string) {
    const home = await newHome()
    const [first, second] = [
      sampleReport([row('a', 'pass')], at(0)),
      sampleReport([row('a', 'fail', 'tcp.timeout')], at(1)),
    ]
    for (const report of [first, second]) await createHistory(home).save(planeId, report, 'watch')
    const folder = join(home, 'connectivity', planeId)
    const name = (await readdir(join(folder, 'runs'))).find((each) => each.includes(second.runId)) ?? ''
    for (const file of [join(folder, 'runs', name), join(folder, 'picture.json')])
      await writeFile(file, change(await readFile(file, 'utf8')))
    return { home, folder, name, first, second, history: createHistory(home) }
  }

  const unsigned = (text: string): string => text.replaceAll(/,"mac":"[\w-]{43}"/g, '')
  const forged = (text: string): string => text.replace('"cause":"tcp.timeout"', '"cause":"tcp.refused"')

  it.each([
    ['not signed, as those of former versions', unsigned, 'tcp.timeout'],
    ['changed', forged, 'tcp.refused'],
  ])('is listed as not verified and stays readable: %s', async (_how, change, cause) => {
    const { history, first, second } = await changedHistory(change)

    expect((await history.runs(planeId)).map(({ runId, verified }) => [runId, verified])).toEqual([
      [second.runId, false],
      [first.runId, true],
    ])
    expect((await history.run(planeId, second.runId)).results[0]?.cause).toBe(cause)
    expect(await history.verifiedRun(planeId, second.runId)).toBeUndefined()
    expect(await history.verifiedRun(planeId, first.runId)).toEqual(first)
    expect((await history.verdictHistory(planeId)).runs).toMatchObject([{ runId: first.runId }])
    // The newest that verifies, instead of the changed report.
    expect(await history.last(planeId)).toEqual(first)
  })

  it('is shown as the latest only if no run verifies, and gets into no report that does', async () => {
    const home = await newHome()
    const node1 = sampleReport([row('a', 'fail', 'tcp.refused', node)], new Date(Date.now() - 60_000).toISOString())
    await createHistory(home).save(planeId, node1, 'person')
    const folder = join(home, 'connectivity', planeId)
    const [name = ''] = await readdir(join(folder, 'runs'))
    for (const file of [join(folder, 'runs', name), join(folder, 'picture.json')])
      await writeFile(file, unsigned(await readFile(file, 'utf8')))
    const history = createHistory(home)

    expect(await history.last(planeId)).toEqual(node1)
    expect(await history.lastVerified(planeId)).toBeNull()
    await history.saveRecheck(planeId, sampleReport([row('a')], new Date().toISOString()))
    expect((await history.last(planeId))?.results).toHaveLength(2)
    expect(await history.lastVerified(planeId)).toBeNull()
    const now = sampleReport([row('a')], new Date().toISOString())
    await history.save(planeId, now, 'person')
    expect(await history.lastVerified(planeId)).toEqual(now)
  })

  it('is one that was copied to another plane or another id', async () => {
    const { home, folder, history, first } = await changedHistory((text) => text)
    const [other, otherRun] = [randomUUID(), randomUUID()]
    await mkdir(join(home, 'connectivity', other, 'runs'), { recursive: true })
    const name = (await readdir(join(folder, 'runs'))).find((each) => each.includes(first.runId)) ?? ''
    const text = await readFile(join(folder, 'runs', name), 'utf8')
    await writeFile(join(home, 'connectivity', other, 'runs', name), text)
    await writeFile(join(folder, 'runs', name.replace(first.runId, otherRun)), text.replaceAll(first.runId, otherRun))

    expect(await history.runs(other)).toMatchObject([{ runId: first.runId, verified: false }])
    expect(await history.verifiedRun(planeId, otherRun)).toBeUndefined()
    // The content as it was signed, in the file of another run.
    await writeFile(join(folder, 'runs', name.replace(first.runId, otherRun)), text)
    expect(await history.verifiedRun(planeId, otherRun)).toBeUndefined()
  })

  it('is found also if it was changed after it was listed', async () => {
    const { history, folder, name, second } = await changedHistory((text) => text)
    expect(await history.runs(planeId)).toMatchObject([{ verified: true }, { verified: true }])
    const file = join(folder, 'runs', name)
    await writeFile(file, forged(await readFile(file, 'utf8')))

    expect(await history.verifiedRun(planeId, second.runId)).toBeUndefined()
  })
})
