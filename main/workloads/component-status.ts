import type { Component } from '../../preload/contract/profiles.ts'
import type { ComponentStatus, Health, ObjectStatus } from '../../preload/contract/workloads.ts'
import { isWorse } from '../health/worst.ts'

/** An object, and whether it affects its component: one that is terminating or replaced by its owner does not. */
export interface AssessedObject {
  readonly status: ObjectStatus
  readonly affectsComponent: boolean
  /** Why its collection cannot be read: then its status is the last known one. */
  readonly unreadable?: string
}

/** The state from which components are assessed. */
export interface KnownState {
  /** False until the cluster was read once: before, no component is missing. */
  readonly wasChecked: boolean
  /** The objects of each component, in any order. */
  readonly objects: ReadonlyMap<string, readonly AssessedObject[]>
  /** Kinds that could not be read, as `Kind` or `Kind/namespace`, with the reason. */
  readonly unreadable: ReadonlyMap<string, string>
}

type Verdict = Pick<ComponentStatus, 'health' | 'reason' | 'since'>
type Part = Component['parts'][number]

/** The status of each component, in the profile's order: that of its worst object, with the object's reason. */
export function componentStatuses(components: readonly Component[], known: KnownState): ComponentStatus[] {
  return components.map((component) => {
    const { id, title, summary, providedBy } = component
    const assessed = known.objects.get(id) ?? []
    const workloads = assessed.filter(({ status }) => component.parts.some((part) => isPart(part, status)))
    const verdict = verdictOf(component, assessed, workloads, known)
    return { id, title, summary, providedBy, ...verdict, objects: workloads.map(({ status }) => status.uid).sort() }
  })
}

export function isPart(
  part: Part,
  { kind, namespace, name }: Pick<ObjectStatus, 'kind' | 'namespace' | 'name'>,
): boolean {
  return part.kind === kind && part.name === name && (part.namespace === undefined || part.namespace === namespace)
}

function verdictOf(
  component: Component,
  assessed: readonly AssessedObject[],
  workloads: readonly AssessedObject[],
  known: KnownState,
): Verdict {
  const { providedBy, parts } = component
  if (providedBy === 'vendor') {
    return { health: 'unknown', reason: 'Run by the vendor; not visible from this cluster' }
  }
  if (!known.wasChecked) return { health: 'unknown', reason: 'The cluster has not been checked yet' }
  if (providedBy === 'cluster') return verdictOfProvided(parts, assessed, workloads, known)
  if (parts.length === 0) return { health: 'unknown', reason: 'The profile names no part of it' }
  return verdictOfInstalled(component, assessed, workloads, known)
}

/** The cluster has one of the alternatives that the profile lists, or another one. */
function verdictOfProvided(
  parts: readonly Part[],
  assessed: readonly AssessedObject[],
  workloads: readonly AssessedObject[],
  { unreadable }: KnownState,
): Verdict {
  const detected = [
    ...new Set(
      parts
        .filter((part) => workloads.some(({ status }) => isPart(part, status)))
        .map(({ title, name }) => title ?? name),
    ),
  ]
  if (detected.length === 0) {
    const [why] = parts.flatMap((part) => unreadableReason(part, unreadable) ?? [])
    if (why !== undefined) return { health: 'unknown', reason: why }
    const alternatives = [...new Set(parts.map(({ title, name }) => title ?? name))]
    const reason =
      alternatives.length === 0
        ? 'Provided by this cluster; its health is unknown'
        : `None of ${alternatives.join(', ')} was detected in this cluster`
    return { health: 'unknown', reason }
  }
  const { health, reason, since } = worstOf(assessed)
  return { health, reason: `${detected.join(', ')}, provided by this cluster: ${reason}`, since }
}

function verdictOfInstalled(
  { parts, required }: Component,
  assessed: readonly AssessedObject[],
  workloads: readonly AssessedObject[],
  { unreadable }: KnownState,
): Verdict {
  const absent = parts.filter((part) => !workloads.some(({ status }) => isPart(part, status)))
  const unreadableReasons = absent.flatMap((part) => unreadableReason(part, unreadable) ?? [])
  const missing = absent.length - unreadableReasons.length
  if (missing === parts.length && !required) return { health: 'suspended', reason: 'Not installed; optional' }
  const current = assessed.filter(({ unreadable: why }) => why === undefined)
  const verdict = current.length === 0 ? undefined : worstOf(current)
  const [first] = [...unreadableReasons, ...assessed.flatMap(({ unreadable: why }) => why ?? [])]
  // What is visible and wrong is known, whatever the parts that cannot be read are like.
  if (first !== undefined && verdict?.health === 'degraded')
    return { ...verdict, reason: `${verdict.reason}; ${first}` }
  if (first !== undefined) return { health: 'unknown', reason: first }
  if (missing === 0) return verdict ?? { health: 'unknown', reason: 'It has no workload' }
  if (verdict !== undefined && isWorse(verdict.health, 'missing')) return verdict
  const names = absent.map(({ kind, name }) => `${kind} ${name}`)
  return { health: 'missing', reason: `Not found: ${names.join(', ')}` }
}

const unreadableReason = (
  { kind, namespace = '' }: Part,
  unreadable: ReadonlyMap<string, string>,
): string | undefined => unreadable.get(kind) ?? unreadable.get(`${kind}/${namespace}`)

/** Among equally bad objects, the kind closest to the cause explains most and comes first. */
const causeOrder = ['Pod', 'PersistentVolumeClaim', 'Job', 'ReplicaSet', 'OCIRepository', 'HelmRelease']

function worstOf(assessed: readonly AssessedObject[]): Verdict {
  const [first, ...rest] = assessed.filter(({ affectsComponent }) => affectsComponent).map(({ status }) => status)
  if (first === undefined) return { health: 'unknown', reason: 'It has no workload' }
  const selected = rest.reduce((worst, status) => (outranks(status, worst) ? status : worst), first)
  const name = selected.health === 'healthy' ? '' : `${selected.kind} ${selected.name}: `
  // Healthy since the last part became healthy; otherwise since the selected object entered its state.
  const since = selected.health === 'healthy' ? latest([first, ...rest]) : selected.since
  return { health: selected.health, reason: `${name}${selected.reason}`, since }
}

function outranks(one: ObjectStatus, other: ObjectStatus): boolean {
  if (one.health !== other.health) return isWorse(one.health, other.health)
  const [a, b] = [rankOf(one), rankOf(other)]
  return a === b ? one.uid < other.uid : a < b
}

/** A healthy component is described by its workload, not by one of the pods. */
function rankOf({ kind, health }: ObjectStatus): number {
  const rank = causeOrder.indexOf(kind)
  const position = rank === -1 ? causeOrder.length : rank
  return health === 'healthy' ? -position : position
}

function latest(statuses: readonly { readonly health: Health; readonly since?: string }[]): string | undefined {
  const times = statuses.flatMap(({ since }) => since ?? [])
  return times.length === 0 ? undefined : times.reduce((a, b) => (Date.parse(b) > Date.parse(a) ? b : a))
}
