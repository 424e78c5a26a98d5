import { Problem } from '../../../preload/contract/problem.ts'
import type { Verdict } from '../../../preload/contract/words.ts'
import type { Facts } from './facts.ts'

/** What one check saw. */
export interface Seen {
  readonly verdict: Verdict
  readonly message: string
  readonly hint?: string
  readonly evidence?: string
}

/** A question that changes nothing. A strict one that fails is not passed over. */
export interface Check {
  readonly id: string
  readonly title: string
  readonly strict: boolean
  /** Default 5,000. */
  readonly limitMs?: number
  look(facts: Facts, signal: AbortSignal): Promise<Seen>
}

const defaultLimitMs = 5_000

export const pass = (message: string, evidence = ''): Seen => ({ verdict: 'pass', message, evidence })
export const skipped = (message: string): Seen => ({ verdict: 'skipped', message })

/** Failures of which another check tells; to this one they only mean that it could not look. */
const othersMatter =
  /^(CLUSTER_UNREACHABLE|CLUSTER_UNTRUSTED|CLUSTER_UNAUTHORIZED|CREDENTIAL_PLUGIN_FAILED|HELM_\w+|FILE_\w+)$/

/** Runs one check within its limit. Whatever goes wrong in it is its own result; only the caller's abort is thrown. */
export async function lookWith(check: Check, facts: Facts, signal: AbortSignal): Promise<Seen> {
  const limitMs = check.limitMs ?? defaultLimitMs
  const limit = AbortSignal.timeout(limitMs)
  try {
    return await within(check.look(facts, AbortSignal.any([signal, limit])), AbortSignal.any([signal, limit]))
  } catch (error) {
    signal.throwIfAborted()
    if (limit.aborted) {
      return {
        verdict: 'unknown',
        message: `No answer within ${limitMs / 1_000} s.`,
        hint: 'Try again; the cluster is slow to answer.',
      }
    }
    return seenOf(error)
  }
}

/** A fact that several checks wait for does not end with the limit of one of them. */
const within = <T>(promise: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    promise.then(resolve, reject)
  })

function seenOf(error: unknown): Seen {
  if (!(error instanceof Problem)) {
    const kind = error instanceof Error ? error.name : typeof error
    return {
      verdict: 'unknown',
      message: 'This check itself failed.',
      hint: 'This is a fault in Hangar. Please report it.',
      evidence: kind,
    }
  }
  const { code, message, hint, evidence } = error
  if (code === 'CLUSTER_FORBIDDEN')
    return { verdict: 'unknown', message: 'This user may not look.', hint, evidence: evidence || message }
  if (othersMatter.test(code)) {
    const why = /^(HELM|FILE)_/.test(code) ? 'the charts do not render' : 'the API server was not reached'
    return { verdict: 'skipped', message: `Not looked at: ${why}.`, hint, evidence: message }
  }
  return { verdict: 'unknown', message, hint, evidence }
}
