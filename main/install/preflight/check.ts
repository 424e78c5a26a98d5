import { Problem } from '../../../preload/contract/problem.ts'
import type { Verdict } from '../../../preload/contract/words.ts'
import type { Facts } from './facts.ts'

export interface CheckOutcome {
  readonly verdict: Verdict
  readonly message: string
  readonly hint?: string
  readonly evidence?: string
}

/** A read-only check before an install. If a strict check fails, the install does not start. */
export interface Check {
  readonly id: string
  readonly title: string
  readonly strict: boolean
  /** Default 5,000. */
  readonly limitMs?: number
  run(facts: Facts, signal: AbortSignal): Promise<CheckOutcome>
}

const defaultLimitMs = 5_000

export const pass = (message: string, evidence = ''): CheckOutcome => ({ verdict: 'pass', message, evidence })
export const skipped = (message: string): CheckOutcome => ({ verdict: 'skipped', message })

/** Failures that a check of their own reports. Every other check is then skipped. */
const reportedElsewhere =
  /^(CLUSTER_UNREACHABLE|CLUSTER_UNTRUSTED|CLUSTER_UNAUTHORIZED|CREDENTIAL_ENDED|CREDENTIAL_PLUGIN_FAILED|HELM_\w+|FILE_\w+)$/

/** Runs one check within its limit. An error in it becomes its outcome; only the caller's abort is thrown. */
export async function runCheck(check: Check, facts: Facts, signal: AbortSignal): Promise<CheckOutcome> {
  const limitMs = check.limitMs ?? defaultLimitMs
  const limit = AbortSignal.timeout(limitMs)
  try {
    return await withAbort(check.run(facts, AbortSignal.any([signal, limit])), AbortSignal.any([signal, limit]))
  } catch (error) {
    signal.throwIfAborted()
    if (limit.aborted) {
      return {
        verdict: 'unknown',
        message: `No response within ${limitMs / 1_000} s.`,
        hint: 'The cluster responds slowly. Try again.',
      }
    }
    return outcomeOf(error)
  }
}

/** Facts are shared by several checks, so the limit of one check does not abort them. */
const withAbort = <T>(promise: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    promise.then(resolve, reject)
  })

function outcomeOf(error: unknown): CheckOutcome {
  if (!(error instanceof Problem)) {
    return {
      verdict: 'unknown',
      message: 'The check itself failed.',
      hint: 'This is a bug in Hangar. Report it.',
      evidence: error instanceof Error ? error.name : typeof error,
    }
  }
  const { code, message, hint, evidence } = error
  if (code === 'CLUSTER_FORBIDDEN') {
    return {
      verdict: 'unknown',
      message: 'This user lacks the permission to check.',
      hint,
      evidence: evidence || message,
    }
  }
  if (reportedElsewhere.test(code)) {
    const why = /^(HELM|FILE)_/.test(code) ? 'the charts do not render' : 'the API server is unreachable'
    return { verdict: 'skipped', message: `Not checked: ${why}.`, hint, evidence: message }
  }
  return { verdict: 'unknown', message, hint, evidence }
}
