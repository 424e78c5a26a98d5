import type {
  Comparison,
  ConnectivityReport,
  RunEntry,
  VerdictHistory,
} from '../../../preload/contract/connectivity.ts'
import { Problem } from '../../../preload/contract/problem.ts'
import { verdictHistoryOf, verdictHistoryRuns } from '../../../preload/verdict-history.ts'
import { recordKey } from '../../lib/signed-lines.ts'
import { compare } from './compare.ts'
import { createPlaneHistory, type PlaneHistory } from './plane-history.ts'
import type { Limits } from './retention.ts'

/** For each plane. */
const defaultLimits: Limits = { runs: 200, bytes: 64 * 1_048_576 }

/**
 * Saved runs, by plane. Each run has a private file, so that a damaged file affects no other run. A run that this
 * installation did not write as it is stays readable, and nothing is decided with it.
 */
export interface History {
  /** Saves a run of all endpoints. */
  save(planeId: string, report: ConnectivityReport, by: RunEntry['by']): Promise<void>
  /** Replaces the rechecked endpoints in the report of `last`. Does nothing before the first run. */
  saveRecheck(planeId: string, recheck: ConnectivityReport): Promise<void>
  /**
   * The latest report: the newest run of all endpoints, with endpoints rechecked since, and with results of other vantages
   * from the day before. `StageResult.at` is the time of each check. It is one that does not verify only if no saved run does.
   */
  last(planeId: string): Promise<ConnectivityReport | null>
  /** The same, but null instead of a report that does not verify. */
  lastVerified(planeId: string): Promise<ConnectivityReport | null>
  /** The newest first. */
  runs(planeId: string): Promise<RunEntry[]>
  /** The verdicts of each endpoint in the last runs that verify. */
  verdictHistory(planeId: string): Promise<VerdictHistory>
  /** A run, or the report of `last` by its own id. Throws RUN_UNKNOWN, RUN_DAMAGED. */
  run(planeId: string, runId: string): Promise<ConnectivityReport>
  /** A saved run of all endpoints; undefined if it is not saved, damaged or does not verify. */
  verifiedRun(planeId: string, runId: string): Promise<ConnectivityReport | undefined>
  /** Throws RUN_UNKNOWN, RUN_DAMAGED. */
  compare(planeId: string, before: string, after: string): Promise<Comparison>
  /** Removes all saved runs of the plane. Runs that end later are not saved. */
  forget(planeId: string): Promise<void>
}

export function createHistory(home: string, limits: Limits = defaultLimits): History {
  const key = recordKey(home)
  const planes = new Map<string, PlaneHistory>()
  function of(planeId: string): PlaneHistory {
    const history = planes.get(planeId) ?? createPlaneHistory(home, planeId, key, limits)
    planes.set(planeId, history)
    return history
  }

  async function run(planeId: string, runId: string): Promise<ConnectivityReport> {
    const saved = await of(planeId).runs.read(runId)
    if (saved === null) throw new Problem('RUN_DAMAGED', 'The file of that run is damaged.', runId)
    if (saved !== undefined) return saved.report
    const latest = await of(planeId).latest()
    if (latest?.report.runId === runId) return latest.report
    throw new Problem('RUN_UNKNOWN', 'That run is not saved, or was removed.')
  }

  return {
    save: (planeId, report, by) => of(planeId).save(report, by),
    saveRecheck: (planeId, recheck) => of(planeId).saveRecheck(recheck),
    last: async (planeId) => (await of(planeId).latest())?.report ?? null,
    async lastVerified(planeId) {
      const latest = await of(planeId).latest()
      return latest?.verified ? latest.report : null
    },
    runs: async (planeId) => (await of(planeId).runs.heads()).map(({ fingerprint: _, ...entry }) => entry),
    verdictHistory: async (planeId) => verdictHistoryOf(await of(planeId).runs.verdicts(verdictHistoryRuns)),
    run,
    async verifiedRun(planeId, runId) {
      const saved = await of(planeId).runs.read(runId)
      return saved?.verified ? saved.report : undefined
    },
    compare: async (planeId, before, after) => compare(await run(planeId, before), await run(planeId, after)),
    forget: (planeId) => of(planeId).forget(),
  }
}
