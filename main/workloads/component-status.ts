import type { Component } from '../../preload/contract/profiles.ts'
import type { ComponentStatus, Health, ObjectStatus } from '../../preload/contract/workloads.ts'
import { isWorse } from '../health/worst.ts'

/** An object, and whether its state is its component's: one that ends, or that its owner answers for, is not. */
export interface Judged {
  readonly status: ObjectStatus
  readonly speaks: boolean
}

/** What is known when components are judged. */
export interface Knowledge {
  /** False until the cluster was looked at once: then nothing is missing yet. */
  readonly looked: boolean
  /** The objects of each component, in any order. */
  readonly objects: ReadonlyMap<string, readonly Judged[]>
  /** Kinds, as `Kind` or `Kind/namespace`, that could not be read, with the reason. */
  readonly unreadable: ReadonlyMap<string, string>
}

type Verdict = Pick<ComponentStatus, 'health' | 'reason' | 'since'>
type Part = Component['parts'][number]

/** The state of each component, in the profile's order: the worst of what carries it, with the reason of that one. */
export function componentStatuses(components: readonly Component[], known: Knowledge): ComponentStatus[] {
  return components.map((component) => {
    const { id, title, summary, providedBy } = component
    const judged = known.objects.get(id) ?? []
    const carriers = judged.filter(({ status }) => component.parts.some((part) => isPart(part, status)))
    const verdict = judge(component, judged, carriers, known)
    return { id, title, summary, providedBy, ...verdict, objects: carriers.map(({ status }) => status.uid).sort() }
  })
}

export function isPart(
  part: Part,
  { kind, namespace, name }: Pick<ObjectStatus, 'kind' | 'namespace' | 'name'>,
): boolean {
  return part.kind === kind && part.name === name && (part.namespace === undefined || part.namespace === namespace)
}

function judge(
  component: Component,
  judged: readonly Judged[],
  carriers: readonly Judged[],
  known: Knowledge,
): Verdict {
  const { providedBy, parts } = component
  if (providedBy === 'vendor') {
    return { health: 'unknown', reason: 'Run by the vendor; not visible from this cluster' }
  }
  if (!known.looked) return { health: 'unknown', reason: 'The cluster has not been checked yet' }
  if (providedBy === 'cluster') return judgeProvided(parts, judged, carriers)
  if (parts.length === 0) return { health: 'unknown', reason: 'The profile names no part of it' }
  return judgeInstalled(component, judged, carriers, known)
}

/** The cluster has one of several known forms of it, or one that the profile does not know. */
function judgeProvided(parts: readonly Part[], judged: readonly Judged[], carriers: readonly Judged[]): Verdict {
  const found = [
    ...new Set(
      parts
        .filter((part) => carriers.some(({ status }) => isPart(part, status)))
        .map(({ title, name }) => title ?? name),
    ),
  ]
  if (found.length === 0) {
    const forms = [...new Set(parts.map(({ title, name }) => title ?? name))]
    const reason =
      forms.length === 0
        ? 'Provided by this cluster; its health is unknown'
        : `None of ${forms.join(', ')} was detected in this cluster`
    return { health: 'unknown', reason }
  }
  const { health, reason, since } = roll(judged)
  return { health, reason: `${found.join(', ')}, provided by this cluster: ${reason}`, since }
}

function judgeInstalled(
  { parts, required }: Component,
  judged: readonly Judged[],
  carriers: readonly Judged[],
  { unreadable }: Knowledge,
): Verdict {
  const absent = parts.filter((part) => !carriers.some(({ status }) => isPart(part, status)))
  const unseen = absent.flatMap(({ kind, namespace = '' }) => {
    const why = unreadable.get(kind) ?? unreadable.get(`${kind}/${namespace}`)
    return why === undefined ? [] : [why]
  })
  const missing = absent.length - unseen.length
  if (missing === parts.length && !required) return { health: 'suspended', reason: 'Not installed; optional' }
  const seen = judged.length === 0 ? undefined : roll(judged)
  const [first] = unseen
  if (first !== undefined) return { health: 'unknown', reason: first }
  if (missing === 0) return seen ?? { health: 'unknown', reason: 'It has no workload' }
  if (seen !== undefined && isWorse(seen.health, 'missing')) return seen
  const names = absent.map(({ kind, name }) => `${kind} ${name}`)
  return { health: 'missing', reason: `Not found: ${names.join(', ')}` }
}

/** Of equally bad ones, the one that explains most: the nearer to the cause, the earlier. */
const telling = ['Pod', 'PersistentVolumeClaim', 'Job', 'ReplicaSet', 'OCIRepository', 'HelmRelease']

function roll(judged: readonly Judged[]): Verdict {
  const [first, ...rest] = judged.filter(({ speaks }) => speaks).map(({ status }) => status)
  if (first === undefined) return { health: 'unknown', reason: 'It has no workload' }
  const said = rest.reduce((worst, status) => (outranks(status, worst) ? status : worst), first)
  const name = said.health === 'healthy' ? '' : `${said.kind} ${said.name}: `
  // Well since the last of its parts became so; unwell since the one that explains it.
  const since = said.health === 'healthy' ? latest([first, ...rest]) : said.since
  return { health: said.health, reason: `${name}${said.reason}`, since }
}

function outranks(one: ObjectStatus, other: ObjectStatus): boolean {
  if (one.health !== other.health) return isWorse(one.health, other.health)
  const [a, b] = [rankOf(one), rankOf(other)]
  return a === b ? one.uid < other.uid : a < b
}

/** A healthy component is described by what carries it, not by one of its pods. */
function rankOf({ kind, health }: ObjectStatus): number {
  const rank = telling.indexOf(kind)
  const place = rank === -1 ? telling.length : rank
  return health === 'healthy' ? -place : place
}

function latest(statuses: readonly { readonly health: Health; readonly since?: string }[]): string | undefined {
  const times = statuses.flatMap(({ since }) => since ?? [])
  return times.length === 0 ? undefined : times.reduce((a, b) => (Date.parse(b) > Date.parse(a) ? b : a))
}
