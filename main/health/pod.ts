import { type Condition, conditionsOf, degradedBy, formatCondition } from './conditions.ts'
import {
  containerStatuses,
  formatTermination,
  initStatuses,
  lastingStatuses,
  type Termination,
  terminationOf,
  waitingOf,
} from './containers.ts'
import { type Fields, fieldsIn, listIn, textIn } from './fields.ts'
import {
  ageMs,
  creationLimitMs,
  initializationLimitMs,
  progressingUntil,
  readinessLimitMs,
  unschedulableGraceMs,
} from './limits.ts'
import type { Assessment, Rule, Subject } from './object.ts'

/**
 * As in Argo CD. To kstatus a failed pod is healthy, and one that cannot pull its image is progressing:
 * https://github.com/argoproj/argo-cd/blob/master/gitops-engine/pkg/health/health_pod.go
 */
export const pod: Rule = (object, nowMs) => stuck(object) ?? byPhase(object, nowMs)

/** Reasons of waiting containers that do not resolve by waiting. */
const permanentFailure = /^Err|(Error|BackOff|Failed|Unavailable)$|^InvalidImageName$/

function stuck(object: Subject): Assessment | undefined {
  const { status } = object
  if (status?.phase === 'Succeeded' || status?.phase === 'Failed') return undefined
  for (const container of containerStatuses(status)) {
    const waiting = waitingOf(container)
    if (waiting === undefined || !permanentFailure.test(waiting.reason)) continue
    const before = terminationOf(container, 'lastState')
    const text = waiting.message === '' ? waiting.reason : `${waiting.reason}: ${waiting.message}`
    const reason = before === undefined ? text : `${text}; ${formatTermination(before)}`
    return { health: 'degraded', reason, since: before?.at ?? readySince(status) }
  }
  const ended = endedTooEarly(object)
  if (ended !== undefined) return { health: 'degraded', reason: formatTermination(ended), since: ended.at }
  return initializing(object)
}

/** A container that the pod needs and that has ended: with the policy Always any, with Never one that failed. */
function endedTooEarly({ spec, status }: Subject): Termination | undefined {
  const ofPod = textIn(spec, 'restartPolicy') ?? 'Always'
  // A container can have a policy of its own: https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#individual-container-restart-policy-and-rules
  const policies = new Map(
    [...listIn(spec, 'containers'), ...listIn(spec, 'initContainers')].map((container) => [
      textIn(container, 'name'),
      textIn(container, 'restartPolicy') ?? ofPod,
    ]),
  )
  return lastingStatuses({ spec, status })
    .flatMap((container) => terminationOf(container, 'state') ?? [])
    .find(({ container, exitCode }) => {
      const policy = policies.get(container) ?? ofPod
      return policy === 'Always' || (policy === 'Never' && exitCode !== 0)
    })
}

/** An init container whose attempts fail: between two of them, the pod only seems to initialize. */
function initializing({ spec, status }: Subject): Assessment | undefined {
  for (const container of initStatuses({ spec, status })) {
    const ended = terminationOf(container, 'state')
    if (ended?.exitCode === 0) continue
    const failed = ended ?? terminationOf(container, 'lastState')
    if (failed !== undefined && failed.exitCode !== 0) {
      return { health: 'degraded', reason: `Init container ${formatTermination(failed)}`, since: failed.at }
    }
  }
  return undefined
}

function byPhase(object: Subject, nowMs: number): Assessment {
  const { status, metadata } = object
  const conditions = conditionsOf(status)
  const started = textIn(status, 'startTime') ?? metadata.creationTimestamp
  switch (textIn(status, 'phase')) {
    case 'Succeeded':
      return { health: 'healthy', reason: 'Completed', since: conditions.get('Ready')?.since }
    case 'Failed':
      return { health: 'degraded', reason: whyFailed(status), since: lastTermination(status)?.at ?? readySince(status) }
    case 'Running':
      return running(object, started, nowMs)
    case 'Unknown':
      return { health: 'unknown', reason: 'Its node does not respond', since: readySince(status) }
    default:
      return conditions.get('PodScheduled')?.status === 'False' ? unscheduled(object, nowMs) : starting(object, nowMs)
  }
}

function unscheduled({ status, metadata }: Subject, nowMs: number): Assessment {
  const scheduled = conditionsOf(status).get('PodScheduled')
  const reason = scheduled === undefined ? 'Waiting to be scheduled' : formatCondition(scheduled)
  const since = scheduled?.since ?? metadata.creationTimestamp
  // A scheduling gate is intended; it is not a lack of capacity.
  if (scheduled?.reason === 'SchedulingGated') return { health: 'progressing', reason, since }
  // Pods of a lower priority end to make room on the node that it names.
  const isPreempting = textIn(status, 'nominatedNodeName') !== undefined
  if (scheduled?.reason !== 'Unschedulable' || isPreempting) {
    return progressingUntil(creationLimitMs, { reason, since }, nowMs, 'Not scheduled')
  }
  const leftMs = since === undefined ? 0 : unschedulableGraceMs - ageMs(since, nowMs)
  return leftMs <= 0
    ? { health: 'degraded', reason, since }
    : { health: 'progressing', reason, since, recheckAtMs: nowMs + leftMs }
}

/** It has a node: the kubelet creates its containers, or runs those that initialize it. */
function starting(object: Subject, nowMs: number): Assessment {
  const { spec, status, metadata } = object
  const scheduled = conditionsOf(status).get('PodScheduled')
  const placedAt = textIn(status, 'startTime') ?? scheduled?.since
  const running = initStatuses({ spec, status }).find(
    (container) => textIn(fieldsIn(fieldsIn(container, 'state'), 'running'), 'startedAt') !== undefined,
  )
  if (running !== undefined) {
    const since = textIn(fieldsIn(fieldsIn(running, 'state'), 'running'), 'startedAt')
    const wait = { reason: `Init container ${textIn(running, 'name') ?? '?'} runs`, since }
    return progressingUntil(initializationLimitMs, wait, nowMs, 'Not initialized')
  }
  const waiting = containerStatuses(status)
    .map(waitingOf)
    .find((each) => each !== undefined)
  if (waiting === undefined && scheduled === undefined && placedAt === undefined) {
    const wait = { reason: 'Waiting to be scheduled', since: metadata.creationTimestamp }
    return progressingUntil(creationLimitMs, wait, nowMs, 'No scheduler has placed it')
  }
  const reason = waiting?.reason ?? 'ContainerCreating'
  if (placedAt === undefined) return { health: 'progressing', reason, since: metadata.creationTimestamp }
  return progressingUntil(creationLimitMs, { reason, since: placedAt }, nowMs, 'Not started')
}

function running(object: Subject, started: string | undefined, nowMs: number): Assessment {
  const { spec, status } = object
  const policy = textIn(spec, 'restartPolicy') ?? 'Always'
  // The pod is expected to terminate.
  if (policy !== 'Always') return { health: 'progressing', reason: 'Running to completion', since: started }
  const ready = conditionsOf(status).get('Ready')
  if (ready?.status === 'True') {
    return fromResize(conditionsOf(status)) ?? { health: 'healthy', reason: 'Running', since: ready.since }
  }
  const ended = lastingStatuses(object)
    .map((container) => terminationOf(container, 'lastState'))
    .find((ending) => ending !== undefined)
  if (ended !== undefined) {
    return { health: 'degraded', reason: `Not ready; ${formatTermination(ended)}`, since: ready?.since ?? ended.at }
  }
  const reason = ready === undefined ? 'Starting' : formatCondition(ready)
  return progressingUntil(readinessLimitMs, { reason, since: ready?.since ?? started }, nowMs)
}

/** Resources that were changed while it runs: https://kubernetes.io/docs/tasks/configure-pod-container/resize-container-resources/#pod-resize-status */
function fromResize(conditions: ReadonlyMap<string, Condition>): Assessment | undefined {
  const pending = conditions.get('PodResizePending')
  const current = conditions.get('PodResizeInProgress')
  const resize = [pending, current].find((condition) => condition?.status === 'True')
  if (resize === undefined) return undefined
  return /^(Infeasible|Error)$/.test(resize.reason)
    ? degradedBy(resize)
    : { health: 'progressing', reason: formatCondition(resize), since: resize.since }
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
