import type { ProblemReport } from '../../preload/contract/problem.ts'
import type { KubernetesObject } from '../lib/kubernetes/resources.ts'
import type { WatchTarget } from './watch-plan.ts'

/** Receives what happens to the followed collections. */
export interface TargetObserver {
  /** Part of a list, or a change. */
  onObjects(target: WatchTarget, objects: readonly KubernetesObject[]): void
  onDeleted(target: WatchTarget, object: KubernetesObject): void
  /** The collection consists of exactly these objects; none if the cluster does not serve the kind. */
  onListed(target: WatchTarget, uids: ReadonlySet<string>): void
  /** The collection cannot be read, or what is known of it is no longer current. */
  onUnreadable(target: WatchTarget, problem: ProblemReport): void
  /** The collection is current again. */
  onReadable(target: WatchTarget): void
  /** The API server has responded, and every collection is current or unreadable. */
  onConfirmed(): void
  /** The API server does not respond. `onConfirmed` follows if it does so soon, otherwise the connection ends. */
  onUnresponsive(problem: ProblemReport): void
  /** Called once, when every collection was listed or is unreadable. */
  onComplete(): void
}
