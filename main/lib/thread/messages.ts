import { hints, Problem, type ProblemCode } from '../../../preload/contract/problem.ts'

/** Messages from the main thread to a worker thread. `id` counts up and identifies one call or stream. */
export type ToThread =
  | { readonly kind: 'call'; readonly id: number; readonly method: string; readonly input: unknown }
  | { readonly kind: 'open'; readonly id: number; readonly method: string; readonly input: unknown }
  /** Requests one more value of a stream: nothing is sent without a request, so that a slow reader slows the writer. */
  | { readonly kind: 'next'; readonly id: number }
  | { readonly kind: 'cancel'; readonly id: number }

/** Messages from a worker thread to the main thread. */
export type FromThread =
  | { readonly kind: 'value'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'done'; readonly id: number }
  | { readonly kind: 'failed'; readonly id: number; readonly failure: Failure }

/** An error as it is sent between threads. A Problem keeps its code; any other error is a bug and keeps its stack. */
export type Failure =
  | { readonly kind: 'problem'; readonly code: ProblemCode; readonly message: string; readonly evidence: string }
  | { readonly kind: 'bug'; readonly name: string; readonly message: string; readonly stack: string }

export function packError(error: unknown): Failure {
  if (error instanceof Problem) {
    return { kind: 'problem', code: error.code, message: error.message, evidence: error.evidence }
  }
  if (error instanceof Error) {
    return { kind: 'bug', name: error.name, message: error.message, stack: error.stack ?? '' }
  }
  return { kind: 'bug', name: typeof error, message: 'A value that is not an Error was thrown', stack: '' }
}

export function unpackError(failure: Failure): Error {
  if (failure.kind === 'problem' && failure.code in hints) {
    return new Problem(failure.code, failure.message, failure.evidence)
  }
  const error = new Error(failure.message)
  if (failure.kind === 'bug') {
    error.name = failure.name
    error.stack = failure.stack
  }
  return error
}
