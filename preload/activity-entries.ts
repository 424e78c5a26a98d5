import type { ActivityEntry, ActivityOutcome } from './contract/activity.ts'
import type { RunEntry } from './contract/connectivity.ts'
import type { Operation } from './contract/operations.ts'
import type { Health } from './contract/workloads.ts'

/** What runs and operations are in a list of activity. Pure, and free of imports at run time. */

type OperationEntry = Extract<ActivityEntry, { kind: 'operation' }>

const outcomeOfState = {
  running: 'running',
  interrupted: 'warning',
  done: 'ok',
  failed: 'failed',
  cancelled: 'info',
} as const satisfies Record<Operation['state'], ActivityOutcome>

export const outcomeOfHealth = {
  healthy: 'ok',
  suspended: 'info',
  progressing: 'warning',
  unknown: 'warning',
  missing: 'failed',
  degraded: 'failed',
} as const satisfies Record<Health, ActivityOutcome>

export function operationEntry({ id, planeId, kind, title, state, startedAt, endedAt }: Operation): OperationEntry {
  return {
    kind: 'operation',
    id: `operation-${id}`,
    at: startedAt,
    planeId,
    outcome: outcomeOfState[state],
    operationId: id,
    operation: kind,
    title,
    state,
    ...(endedAt !== undefined && { endedAt }),
  }
}

export function runEntry(planeId: string, run: RunEntry): ActivityEntry {
  const { runId, startedAt, endedAt, counts, vantages, by, verified } = run
  return {
    kind: by === 'watch' ? 'watch' : 'check',
    id: `run-${runId}`,
    at: startedAt,
    planeId,
    outcome: outcomeOfCounts(counts),
    runId,
    endedAt,
    counts,
    vantages: vantages.length,
    verified,
  }
}

function outcomeOfCounts({ fail = 0, warn = 0, unknown = 0, pass = 0 }: RunEntry['counts']): ActivityOutcome {
  if (fail > 0) return 'failed'
  if (warn > 0 || unknown > 0) return 'warning'
  return pass > 0 ? 'ok' : 'info'
}
