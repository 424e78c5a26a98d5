import type { ProblemReport } from '../../preload/contract/problem.ts'
import { toReport } from './problem.ts'

/** What came of asking the core: a value, or a problem to show where it was asked. */
export type Outcome<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problem: ProblemReport }

export async function attempt<Value>(ask: () => Promise<Value>): Promise<Outcome<Value>> {
  try {
    return { ok: true, value: await ask() }
  } catch (error) {
    return { ok: false, problem: toReport(error) }
  }
}

/** For verbs whose answer is in the store already: only the problem, if there is one. */
export async function problemOf(ask: () => Promise<unknown>): Promise<ProblemReport | undefined> {
  const outcome = await attempt(ask)
  return outcome.ok ? undefined : outcome.problem
}
