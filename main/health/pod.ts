import { conditionsOf, formatCondition } from './conditions.ts'
import { containerStatuses, formatTermination, type Termination, terminationOf, waitingOf } from './containers.ts'
import { type Fields, textIn } from './fields.ts'
import { ageMs, readinessLimitMs, unschedulableGraceMs } from './limits.ts'
import type { Assessment, Rule, Subject } from './object.ts'

/**
 * As in Argo CD. To kstatus a failed pod is healthy, and one that cannot pull its image is progressing:
 * https://github.com/argoproj/argo-cd/blob/master/gitops-engine/pkg/health/health_pod.go
 */
export const pod: Rule = (object, nowMs) => stuck(object) ?? byPhase(object, nowMs)

/** Reasons of waiting containers that do not resolve by waiting. */
const permanentFailure = /^Err|Error$|BackOff$|^InvalidImageName$/

function stuck({ spec, status }: Subject): Assessment | undefined {
  if (status?.phase === 'Succeeded' || status?.phase === 'Failed') return undefined
  const containers = containerStatuses(status)
  for (const container of containers) {
    const waiting = waitingOf(container)
    if (waiting === undefined || !permanentFailure.test(waiting.reason)) continue
    const before = terminationOf(container, 'lastState')
    const text = waiting.message === '' ? waiting.reason : `${waiting.reason}: ${waiting.message}`
    const reason = before === undefined ? text : `${text}; ${formatTermination(before)}`
    return { health: 'degraded', reason, since: before?.at ?? readySince(status) }
  }
  if (textIn(spec, 'restartPolicy') === 'Never' || textIn(spec, 'restartPolicy') === 'OnFailure') return undefined
  // Only init containers are expected to terminate in a pod with the restart policy Always.
  const ended = mainContainers(status)
    .map((container) => terminationOf(container, 'state'))
    .find((ending) => ending !== undefined)
  return ended && { health: 'degraded', reason: formatTermination(ended), since: ended.at }
}

function byPhase({ spec, status, metadata }: Subject, nowMs: number): Assessment {
  const conditions = conditionsOf(status)
  const started = textIn(status, 'startTime') ?? metadata.creationTimestamp
  switch (textIn(status, 'phase')) {
    case 'Succeeded':
      return { health: 'healthy', reason: 'Completed', since: conditions.get('Ready')?.since }
    case 'Failed':
      return { health: 'degraded', reason: whyFailed(status), since: lastTermination(status)?.at ?? readySince(status) }
    case 'Running':
      return running(spec, status, started, nowMs)
    case 'Unknown':
      return { health: 'unknown', reason: 'Its node does not respond', since: readySince(status) }
    default: {
      const scheduled = conditions.get('PodScheduled')
      if (scheduled?.status !== 'False') {
        const waiting = containerStatuses(status)
          .map(waitingOf)
          .find((each) => each !== undefined)
        return { health: 'progressing', reason: waiting?.reason ?? 'Waiting to be scheduled', since: started }
      }
      const reason = formatCondition(scheduled)
      // A scheduling gate is intended; it is not a lack of capacity.
      if (scheduled.reason !== 'Unschedulable') return { health: 'progressing', reason, since: scheduled.since }
      const leftMs = unschedulableGraceMs - ageMs(scheduled.since, nowMs)
      return leftMs <= 0
        ? { health: 'degraded', reason, since: scheduled.since }
        : { health: 'progressing', reason, since: scheduled.since, recheckAtMs: nowMs + leftMs }
    }
  }
}

function running(
  spec: Fields | undefined,
  status: Fields | undefined,
  started: string | undefined,
  nowMs: number,
): Assessment {
  const policy = textIn(spec, 'restartPolicy') ?? 'Always'
  // The pod is expected to terminate.
  if (policy !== 'Always') return { health: 'progressing', reason: 'Running to completion', since: started }
  const ready = conditionsOf(status).get('Ready')
  if (ready?.status === 'True') return { health: 'healthy', reason: 'Running', since: ready.since }
  const ended = mainContainers(status)
    .map((container) => terminationOf(container, 'lastState'))
    .find((ending) => ending !== undefined)
  if (ended !== undefined) {
    return { health: 'degraded', reason: `Not ready; ${formatTermination(ended)}`, since: ready?.since ?? ended.at }
  }
  const reason = ready === undefined ? 'Starting' : formatCondition(ready)
  const since = ready?.since ?? started
  const leftMs = readinessLimitMs - ageMs(since, nowMs)
  return leftMs <= 0
    ? { health: 'degraded', reason: `Not ready for over 10 min: ${reason}`, since }
    : { health: 'progressing', reason, since, recheckAtMs: nowMs + leftMs }
}

/** The pod itself reports evictions and lost nodes, its container reports a crash. */
function whyFailed(status: Fields | undefined): string {
  const own = [textIn(status, 'reason'), textIn(status, 'message')].filter((text) => text !== undefined)
  if (own.length > 0) return own.join(': ')
  const ended = lastTermination(status)
  return ended === undefined ? 'Failed' : formatTermination(ended)
}

function lastTermination(status: Fields | undefined): Termination | undefined {
  const endings = containerStatuses(status).flatMap((container) => terminationOf(container, 'state') ?? [])
  return endings.find(({ exitCode }) => exitCode !== 0) ?? endings[0]
}

const readySince = (status: Fields | undefined): string | undefined => conditionsOf(status).get('Ready')?.since

function mainContainers(status: Fields | undefined): readonly Fields[] {
  return containerStatuses(status && { containerStatuses: status.containerStatuses })
}
