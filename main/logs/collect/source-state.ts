import type { SourceCollection } from '../../../preload/contract/logs.ts'
import { type ProblemReport, reportProblem } from '../../../preload/contract/problem.ts'
import type { ContainerState } from './container.ts'
import { MissingPermission } from './missing-permission.ts'

/** Why the pods of a source cannot be listed now. */
export interface PodsProblem {
  readonly problem: ProblemReport
  readonly missingPermissions: readonly string[]
  readonly sinceMs: number
}

/** What a source is doing, from what each of its containers is. Pure. */
export function stateOfSource(
  containers: readonly ContainerState[],
  gaps: number,
  pods: PodsProblem | undefined,
): SourceCollection {
  const failed = containers.flatMap((state) => (state.kind === 'retrying' ? [state] : []))
  const refused = failed.filter(({ problem }) => problem instanceof MissingPermission)
  const count = (kind: ContainerState['kind']): number => containers.filter((state) => state.kind === kind).length
  const permissions = failed.flatMap(({ problem }) => (problem instanceof MissingPermission ? problem.permission : []))
  const missingPermissions = [...new Set([...(pods?.missingPermissions ?? []), ...permissions])]
  const first = refused[0] ?? failed[0]
  const problem = pods?.problem ?? (first && reportProblem(first.problem))
  const sinceMs = pods?.sinceMs ?? Math.min(...failed.map((state) => state.sinceMs))
  const counts = { following: count('following'), queued: count('queued') }
  return {
    state: stateFrom(missingPermissions.length > 0, problem !== undefined, counts),
    containers: containers.length,
    ...counts,
    refused: refused.length,
    retrying: failed.length - refused.length,
    missingPermissions,
    ...(problem !== undefined && { problem, since: new Date(sinceMs).toISOString() }),
    gaps,
  }
}

function stateFrom(
  isRefused: boolean,
  hasProblem: boolean,
  { following, queued }: Pick<SourceCollection, 'following' | 'queued'>,
): SourceCollection['state'] {
  if (isRefused) return 'refused'
  if (hasProblem) return 'retrying'
  if (queued > 0) return 'queued'
  return following > 0 ? 'following' : 'waiting'
}
