import type { ConnectivityReport, Finding, Result } from '../../../preload/contract/connectivity.ts'
import { cellKey, vantageKey } from '../../../preload/vantages.ts'

/** Columns of other vantages are shown beside a new run for this long: older ones speak of another network. */
const carryMs = 24 * 3_600_000

/**
 * The picture after a few rows were checked again: those rows new, the others as they were. When each was looked at, its
 * stages tell. Begins with the picture's beginning and ends with the part's end. Pure.
 */
export function withPart(picture: ConnectivityReport, part: ConnectivityReport): ConnectivityReport {
  const fresh = new Map(part.results.map((result) => [cellKey(result), result]))
  const replaced = picture.results.map((result) => fresh.get(cellKey(result)) ?? result)
  const known = new Set(picture.results.map(cellKey))
  return {
    schemaVersion: 2,
    runId: part.runId,
    startedAt: picture.startedAt,
    endedAt: part.endedAt,
    vantages: withOutcomes(picture.vantages, part.vantages),
    results: [...replaced, ...part.results.filter((result) => !known.has(cellKey(result)))],
    findings: [...part.findings, ...stillTrue(picture, fresh)],
  }
}

/**
 * The picture after a run of the whole table: the run, and the columns of the day that it did not look from, as far as the
 * table still has their rows. `runId` names the picture where it is more than the run. Pure.
 */
export function withWhole(
  picture: ConnectivityReport | null,
  whole: ConnectivityReport,
  runId: string,
): ConnectivityReport {
  if (picture === null) return whole
  const looked = new Set(whole.vantages.map(({ vantage }) => vantageKey(vantage)))
  const rows = new Set(whole.results.map(({ endpoint }) => endpoint))
  const columnsOfTheDay = columnsSince(picture, Date.parse(whole.startedAt) - carryMs)
  const carried = picture.results.filter(
    ({ endpoint, vantage }) =>
      rows.has(endpoint) && !looked.has(vantageKey(vantage)) && columnsOfTheDay.has(vantageKey(vantage)),
  )
  if (carried.length === 0) return whole
  const columns = new Set(carried.map(({ vantage }) => vantageKey(vantage)))
  return {
    ...whole,
    runId,
    vantages: [...whole.vantages, ...picture.vantages.filter(({ vantage }) => columns.has(vantageKey(vantage)))],
    results: [...whole.results, ...carried],
    findings: [
      ...whole.findings,
      ...picture.findings.filter((finding) => finding.vantages.every((vantage) => columns.has(vantageKey(vantage)))),
    ],
  }
}

/** The vantages from which something was looked at since. */
function columnsSince({ results }: ConnectivityReport, sinceMs: number): ReadonlySet<string> {
  return new Set(
    results
      .filter(({ stages }) => stages.some(({ at }) => at !== '' && Date.parse(at) >= sinceMs))
      .map(({ vantage }) => vantageKey(vantage)),
  )
}

function withOutcomes(
  before: ConnectivityReport['vantages'],
  after: ConnectivityReport['vantages'],
): ConnectivityReport['vantages'] {
  const all = new Map([...before, ...after].map((outcome) => [vantageKey(outcome.vantage), outcome]))
  return [...all.values()]
}

/** Earlier findings that rechecked endpoints do not contradict. One endpoint alone is no finding. */
function stillTrue(picture: ConnectivityReport, fresh: ReadonlyMap<string, Result>): readonly Finding[] {
  const was = new Map(picture.results.map((result) => [cellKey(result), result]))
  return picture.findings.flatMap((finding) => {
    const cells = finding.endpoints.flatMap((endpoint) =>
      finding.vantages.map((vantage) => ({ endpoint, vantage })).filter((cell) => was.has(cellKey(cell))),
    )
    const touched = cells.filter((cell) => fresh.has(cellKey(cell)))
    if (touched.length === 0) return [finding]
    const stays = cells.filter((cell) => {
      const now = fresh.get(cellKey(cell))
      return now === undefined || now.cause === was.get(cellKey(cell))?.cause
    })
    // All of its endpoints were rechecked: the new findings cover them.
    if (touched.length === cells.length || stays.length < 2) return []
    if (stays.length === cells.length) return [finding]
    const endpoints = finding.endpoints.filter((each) => stays.some(({ endpoint }) => endpoint === each))
    const vantages = finding.vantages.filter((each) => stays.some(({ vantage }) => vantage === each))
    const evidence = `At ${picture.startedAt}, before some of its endpoints were rechecked: ${finding.evidence}`
    return [{ ...finding, endpoints, vantages, evidence }]
  })
}
