import type { CheckEvent, ConnectivityReport, Subject } from '../../../preload/contract/connectivity.ts'
import { mergeRecheck } from '../../../preload/findings.ts'
import type { Client } from '../../lib/client.ts'
import type { DocumentsClient } from '../export/documents.ts'
import type { ConnectivityClient } from '../store.ts'

/** A list or a profile with settings: what is checked without a plane. */
export type TableSubject = Exclude<Subject, { readonly planeId: string }>

/** A table that the window has opened; `id` takes the place of a plane's id in the stores. */
export interface OpenTable {
  readonly id: string
  readonly subject: TableSubject
}

/**
 * The procedures of the connectivity view for the open table instead of a plane. The core saves nothing about it, so the
 * latest results are kept here.
 */
export function clientOfTable(
  { connectivity }: Pick<Client, 'connectivity'>,
  open: () => OpenTable | undefined,
): ConnectivityClient & DocumentsClient {
  let latest: { readonly id: string; readonly report: ConnectivityReport } | undefined

  const table = (id: string): OpenTable => {
    const opened = open()
    if (opened?.id !== id) throw new Error('Another table was opened.')
    return opened
  }
  const reportOf = (id: string): ConnectivityReport | null => (latest?.id === id ? latest.report : null)

  async function* keepReport(id: string, isPart: boolean, events: AsyncIterable<CheckEvent>) {
    for await (const event of events) {
      if (event.kind === 'finished') {
        const before = reportOf(id)
        latest = { id, report: isPart && before !== null ? mergeRecheck(before, event.report) : event.report }
      }
      yield event
    }
  }

  return {
    connectivity: {
      rows: async ({ planeId: id }) => connectivity.rows(table(id).subject),
      last: async ({ planeId: id }) => reportOf(id),
      runs: async () => [],
      vantages: async () => [],
      proxy: async ({ planeId: id }) => connectivity.proxy(table(id).subject),
      check: async ({ planeId: id, endpoints }, options) =>
        keepReport(id, endpoints !== undefined, await connectivity.check({ ...table(id).subject, endpoints }, options)),
      export: async ({ planeId: id, format }) => {
        const report = reportOf(id)
        if (report === null) throw new Error('Nothing was checked.')
        return connectivity.export({ ...table(id).subject, report, format })
      },
      allowList: async ({ planeId: id, ...options }) => connectivity.allowList({ ...table(id).subject, ...options }),
    },
  }
}
