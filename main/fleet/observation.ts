import type { Observation } from '../../preload/contract/fleet.ts'
import { Problem, reportProblem } from '../../preload/contract/problem.ts'
import type { WorkloadsEvent } from '../../preload/contract/workloads.ts'

/** A cluster that has not listed its objects by then is named as slow. */
const listedWithinMs = 20_000

/** Undefined: the event says nothing yet, or what was known before. */
export function observationOf(event: WorkloadsEvent): Observation | undefined {
  const { asOf, connection, components } = event.kind === 'state' ? event.status : event
  if (connection.state !== 'live' && connection.problem === undefined) return undefined
  return {
    asOf,
    ...(connection.state === 'live' ? {} : { problem: connection.problem }),
    components: components.map(({ objects: _, summary: __, ...component }) => component),
  }
}

/** The reading of a cluster that failed with `error`: its components are the ones `before`. */
export function failedReading(error: unknown, before: Observation | undefined): Observation {
  const { asOf = null, components = [] } = before ?? {}
  return { asOf, components, problem: reportProblem(error) }
}

/**
 * The first observation among the events that `watch` reports. Throws CLUSTER_UNREACHABLE when the cluster takes too long,
 * and the signal's reason when that aborts.
 */
export async function readOnce(
  contextName: string,
  watch: (signal: AbortSignal) => AsyncIterable<WorkloadsEvent>,
  signal: AbortSignal,
): Promise<Observation> {
  for await (const event of watch(AbortSignal.any([signal, AbortSignal.timeout(listedWithinMs)]))) {
    const observation = observationOf(event)
    if (observation !== undefined) return observation
  }
  signal.throwIfAborted()
  const message = `The cluster of ${contextName} has not listed its objects within ${listedWithinMs / 1_000} s.`
  throw new Problem('CLUSTER_UNREACHABLE', message)
}
