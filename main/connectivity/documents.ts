import type {
  AllowListFormat,
  Comparison,
  ConnectivityReport,
  ReportFormat,
  Subject,
  TextFile,
} from '../../preload/contract/connectivity.ts'
import { makeAllowList } from './allow-list/allow-list.ts'
import type { ChosenPods } from './allow-list/workloads.ts'
import { compare } from './history/compare.ts'
import type { History } from './history/history.ts'
import { rowsOf } from './plan/rows.ts'
import { renderReport } from './report/render.ts'
import { clean } from './report/sanitize.ts'
import type { KnownSubject } from './subject.ts'

/** For the queries to the cluster; rendering the list takes no time. */
const allowListLimitMs = 15_000

export type CompareInput =
  | { readonly planeId: string; readonly before: string; readonly after: string }
  | { readonly before: ConnectivityReport; readonly after: ConnectivityReport }
export type ExportInput =
  | { readonly planeId: string; readonly runId: string; readonly format: ReportFormat }
  | (Subject & { readonly report: ConnectivityReport; readonly format: ReportFormat })
export type AllowListInput = Subject & {
  readonly format: AllowListFormat
  readonly component?: string | undefined
  readonly pods?: ChosenPods | undefined
  readonly proxies?: { readonly url: string; readonly bypass: string } | undefined
}

/** Two saved runs of a plane, or two reports. */
export async function compareRuns(input: CompareInput, history: History): Promise<Comparison> {
  const comparison =
    'planeId' in input
      ? await history.compare(input.planeId, input.before, input.after)
      : compare(input.before, input.after)
  // Its messages quote names of certificates, and it is printed as it is.
  return clean(comparison)
}

/** A saved run of a plane as a document, or a given report. Throws RUN_UNKNOWN, RUN_DAMAGED. */
export async function exportReport(subject: KnownSubject, input: ExportInput, history: History): Promise<TextFile> {
  const report = 'report' in input ? input.report : await history.run(input.planeId, input.runId)
  return renderReport(input.format, { ...(await subject.describe()), rows: rowsOf(subject.table), report })
}

/** The allow-list of a subject, with what a plane's last run found, if this installation made that run. */
export async function allowListOf(
  { planeId, table, describe }: KnownSubject,
  { format, component, pods, proxies }: AllowListInput,
  history: History,
): Promise<TextFile> {
  const { endpoints, settings, cluster } = table
  const last = planeId === undefined ? null : await history.lastVerified(planeId)
  return await makeAllowList(
    format,
    {
      ...(await describe()),
      endpoints,
      settings,
      last: last ?? undefined,
      // A list or a profile says nothing about which pods are its own.
      open: planeId === undefined ? undefined : cluster?.open,
      component,
      chosen: pods,
      proxies: proxies && { httpsProxy: proxies.url, httpProxy: proxies.url, noProxy: proxies.bypass },
    },
    AbortSignal.timeout(allowListLimitMs),
  )
}
