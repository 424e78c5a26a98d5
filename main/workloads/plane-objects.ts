import type { Component } from '../../preload/contract/profiles.ts'
import type { ComponentStatus, ObjectStatus } from '../../preload/contract/workloads.ts'
import { assess } from '../health/assess.ts'
import { counts } from '../health/counts.ts'
import { fieldsIn, listIn, textIn } from '../health/fields.ts'
import type { KubernetesObject } from '../lib/kubernetes/resources.ts'
import { type AssessedObject, componentStatuses, isPart } from './component-status.ts'
import { podSpecIn } from './container-details.ts'
import { ReadyPods } from './ready-pods.ts'
import { assessWithHistory, type StateHistory, unhealthySinceOf } from './state-history.ts'
import { targetKey, type WatchTarget } from './watch-plan.ts'

/** The changes since the last `takeChanges`. */
export interface ObjectChanges {
  readonly components: ComponentStatus[]
  readonly changed: ObjectStatus[]
  readonly removed: string[]
}

interface Entry {
  /** From the rule of its kind. The component is determined later, because owners may arrive later. */
  readonly status: ObjectStatus
  readonly collection: string
  readonly ownerUid?: string
  readonly affectsComponent: boolean
  /** A ReplicaSet of an older revision, which is not shown. */
  readonly isSuperseded: boolean
  readonly history: StateHistory
}

interface Recheck {
  readonly atMs: number
  readonly target: WatchTarget
  readonly object: KubernetesObject
}

/** Chains of owners have three members (Pod, ReplicaSet, Deployment). A longer one is a loop. */
const maxOwnerDepth = 6

/**
 * The status of a plane's objects, by uid. Collects the changes of all followed collections, and holds each object once
 * however fast it changes.
 */
export class PlaneObjects {
  readonly #components: readonly Component[]
  readonly #ownNamespaces: ReadonlySet<string>
  readonly #unfollowed: ReadonlyMap<string, string>
  /** Collections that cannot be read, by key, with the reason. */
  readonly #unreadable = new Map<string, { readonly target: WatchTarget; readonly why: string }>()
  readonly #entries = new Map<string, Entry>()
  /** uids by collection, to detect objects that a new list lacks. */
  readonly #collections = new Map<string, Set<string>>()
  readonly #rechecks = new Map<string, Recheck>()
  readonly #changedUids = new Set<string>()
  /** Objects whose owner is unknown: their component may still change. */
  readonly #orphans = new Set<string>()
  readonly #shown = new Map<string, ObjectStatus>()
  readonly #readyPods = new ReadyPods()
  #isUnreadableChanged = true

  constructor(
    components: readonly Component[],
    namespaces: readonly string[],
    unfollowed: ReadonlyMap<string, string> = new Map(),
  ) {
    this.#components = components
    this.#ownNamespaces = new Set(namespaces)
    this.#unfollowed = unfollowed
  }

  /** Whether `takeChanges` would return changes. */
  get hasChanges(): boolean {
    return this.#isUnreadableChanged || this.#changedUids.size > 0
  }

  /** The collection consists of exactly these objects. */
  replace(target: WatchTarget, objects: Iterable<KubernetesObject>, nowMs: number): void {
    const uids = new Set<string>()
    for (const object of objects) {
      this.put(target, object, nowMs)
      uids.add(object.metadata.uid ?? '')
    }
    this.retain(target, uids)
  }

  /** The collection was listed: of what is known, only these objects exist. */
  retain(target: WatchTarget, uids: ReadonlySet<string>): void {
    for (const uid of new Set(this.#collections.get(targetKey(target))).difference(uids)) this.remove(target, uid)
    this.setReadable(target)
  }

  put(target: WatchTarget, object: KubernetesObject, nowMs: number): void {
    const { uid } = object.metadata
    if (uid === undefined) return
    const key = targetKey(target)
    const collection = this.#collections.get(key) ?? new Set()
    this.#collections.set(key, collection.add(uid))

    const counted = counts(object)
    const before = this.#entries.get(uid)?.history
    const judged = assess(object, nowMs, unhealthySinceOf(before, nowMs))
    const { assessment, history } = assessWithHistory(before, object, judged, counted, nowMs)
    const entry = toEntry(key, uid, object, assessment, counted, history)
    if (this.#changesSuperseded(uid, entry)) this.#markOwned(uid)
    this.#entries.set(uid, entry)
    this.#changedUids.add(uid)
    if (object.kind === 'Pod' && entry.ownerUid !== undefined) {
      this.#readyPods.setReady(entry.ownerUid, uid, entry.affectsComponent && counted.ready === counted.total)
      this.#changedUids.add(entry.ownerUid)
    }
    if (assessment.recheckAtMs === undefined) this.#rechecks.delete(uid)
    else this.#rechecks.set(uid, { atMs: assessment.recheckAtMs, target, object })
  }

  remove(target: WatchTarget, uid: string): void {
    this.#collections.get(targetKey(target))?.delete(uid)
    const owner = this.#entries.get(uid)?.ownerUid
    this.#entries.delete(uid)
    this.#readyPods.forget(uid)
    if (owner !== undefined && target.kind === 'Pod') {
      this.#readyPods.setReady(owner, uid, false)
      if (this.#entries.has(owner)) this.#changedUids.add(owner)
      else this.#readyPods.forget(owner)
    }
    this.#rechecks.delete(uid)
    this.#orphans.delete(uid)
    this.#changedUids.add(uid)
  }

  /**
   * The collection cannot be read, for example without permission, or what is known of it is no longer current: its objects
   * are unknown, and its parts are not missing.
   */
  setUnreadable(target: WatchTarget, why: string): void {
    this.#unreadable.set(targetKey(target), { target, why })
    this.#markCollection(target)
  }

  setReadable(target: WatchTarget): void {
    if (this.#unreadable.delete(targetKey(target))) this.#markCollection(target)
  }

  #markCollection(target: WatchTarget): void {
    this.#isUnreadableChanged = true
    for (const uid of this.#collections.get(targetKey(target)) ?? []) this.#changedUids.add(uid)
  }

  /** When time alone changes a status, in milliseconds since 1970; undefined if it does not. */
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

  /** The changes since the last call, and the current status of all components. */
  takeChanges(): ObjectChanges {
    const changed: ObjectStatus[] = []
    const removed: string[] = []
    for (const uid of this.#orphans) this.#changedUids.add(uid)
    for (const uid of this.#changedUids) {
      const status = this.#statusOf(uid)
      const shown = this.#shown.get(uid)
      if (status === undefined) {
        if (this.#shown.delete(uid)) removed.push(uid)
      } else if (shown === undefined || !isSameStatus(shown, status)) {
        this.#shown.set(uid, status)
        changed.push(status)
      }
    }
    this.#changedUids.clear()
    this.#isUnreadableChanged = false
    return { components: this.components(), changed, removed }
  }

  /** All shown objects, as of the last `takeChanges`. */
  objects(): ObjectStatus[] {
    return [...this.#shown.values()]
  }

  components(): ComponentStatus[] {
    const objects = new Map<string, AssessedObject[]>()
    for (const [uid, status] of this.#shown) {
      if (status.component === undefined) continue
      const entry = this.#entries.get(uid)
      const assessed = {
        status,
        affectsComponent: entry?.affectsComponent ?? true,
        unreadable: this.#unreadable.get(entry?.collection ?? '')?.why,
      }
      const list = objects.get(status.component)
      if (list === undefined) objects.set(status.component, [assessed])
      else list.push(assessed)
    }
    const unreadable = new Map(this.#unfollowed)
    for (const { target, why } of this.#unreadable.values()) unreadable.set(unreadableKey(target), why)
    return componentStatuses(this.#components, { wasChecked: true, objects, unreadable })
  }

  /** The status to show; undefined for superseded ReplicaSets and objects that are not part of the plane. */
  #statusOf(uid: string): ObjectStatus | undefined {
    const entry = this.#entries.get(uid)
    if (entry === undefined) return undefined
    const component = this.#componentOf(uid, entry)
    const outage = this.#readyPods.outageOf(uid, entry.status, Date.now())
    if (entry.isSuperseded) return undefined
    const known = entry.affectsComponent ? { ...entry.status, ...outage } : entry.status
    const unreadable = this.#unreadable.get(entry.collection)
    const status = unreadable === undefined ? known : lastKnown(known, unreadable.why)
    const isOwn = status.namespace !== undefined && this.#ownNamespaces.has(status.namespace)
    return isOwn || component !== undefined ? { ...status, owner: this.#shownOwnerOf(entry), component } : undefined
  }

  /** The nearest owner that is shown: pods of a superseded ReplicaSet are below its Deployment until they end. */
  #shownOwnerOf({ ownerUid }: Entry): string | undefined {
    let uid = ownerUid
    for (let length = 0; uid !== undefined && length < maxOwnerDepth; length += 1) {
      const owner = this.#entries.get(uid)
      if (owner === undefined || !owner.isSuperseded) return owner && uid
      uid = owner.ownerUid
    }
    return undefined
  }

  #changesSuperseded(uid: string, { isSuperseded }: Entry): boolean {
    const before = this.#entries.get(uid)
    return before !== undefined && before.isSuperseded !== isSuperseded
  }

  /** Their owner is shown no more, or again. */
  #markOwned(owner: string): void {
    for (const [uid, { ownerUid }] of this.#entries) if (ownerUid === owner) this.#changedUids.add(uid)
  }

  /** The component of the object or of one of its owners. */
  #componentOf(uid: string, entry: Entry): string | undefined {
    this.#orphans.delete(uid)
    let current: Entry | undefined = entry
    for (let length = 0; current !== undefined && length < maxOwnerDepth; length += 1) {
      const { status, ownerUid } = current
      const component = this.#components.find(({ parts }) => parts.some((part) => isPart(part, status)))
      if (component !== undefined) return component.id
      if (ownerUid === undefined) return undefined
      current = this.#entries.get(ownerUid)
      if (current === undefined) this.#orphans.add(uid)
    }
    return undefined
  }
}

/** What was known is not shown as current. */
function lastKnown({ since: _past, ...status }: ObjectStatus, why: string): ObjectStatus {
  return { ...status, health: 'unknown', reason: `${why} (last known: ${status.health}, ${status.reason})` }
}

const unreadableKey = ({ kind, namespace }: WatchTarget): string =>
  namespace === undefined ? kind : `${kind}/${namespace}`

function toEntry(
  collection: string,
  uid: string,
  object: KubernetesObject,
  { health, reason, since }: ReturnType<typeof assess>,
  counted: ReturnType<typeof counts>,
  history: StateHistory,
): Entry {
  const { kind, metadata } = object
  const { name, namespace, creationTimestamp: createdAt, ownerReferences = [] } = metadata
  const owner = ownerReferences.find(({ controller }) => controller === true) ?? ownerReferences[0]
  const [spec, status] = [fieldsIn({ ...object }, 'spec'), fieldsIn({ ...object }, 'status')]
  const phase = textIn(status, 'phase')
  const isFinished = kind === 'Pod' && (phase === 'Succeeded' || phase === 'Failed') && owner !== undefined
  const node = kind === 'Pod' ? textIn(spec, 'nodeName') : undefined
  const image = imageIn(object)
  return {
    status: { uid, kind, namespace, name, health, reason, since, createdAt, ...counted, node, image },
    collection,
    ownerUid: owner?.uid,
    affectsComponent: metadata.deletionTimestamp === undefined && !isFinished,
    isSuperseded: kind === 'ReplicaSet' && owner !== undefined && counted.total === 0 && counted.ready === 0,
    history,
  }
}

const longestImage = 500

/** Of the first container, which is the one that the pod is there for. */
const imageIn = (object: KubernetesObject): string | undefined =>
  textIn(listIn(podSpecIn(object), 'containers')[0], 'image')?.slice(0, longestImage)

const compared = [
  'health',
  'reason',
  'since',
  'ready',
  'total',
  'restarts',
  'node',
  'image',
  'owner',
  'component',
  'createdAt',
] as const satisfies readonly (keyof ObjectStatus)[]

/** For the same uid: names do not change. */
export function isSameStatus(one: ObjectStatus, other: ObjectStatus): boolean {
  return compared.every((field) => one[field] === other[field])
}
