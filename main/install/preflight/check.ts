import type { CheckCategory, CheckSeverity } from '../../../preload/contract/install.ts'
import { Problem } from '../../../preload/contract/problem.ts'
import type { Verdict } from '../../../preload/contract/words.ts'
import { type FactName, type Facts, FactTimedOut, type FactValues } from './facts/facts.ts'

export interface CheckOutcome {
  readonly verdict: Verdict
  readonly message: string
  readonly hint?: string
  readonly evidence?: string
}

/** What a check is, for lists, reports and the guide. */
export interface CheckDescription {
  /** Published: `GROUP.NAME`. */
  readonly id: string
  readonly title: string
  readonly category: CheckCategory
  /** `fatal`: without it nothing else can be checked. `strict`: an install does not start if it fails. */
  readonly severity: CheckSeverity
  /** `deep`: it creates objects in the cluster and removes them. */
  readonly tier: 'read' | 'deep'
  readonly needs: readonly FactName[]
  /** For the guide: what is compared, and what happens in an install without it. */
  readonly about: string
  /** For the guide: how it is fixed, with the differences between platforms. */
  readonly remedy: string
}

export interface Check extends CheckDescription {
  run(facts: Facts): Promise<CheckOutcome>
}

interface CheckSpec<Need extends FactName> extends Omit<CheckDescription, 'needs' | 'tier'> {
  /** Default `read`. */
  readonly tier?: CheckDescription['tier']
  readonly needs: readonly Need[]
  /** Pure. */
  readonly decide: (facts: Pick<FactValues, Need>) => CheckOutcome
}

/** A check is its description, the facts that it needs, and a pure decision over them. */
export const defineCheck = <const Need extends FactName>(
  spec: CheckSpec<Need>,
): Check & Pick<CheckSpec<Need>, 'decide'> => ({
  tier: 'read',
  ...spec,
  run: async (facts) => spec.decide(await facts.all(spec.needs)),
})

export const pass = (message: string, evidence = ''): CheckOutcome => ({ verdict: 'pass', message, evidence })
export const skipped = (message: string): CheckOutcome => ({ verdict: 'skipped', message })
/** Names the permission that the user needs for the check itself. */
export const notPermitted = (...permissions: readonly string[]): CheckOutcome => ({
  verdict: 'unknown',
  message: `This user is not permitted to ${permissions.join(' and ')}.`,
  hint: `Ask the cluster administrator for ${permissions.map((each) => `"${each}"`).join(' and ')}.`,
})

const shownAtMost = 5

/** `a, b and 3 more` */
export function summary(names: readonly string[], atMost = shownAtMost): string {
  const more = names.length - atMost
  return more > 0 ? `${names.slice(0, atMost).join(', ')} and ${more} more` : names.join(', ')
}

/** Failures that a check of their own reports. Every other check is then skipped. */
const reportedElsewhere =
  /^(CLUSTER_UNREACHABLE|CLUSTER_UNTRUSTED|CLUSTER_UNAUTHORIZED|CREDENTIAL_ENDED|CREDENTIAL_PLUGIN_FAILED|HELM_\w+|FILE_\w+|CHART_CHANGED)$/

/** Runs one check. An error in its facts becomes its outcome; only the caller's abort is thrown. */
export async function runCheck(check: Check, facts: Facts, signal: AbortSignal): Promise<CheckOutcome> {
  try {
    return await check.run(facts)
  } catch (error) {
    signal.throwIfAborted()
    return outcomeOf(error)
  }
}

function outcomeOf(error: unknown): CheckOutcome {
  if (error instanceof FactTimedOut) {
    return {
      verdict: 'unknown',
      message: `No response within ${error.limitMs / 1_000} s.`,
      hint: 'The cluster responds slowly. Try again.',
      evidence: error.fact,
    }
  }
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
    const why = /^(HELM|FILE|CHART)_/.test(code) ? 'the charts do not render' : 'the API server is unreachable'
    return { verdict: 'skipped', message: `Not checked: ${why}.`, hint, evidence: message }
  }
  return { verdict: 'unknown', message, hint, evidence }
}
