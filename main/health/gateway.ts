import { always, type ConditionTable, failing, fromConditions } from './condition-table.ts'
import { conditionsOf, isOutdated } from './conditions.ts'
import { type Fields, fieldsIn, listIn, textIn } from './fields.ts'
import { provisioningLimitMs } from './limits.ts'
import type { Assessment, Rule } from './object.ts'

/** Reasons that a controller gives while it works: https://gateway-api.sigs.k8s.io/reference/spec/ */
const refused = /^(?!(Pending|Waiting)$)/

/** https://gateway-api.sigs.k8s.io/concepts/conformance/#conditions */
const gatewayConditions: ConditionTable = {
  expected: {
    Programmed: /^(Invalid|NoResources|AddressNotUsable)$/,
    Accepted: refused,
    ResolvedRefs: always,
  },
  abnormal: /^(Conflicted|Detached)$/,
  limitMs: provisioningLimitMs,
}

/** A route, or a policy: each parent or ancestor has conditions of its own. */
const attachmentConditions: ConditionTable = {
  expected: { ResolvedRefs: always, Accepted: refused, Programmed: failing, Admitted: always },
  abnormal: /^(Conflicted|PartiallyInvalid)$/,
  limitMs: provisioningLimitMs,
}

/** A listener that does not work hides behind a Gateway, or a set of listeners for one, that is programmed. */
export const gateway: Rule = ({ metadata, status }, nowMs) => {
  const whole = fromConditions(conditionsOf(status, metadata), gatewayConditions, nowMs)
  if (whole?.health === 'degraded') return whole
  const listeners = listIn(status, 'listeners').flatMap((listener) => {
    const conditions = conditionsOf(listener, metadata)
    const assessment = fromConditions(conditions, gatewayConditions, nowMs)
    if (assessment === undefined || assessment.health === 'healthy') return []
    return [{ ...assessment, reason: `Listener ${textIn(listener, 'name') ?? '?'}: ${assessment.reason}` }]
  })
  const broken = listeners.find(({ health }) => health === 'degraded')
  return broken ?? (whole?.health === 'healthy' ? (listeners[0] ?? whole) : whole)
}

/** As in Argo CD: a parent that is not updated with the others is left over from an earlier generation. */
export const route: Rule = ({ metadata, status }, nowMs) => {
  const parents = attachmentsIn(status, 'parents', 'parentRef', metadata.generation)
  const current = parents.filter(({ isCurrent }) => isCurrent)
  return fromAttachments(current.length === 0 ? parents : current, nowMs)
}

/** A policy: the Gateways that it affects are its ancestors. */
export const policy: Rule = ({ metadata, status }, nowMs) =>
  fromAttachments(attachmentsIn(status, 'ancestors', 'ancestorRef', metadata.generation), nowMs)

/** A ServiceMonitor, PodMonitor, Probe or rule, for each Prometheus that selects it. */
export const binding: Rule = ({ metadata, status }, nowMs) =>
  fromAttachments(attachmentsIn(status, 'bindings', undefined, metadata.generation), nowMs)

/** https://docs.openshift.com/container-platform/latest/rest_api/network_apis/route-route-openshift-io-v1.html */
export const openShiftRoute: Rule = ({ metadata, status }, nowMs) =>
  fromAttachments(attachmentsIn(status, 'ingress', undefined, metadata.generation), nowMs)

interface Attachment {
  readonly ref: Fields
  readonly parent: Fields
  /** Its conditions are about the latest change. */
  readonly isCurrent: boolean
}

function attachmentsIn(
  status: Fields | undefined,
  list: 'parents' | 'ancestors' | 'bindings' | 'ingress',
  ref: 'parentRef' | 'ancestorRef' | undefined,
  generation: number | undefined,
): readonly Attachment[] {
  return listIn(status, list).flatMap((parent) => {
    const conditions = listIn(parent, 'conditions')
    if (conditions.length === 0) return []
    const isCurrent = !conditions.some((condition) => isOutdated(condition, generation))
    return [{ ref: ref === undefined ? parent : fieldsIn(parent, ref), parent, isCurrent }]
  })
}

/** The worst of them. */
function fromAttachments(attachments: readonly Attachment[], nowMs: number): Assessment | undefined {
  if (attachments.some(({ isCurrent }) => !isCurrent)) {
    return { health: 'progressing', reason: 'Its controller has not observed the latest change yet' }
  }
  const assessments = attachments.flatMap(({ parent, ref }) => {
    const assessment = fromConditions(conditionsOf(parent), attachmentConditions, nowMs)
    return assessment === undefined ? [] : [{ assessment, name: textIn(ref, 'name') }]
  })
  const worst =
    assessments.find(({ assessment }) => assessment.health === 'degraded') ??
    assessments.find(({ assessment }) => assessment.health !== 'healthy')
  if (worst === undefined) return assessments[0]?.assessment
  return attachments.length === 1 || worst.name === undefined
    ? worst.assessment
    : { ...worst.assessment, reason: `${worst.name}: ${worst.assessment.reason}` }
}
