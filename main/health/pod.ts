import { conditionsOf, sayCondition } from './conditions.ts'
import { containerStatuses, type Ending, endingOf, sayEnding, waitingOf } from './containers.ts'
import { type Fields, textIn } from './fields.ts'
import { ageMs, readinessLimitMs, unschedulableGraceMs } from './limits.ts'
import type { Assessment, Rule, Subject } from './object.ts'

/**
 * Argo CD's Pod over kstatus' (to which a failed pod is fine and one that cannot pull its image is on its way):
 * https://github.com/argoproj/argo-cd/blob/master/gitops-engine/pkg/health/health_pod.go
 */
export const pod: Rule = (object, nowMs) => stuck(object) ?? byPhase(object, nowMs)

/** Reasons that a container waits for and that do not go away by waiting. */
const hopeless = /^Err|Error$|BackOff$|^InvalidImageName$/

function stuck({ spec, status }: Subject): Assessment | undefined {
  if (status?.phase === 'Succeeded' || status?.phase === 'Failed') return undefined
  const containers = containerStatuses(status)
  for (const container of containers) {
    const waiting = waitingOf(container)
    if (waiting === undefined || !hopeless.test(waiting.reason)) continue
    const before = endingOf(container, 'lastState')
    const said = waiting.message === '' ? waiting.reason : `${waiting.reason}: ${waiting.message}`
    const reason = before === undefined ? said : `${said}; ${sayEnding(before)}`
    return { health: 'degraded', reason, since: before?.at ?? readySince(status) }
  }
  if (textIn(spec, 'restartPolicy') === 'Never' || textIn(spec, 'restartPolicy') === 'OnFailure') return undefined
  // Init containers end by design; the others of an Always pod do not.
  const ended = mainContainers(status)
    .map((container) => endingOf(container, 'state'))
    .find((ending) => ending !== undefined)
  return ended && { health: 'degraded', reason: sayEnding(ended), since: ended.at }
}

function byPhase({ spec, status, metadata }: Subject, nowMs: number): Assessment {
  const conditions = conditionsOf(status)
  const started = textIn(status, 'startTime') ?? metadata.creationTimestamp
  switch (textIn(status, 'phase')) {
    case 'Succeeded':
      return { health: 'healthy', reason: 'Completed', since: conditions.get('Ready')?.since }
    case 'Failed':
      return { health: 'degraded', reason: whyFailed(status), since: lastEnding(status)?.at ?? readySince(status) }
    case 'Running':
      return running(spec, status, started, nowMs)
    case 'Unknown':
      return { health: 'unknown', reason: 'Its node does not answer', since: readySince(status) }
    default: {
      const scheduled = conditions.get('PodScheduled')
      if (scheduled?.status !== 'False') {
        const waiting = containerStatuses(status)
          .map(waitingOf)
          .find((found) => found !== undefined)
        return { health: 'progressing', reason: waiting?.reason ?? 'Waiting to be placed on a node', since: started }
      }
      const reason = sayCondition(scheduled)
      // A scheduling gate is somebody's intention, not a lack of room.
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
  // Expected to end: running is on the way there.
  if (policy !== 'Always') return { health: 'progressing', reason: 'Running to its end', since: started }
  const ready = conditionsOf(status).get('Ready')
  if (ready?.status === 'True') return { health: 'healthy', reason: 'Running', since: ready.since }
  const ended = mainContainers(status)
    .map((container) => endingOf(container, 'lastState'))
    .find((ending) => ending !== undefined)
  if (ended !== undefined) {
    return { health: 'degraded', reason: `Not ready; ${sayEnding(ended)}`, since: ready?.since ?? ended.at }
  }
  const reason = ready === undefined ? 'Starting' : sayCondition(ready)
  const since = ready?.since ?? started
  const leftMs = readinessLimitMs - ageMs(since, nowMs)
  return leftMs <= 0
    ? { health: 'degraded', reason: `Not ready for too long: ${reason}`, since }
    : { health: 'progressing', reason, since, recheckAtMs: nowMs + leftMs }
}

/** Evictions and lost nodes are said by the pod itself, a crash by its container. */
function whyFailed(status: Fields | undefined): string {
  const own = [textIn(status, 'reason'), textIn(status, 'message')].filter((text) => text !== undefined)
  if (own.length > 0) return own.join(': ')
  const ended = lastEnding(status)
  return ended === undefined ? 'Failed' : sayEnding(ended)
}

function lastEnding(status: Fields | undefined): Ending | undefined {
  const endings = containerStatuses(status).flatMap((container) => endingOf(container, 'state') ?? [])
  return endings.find(({ exitCode }) => exitCode !== 0) ?? endings[0]
}

const readySince = (status: Fields | undefined): string | undefined => conditionsOf(status).get('Ready')?.since

function mainContainers(status: Fields | undefined): readonly Fields[] {
  return containerStatuses(status && { containerStatuses: status.containerStatuses })
}
