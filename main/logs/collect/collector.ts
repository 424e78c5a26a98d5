import type { SourceCollection } from '../../../preload/contract/logs.ts'
import type { ProblemReport } from '../../../preload/contract/problem.ts'
import type { LogSource } from '../../../preload/contract/profiles.ts'
import type { KubernetesObject } from '../../lib/kubernetes/resources.ts'
import { reflect } from '../../lib/kubernetes/watch.ts'
import { type CollectPorts, type ContainerState, followContainer } from './container.ts'
import { type PodsProblem, stateOfSource } from './source-state.ts'
import { type ContainerTarget, streamName } from './target.ts'
import { Wake } from './wake.ts'

/** The progress of one source. */
export interface SourceProgress {
  readonly source: string
  readonly records: number
  readonly collection: SourceCollection
}

const pods = { apiVersion: 'v1', kind: 'Pod', plural: 'pods', namespaced: true }

/**
 * Follows every container of every pod of the sources, as pods are created and deleted, until it is aborted.
 * `onProgress` is called with each change, often: it must be cheap.
 */
export async function collect(
  sources: readonly LogSource[],
  ports: CollectPorts,
  onProgress: (progress: SourceProgress) => void,
  signal: AbortSignal,
): Promise<void> {
  await Promise.all(sources.map((source) => new SourceCollector(source, ports, onProgress).collect(signal)))
}

/** A container that is followed. */
interface Followed {
  readonly done: Promise<void>
  readonly wake: Wake
  state: ContainerState
}

class SourceCollector {
  readonly #source: LogSource
  readonly #ports: CollectPorts
  readonly #onProgress: (progress: SourceProgress) => void
  readonly #followed = new Map<string, Followed>()
  /** Containers that have ended, by the instance that did. */
  readonly #ended = new Map<string, string>()
  #records = 0
  #gaps = 0
  #podsProblem: PodsProblem | undefined

  constructor(source: LogSource, ports: CollectPorts, onProgress: (progress: SourceProgress) => void) {
    this.#source = source
    this.#ports = {
      ...ports,
      append: async (batch) => {
        await ports.append(batch)
        this.#records += batch.records.length
        this.#gaps += batch.records.filter(({ parser }) => parser === 'gap').length
        this.#report()
      },
    }
    this.#onProgress = onProgress
  }

  async collect(signal: AbortSignal): Promise<void> {
    const { namespace, selector } = this.#source
    try {
      for await (const change of reflect(this.#ports.client, pods, { namespace, labelSelector: selector }, signal)) {
        if (change.kind === 'stale') this.#setPodsProblem(podsProblem(change.problem, change.status, namespace))
        if (change.kind === 'live') this.#setPodsProblem(undefined)
        if (change.kind === 'page') for (const pod of change.objects) this.#start(pod, signal)
        if (change.kind === 'one' && change.type !== 'deleted') this.#start(change.object, signal)
      }
    } catch (error) {
      if (!signal.aborted) throw error
    } finally {
      await Promise.allSettled([...this.#followed.values()].map(({ done }) => done))
    }
  }

  #start(pod: KubernetesObject, signal: AbortSignal): void {
    for (const { target, instance } of targetsOf(this.#source, pod)) {
      const name = streamName(target)
      const known = this.#followed.get(name)
      if (known !== undefined) known.wake.now()
      else if (this.#ended.get(name) !== instance) this.#follow(target, instance, signal)
    }
    this.#report()
  }

  #follow(target: ContainerTarget, instance: string, signal: AbortSignal): void {
    const name = streamName(target)
    const wake = new Wake()
    const onState = (state: ContainerState): void => {
      const followed = this.#followed.get(name)
      if (followed === undefined) return
      followed.state = nextState(followed.state, state)
      this.#report()
    }
    const done = followContainer(target, this.#ports, signal, onState, wake)
      // It ends without an error, or with the abort reason.
      .catch(() => undefined)
      .finally(() => {
        this.#followed.delete(name)
        this.#ended.set(name, instance)
        if (!signal.aborted) this.#report()
      })
    this.#followed.set(name, { done, wake, state: { kind: 'connecting' } })
  }

  #setPodsProblem(problem: PodsProblem | undefined): void {
    this.#podsProblem = problem && { ...problem, sinceMs: this.#podsProblem?.sinceMs ?? problem.sinceMs }
    this.#report()
  }

  #report(): void {
    const states = [...this.#followed.values()].map(({ state }) => state)
    const collection = stateOfSource(states, this.#gaps, this.#podsProblem)
    this.#onProgress({ source: this.#source.id, records: this.#records, collection })
  }
}

/** An attempt does not end what it is made for: a log that cannot be read, or one that waits for a free stream. */
function nextState(before: ContainerState, next: ContainerState): ContainerState {
  if (next.kind === 'connecting' && (before.kind === 'retrying' || before.kind === 'queued')) return before
  return next.kind === 'retrying' && before.kind === 'retrying' ? { ...next, sinceMs: before.sinceMs } : next
}

interface ContainerStatus {
  readonly name: string
  readonly containerID?: string
  readonly restartCount?: number
  readonly state?: { readonly waiting?: unknown }
  readonly lastState?: { readonly terminated?: unknown }
}

interface Pod extends KubernetesObject {
  readonly status?: {
    readonly containerStatuses?: readonly ContainerStatus[]
    readonly initContainerStatuses?: readonly ContainerStatus[]
    readonly ephemeralContainerStatuses?: readonly ContainerStatus[]
  }
}

/** The containers of a pod that have a log: one that has never started has none. `instance` changes with each start. */
function targetsOf(source: LogSource, object: KubernetesObject): { target: ContainerTarget; instance: string }[] {
  const { metadata, status = {} }: Pod = object
  const { namespace = source.namespace, name = '', uid = '' } = metadata ?? {}
  return [status.initContainerStatuses, status.containerStatuses, status.ephemeralContainerStatuses]
    .flatMap((statuses) => statuses ?? [])
    .filter(
      ({ restartCount = 0, state, lastState }) =>
        restartCount > 0 || lastState?.terminated !== undefined || (state !== undefined && state.waiting === undefined),
    )
    .filter((container) => source.container === undefined || container.name === source.container)
    .map(({ name: container, containerID = '', restartCount = 0 }) => ({
      target: { source: source.id, namespace, pod: name, podUid: uid, container, format: source.format },
      instance: `${containerID} ${restartCount}`,
    }))
}

/** Why pods cannot be listed or watched, with the permissions that a refusal means. */
function podsProblem(problem: ProblemReport, status: number | undefined, namespace: string): PodsProblem {
  const sinceMs = Date.now()
  if (status !== 403) return { problem, missingPermissions: [], sinceMs }
  const message = `The permission "list pods" or "watch pods" is missing in the namespace ${namespace}.`
  return { problem: { ...problem, message }, missingPermissions: ['list pods', 'watch pods'], sinceMs }
}
