import { describe, expect, it } from 'vitest'
import type { CheckEvent, ConnectivityReport, Result, Vantage } from '../../../preload/contract/connectivity.ts'
import { EndpointList, type ProfileFault } from '../../../preload/contract/profiles.ts'
import { createTableCheck } from './store.ts'

const vantage: Vantage = { kind: 'computer', name: 'laptop' }
const list = EndpointList.parse({ endpoints: [] })
const fault: ProfileFault = { line: 3, column: 1, field: 'endpoints', found: 'nothing', expected: 'a list' }

const result = (endpoint: string, verdict: Result['verdict']): Result =>
  ({
    endpoint,
    vantage,
    verdict,
    cause: '',
    stages: [],
    addresses: [],
    hint: '',
    reproduce: '',
    ...({} as Pick<Result, never>),
  }) as unknown as Result // the store reads verdict and endpoint only

const row = (id: string) => ({ id, title: id, component: 'agent' }) as never // as above

/** A core whose checks give these verdicts, and what it was asked. */
function core(verdicts: Record<string, Result['verdict']>) {
  const asked: unknown[] = []
  let runs = 0
  async function* check(endpoints: readonly string[]): AsyncGenerator<CheckEvent> {
    runs += 1
    const at = `2026-01-0${runs}T00:00:00.000Z`
    yield { kind: 'started', startedAt: at, rows: endpoints.map((endpoint) => ({ endpoint, vantage })) }
    const report: ConnectivityReport = {
      schemaVersion: 2,
      runId: `run-${runs}`,
      startedAt: at,
      endedAt: at,
      vantages: [],
      results: endpoints.map((endpoint) => result(endpoint, verdicts[endpoint] ?? 'unknown')),
      findings: [],
    }
    yield { kind: 'finished', report }
  }
  const client = {
    profiles: {
      readEndpoints: async ({ text }: { text: string }) =>
        text === 'good' ? { list, faults: [] } : { list: null, faults: [fault] },
    },
    connectivity: {
      rows: async () => Object.keys(verdicts).map(row),
      proxy: async () => Promise.reject(new Error('none')),
      check: async (input: { endpoints?: string[] }) => {
        asked.push(input)
        return check(input.endpoints ?? Object.keys(verdicts))
      },
      export: async (input: unknown) => {
        asked.push(input)
        return { name: 'report.md', mediaType: 'text/markdown', text: '' }
      },
    },
  }
  return { client: client as unknown as Parameters<typeof createTableCheck>[0], asked }
}

describe('a check of a table without a plane', () => {
  it('checks the list, and the report for export holds the rows that were rechecked', async () => {
    const verdicts: Record<string, Result['verdict']> = { a: 'pass', b: 'fail' }
    const { client, asked } = core(verdicts)
    const { table, connectivity, documents } = createTableCheck(client)
    table.getState().chooseSource('list')
    table.getState().setText('good', 'My list')
    await table.getState().check()
    expect(table.getState()).toMatchObject({ shown: 'results', open: { subject: { list, title: 'My list' } } })
    expect(asked[0]).toEqual({ list, title: 'My list', endpoints: undefined })

    verdicts.b = 'pass'
    await connectivity.getState().run({ endpoints: ['b'] })
    const id = table.getState().open?.id ?? ''
    await documents.getState().report(id, connectivity.getState().matrix.reportId ?? '', 'markdown')
    const { report } = asked.at(-1) as { report: ConnectivityReport } // what `export` was asked
    expect(report.results.map(({ endpoint, verdict }) => [endpoint, verdict])).toEqual([
      ['a', 'pass'],
      ['b', 'pass'],
    ])
    expect(report.startedAt).toBe('2026-01-01T00:00:00.000Z')
  })

  it('names the faults of a text that is no list, and checks nothing', async () => {
    const { client, asked } = core({})
    const { table } = createTableCheck(client)
    table.getState().chooseSource('list')
    table.getState().setText('bad', 'x')
    await table.getState().check()
    expect(table.getState()).toMatchObject({ shown: 'source', faults: [fault], open: undefined })
    expect(asked).toEqual([])
    table.getState().setText('good')
    expect(table.getState().faults).toEqual([])
  })

  it('shows results only after a check, and another source keeps them until the next one', async () => {
    const { client } = core({ a: 'pass' })
    const { table } = createTableCheck(client)
    table.getState().show('results')
    expect(table.getState().shown).toBe('source')
    table.getState().chooseProfile('demo')
    await table.getState().check()
    table.getState().show('source')
    table.getState().chooseProfile('devant')
    table.getState().show('results')
    expect(table.getState()).toMatchObject({ shown: 'results', open: { subject: { profile: 'demo' } } })
  })
})
