import type { Component } from '../../preload/contract/profiles.ts'
import type { ComponentStatus, ObjectStatus } from '../../preload/contract/workloads.ts'
import { assess } from '../health/assess.ts'
import { counts } from '../health/counts.ts'
import type { KubernetesObject } from '../lib/kubernetes/resources.ts'
import { componentStatuses, isPart, type Judged } from './component-status.ts'
import { type Memory, recall } from './memory.ts'
import { ReadyPods } from './ready-pods.ts'
import { targetKey, type WatchTarget } from './watch-plan.ts'

/** What changed since the last `take`. */
export interface BoardDelta {
  readonly components: ComponentStatus[]
  readonly changed: ObjectStatus[]
  readonly removed: string[]
}

interface Entry {
  /** As its kind judges it; the component is found when it is shown, as owners may arrive later. */
  readonly status: ObjectStatus
  readonly ownerUid?: string
  readonly speaks: boolean
  /** Of no interest by itself: a replica set that stands for an older revision. */
  readonly past: boolean
  readonly memory: Memory
}

interface Recheck {
  readonly atMs: number
  readonly target: WatchTarget
  readonly object: KubernetesObject
}

/** Owner chains are three long (pod, replica set, deployment); a longer one is a loop. */
const longestChain = 6

/**
 * What is known of a plane's objects, by uid. Takes the changes of any number of followed collections and gives out
 * what changed in between, so that it holds each object's state once however fast changes come.
 */
export class Board {
  readonly #components: readonly Component[]
  readonly #ownNamespaces: ReadonlySet<string>
  readonly #unreadable: Map<string, string>
  readonly #entries = new Map<string, Entry>()
  /** uids by collection, to find what a new list no longer has. */
  readonly #collections = new Map<string, Set<string>>()
  readonly #rechecks = new Map<string, Recheck>()
  readonly #dirty = new Set<string>()
  /** Whose owner has not been seen: its component may still change. */
  readonly #orphans = new Set<string>()
  readonly #shown = new Map<string, ObjectStatus>()
  readonly #crews = new ReadyPods()
  #touched = true

  constructor(
    components: readonly Component[],
    namespaces: readonly string[],
    unreadable: ReadonlyMap<string, string> = new Map(),
  ) {
    this.#components = components
    this.#ownNamespaces = new Set(namespaces)
    this.#unreadable = new Map(unreadable)
  }

  /** True when a `take` has something to tell. */
  get isDirty(): boolean {
    return this.#touched || this.#dirty.size > 0
  }

  /** These objects, and no others, are in the collection. */
  replace(target: WatchTarget, objects: Iterable<KubernetesObject>, nowMs: number): void {
    const gone = new Set(this.#collections.get(targetKey(target)))
    for (const object of objects) {
      this.put(target, object, nowMs)
      gone.delete(object.metadata.uid ?? '')
    }
    for (const uid of gone) this.remove(target, uid)
    this.#read(target)
  }

  put(target: WatchTarget, object: KubernetesObject, nowMs: number): void {
    const { uid } = object.metadata
    if (uid === undefined) return
    const key = targetKey(target)
    const collection = this.#collections.get(key) ?? new Set()
    this.#collections.set(key, collection.add(uid))

    const counted = counts(object)
    const before = this.#entries.get(uid)?.memory
    const { assessment, memory } = recall(before, object, assess(object, nowMs), counted, nowMs)
    const entry = toEntry(uid, object, assessment, counted, memory)
    this.#entries.set(uid, entry)
    this.#dirty.add(uid)
    if (object.kind === 'Pod' && entry.ownerUid !== undefined) {
      this.#crews.count(entry.ownerUid, uid, entry.speaks && counted.ready === counted.total)
      this.#dirty.add(entry.ownerUid)
    }
    if (assessment.recheckAtMs === undefined) this.#rechecks.delete(uid)
    else this.#rechecks.set(uid, { atMs: assessment.recheckAtMs, target, object })
  }

  remove(target: WatchTarget, uid: string): void {
    this.#collections.get(targetKey(target))?.delete(uid)
    const owner = this.#entries.get(uid)?.ownerUid
    this.#entries.delete(uid)
    this.#crews.dismiss(uid)
    if (owner !== undefined && target.kind === 'Pod') {
      this.#crews.count(owner, uid, false)
      if (this.#entries.has(owner)) this.#dirty.add(owner)
      else this.#crews.dismiss(owner)
    }
    this.#rechecks.delete(uid)
    this.#orphans.delete(uid)
    this.#dirty.add(uid)
  }

  /** The collection cannot be read (no permission, say); its parts are unknown rather than missing. */
  markUnreadable(target: WatchTarget, why: string): void {
    this.#unreadable.set(unreadableKey(target), why)
    this.#touched = true
  }

  /** When time alone changes something; `undefined` if it does not. Epoch, ms. */
  nextRecheckMs(): number | undefined {
    let next: number | undefined
    for (const { atMs } of this.#rechecks.values()) if (next === undefined || atMs < next) next = atMs
    return next
  }

  recheck(nowMs: number): void {
    for (const { atMs, target, object } of [...this.#rechecks.values()]) {
      if (atMs <= nowMs) this.put(target, object, nowMs)
    }
  }

  /** What changed since the last time, with all components as they are now. */
  take(): BoardDelta {
    const changed: ObjectStatus[] = []
    const removed: string[] = []
    for (const uid of this.#orphans) this.#dirty.add(uid)
    for (const uid of this.#dirty) {
      const status = this.#show(uid)
      const shown = this.#shown.get(uid)
      if (status === undefined) {
        if (this.#shown.delete(uid)) removed.push(uid)
      } else if (shown === undefined || !isSame(shown, status)) {
        this.#shown.set(uid, status)
        changed.push(status)
      }
    }
    this.#dirty.clear()
    this.#touched = false
    return { components: this.components(), changed, removed }
  }

  /** Everything that is shown, as of the last `take`. */
  objects(): ObjectStatus[] {
    return [...this.#shown.values()]
  }

  components(): ComponentStatus[] {
    const objects = new Map<string, Judged[]>()
    for (const [uid, status] of this.#shown) {
      if (status.component === undefined) continue
      const judged = { status, speaks: this.#entries.get(uid)?.speaks ?? true }
      const list = objects.get(status.component)
      if (list === undefined) objects.set(status.component, [judged])
      else list.push(judged)
    }
    return componentStatuses(this.#components, { looked: true, objects, unreadable: this.#unreadable })
  }

  #read(target: WatchTarget): void {
    if (this.#unreadable.delete(unreadableKey(target))) this.#touched = true
  }

  /** As it is shown, or nothing: replica sets of the past, and what is not the plane's. */
  #show(uid: string): ObjectStatus | undefined {
    const entry = this.#entries.get(uid)
    if (entry === undefined) return undefined
    const component = this.#componentOf(uid, entry)
    const loss = this.#crews.lossOf(uid, entry.status, Date.now())
    if (entry.past) return undefined
    const status = entry.speaks ? { ...entry.status, ...loss } : entry.status
    const isOwn = status.namespace !== undefined && this.#ownNamespaces.has(status.namespace)
    return isOwn || component !== undefined ? { ...status, component } : undefined
  }

  /** Its own, or that of whoever owns it. */
  #componentOf(uid: string, entry: Entry): string | undefined {
    this.#orphans.delete(uid)
    let at: Entry | undefined = entry
    for (let length = 0; at !== undefined && length < longestChain; length += 1) {
      const { status, ownerUid } = at
      const component = this.#components.find(({ parts }) => parts.some((part) => isPart(part, status)))
      if (component !== undefined) return component.id
      if (ownerUid === undefined) return undefined
      at = this.#entries.get(ownerUid)
      if (at === undefined) this.#orphans.add(uid)
    }
    return undefined
  }
}

const unreadableKey = ({ kind, namespace }: WatchTarget): string =>
  namespace === undefined ? kind : `${kind}/${namespace}`

function toEntry(
  uid: string,
  object: KubernetesObject,
  { health, reason, since }: ReturnType<typeof assess>,
  counted: ReturnType<typeof counts>,
  memory: Memory,
): Entry {
  const { kind, metadata } = object
  const { name, namespace, creationTimestamp: createdAt, ownerReferences = [] } = metadata
  const owner = ownerReferences.find(({ controller }) => controller === true) ?? ownerReferences[0]
  const phase = readText(object.status, 'phase')
  const isFinished = kind === 'Pod' && (phase === 'Succeeded' || phase === 'Failed') && owner !== undefined
  const node = kind === 'Pod' ? readText(object.spec, 'nodeName') : undefined
  return {
    status: { uid, kind, namespace, name, health, reason, since, createdAt, ...counted, node },
    ownerUid: owner?.uid,
    speaks: metadata.deletionTimestamp === undefined && !isFinished,
    past: kind === 'ReplicaSet' && owner !== undefined && counted.total === 0 && counted.ready === 0,
    memory,
  }
}

function readText(value: unknown, field: string): string | undefined {
  const found: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, field) : undefined
  return typeof found === 'string' ? found : undefined
}

const compared = [
  'health',
  'reason',
  'since',
  'ready',
  'total',
  'restarts',
  'node',
  'component',
  'createdAt',
] as const satisfies readonly (keyof ObjectStatus)[]

/** Same uid given: names do not change. */
export function isSame(one: ObjectStatus, other: ObjectStatus): boolean {
  return compared.every((field) => one[field] === other[field])
}
