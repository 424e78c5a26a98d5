import { type Fields, fieldsIn, listIn, numberIn, textIn } from './fields.ts'
import type { Subject } from './object.ts'

/** How a container terminated. */
export interface Termination {
  readonly container: string
  readonly exitCode: number
  readonly reason: string
  readonly at?: string
}

/** Init containers first: the others wait for them. */
export function containerStatuses(status: Fields | undefined): readonly Fields[] {
  return [...listIn(status, 'initContainerStatuses'), ...listIn(status, 'containerStatuses')]
}

/** Names of the native sidecars: init containers that keep running. https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/ */
export function sidecarsIn(spec: Fields | undefined): ReadonlySet<string> {
  const sidecars = listIn(spec, 'initContainers').filter(({ restartPolicy }) => restartPolicy === 'Always')
  return new Set(sidecars.flatMap((container) => textIn(container, 'name') ?? []))
}

/** Those that run as long as the pod: the main containers and the native sidecars. */
export function lastingStatuses({ spec, status }: Pick<Subject, 'spec' | 'status'>): readonly Fields[] {
  const sidecars = sidecarsIn(spec)
  const isSidecar = (container: Fields): boolean => sidecars.has(textIn(container, 'name') ?? '')
  return [...listIn(status, 'initContainerStatuses').filter(isSidecar), ...listIn(status, 'containerStatuses')]
}

/** Those that must end before the main containers start. */
export function initStatuses({ spec, status }: Pick<Subject, 'spec' | 'status'>): readonly Fields[] {
  const sidecars = sidecarsIn(spec)
  return listIn(status, 'initContainerStatuses').filter((container) => !sidecars.has(textIn(container, 'name') ?? ''))
}

export function waitingOf(container: Fields): { readonly reason: string; readonly message: string } | undefined {
  const waiting = fieldsIn(fieldsIn(container, 'state'), 'waiting')
  const reason = textIn(waiting, 'reason')
  return reason === undefined ? undefined : { reason, message: textIn(waiting, 'message') ?? '' }
}

/** `state`: it has terminated. `lastState`: its previous termination. */
export function terminationOf(container: Fields, which: 'state' | 'lastState'): Termination | undefined {
  const terminated = fieldsIn(fieldsIn(container, which), 'terminated')
  const exitCode = numberIn(terminated, 'exitCode')
  if (exitCode === undefined) return undefined
  return {
    container: textIn(container, 'name') ?? '',
    exitCode,
    reason: textIn(terminated, 'reason') ?? '',
    at: textIn(terminated, 'finishedAt'),
  }
}

/**
 * `gateway ended with exit code 137 (OOMKilled)`. The message is left out: it may be the end of the log, and reasons are
 * stored where log lines must not be.
 */
export function formatTermination({ container, exitCode, reason }: Termination): string {
  const why = reason === '' || reason === 'Error' ? '' : ` (${reason})`
  return `${container} ended with exit code ${exitCode}${why}`
}
