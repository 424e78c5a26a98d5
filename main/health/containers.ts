import { type Fields, fieldsIn, listIn, numberIn, textIn } from './fields.ts'

/** How a container ended. */
export interface Ending {
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

/** `state`: it has ended. `lastState`: it ended before, and runs or waits again. */
export function endingOf(container: Fields, which: 'state' | 'lastState'): Ending | undefined {
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
 * "gateway ended with exit code 137 (OOMKilled)". Its message is left out: it may be the end of its log, and a reason
 * is kept and shown where no log line may be.
 */
export function sayEnding({ container, exitCode, reason }: Ending): string {
  const why = reason === '' || reason === 'Error' ? '' : ` (${reason})`
  return `${container} ended with exit code ${exitCode}${why}`
}
