import { type Fields, fieldsIn, listIn, numberIn, textIn } from './fields.ts'

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
