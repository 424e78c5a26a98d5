import type { ProblemReport } from '../../preload/contract/problem.ts'
import { toReport } from './problem.ts'

/** The result of a call to the core: a value, or a problem to show next to the action. */
export type Outcome<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problem: ProblemReport }

export async function attempt<Value>(call: () => Promise<Value>): Promise<Outcome<Value>> {
  try {
    return { ok: true, value: await call() }
  } catch (error) {
    return { ok: false, problem: toReport(error) }
  }
}

/** For calls whose result is in the store already: only the problem, if there is one. */
export async function problemOf(call: () => Promise<unknown>): Promise<ProblemReport | undefined> {
  const outcome = await attempt(call)
  return outcome.ok ? undefined : outcome.problem
}
