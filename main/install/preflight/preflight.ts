import type { PreflightEvent, PreflightResult } from '../../../preload/contract/install.ts'
import { type InstallTools, openInstallSession } from '../plan/install-session.ts'
import { catalogue } from './catalogue.ts'
import { type Check, runCheck } from './check.ts'
import { createFacts, type Facts } from './facts.ts'

const longestEvidence = 4_096

async function resultOf(check: Check, facts: Facts, signal: AbortSignal): Promise<PreflightResult> {
  const began = performance.now()
  const { verdict, message, hint = '', evidence = '' } = await runCheck(check, facts, signal)
  const { id, title, strict } = check
  const elapsedMs = Math.round(performance.now() - began)
  return { id, title, strict, verdict, message, hint, evidence: evidence.slice(0, longestEvidence), elapsedMs }
}

/**
 * Runs all checks at once. Yields each result when its check ends, and the report, in the catalogue's order, last.
 * Throws PLANE_UNKNOWN, or the abort reason.
 */
export async function* preflight(
  tools: InstallTools,
  planeId: string,
  signal: AbortSignal,
): AsyncGenerator<PreflightEvent> {
  const startedAt = new Date().toISOString()
  yield { kind: 'started', checks: catalogue.map(({ id, title }) => ({ id, title })) }
  const session = await openInstallSession(tools.ports, planeId, 'install')
  // A consumer that stops early ends all checks.
  const stop = new AbortController()
  const limit = AbortSignal.any([signal, stop.signal])
  try {
    const facts = createFacts(tools, session, limit)
    const running = new Map(catalogue.map((check) => [check.id, resultOf(check, facts, limit)]))
    for (const promise of running.values()) promise.catch(() => undefined) // the race below throws it
    const results = new Map<string, PreflightResult>()
    while (running.size > 0) {
      const result = await Promise.race(running.values())
      running.delete(result.id)
      results.set(result.id, result)
      yield { kind: 'result', result }
    }
    const ordered = catalogue.flatMap(({ id }) => results.get(id) ?? [])
    yield {
      kind: 'finished',
      report: { schemaVersion: 1, startedAt, context: session.plane.contextName, results: ordered },
    }
  } finally {
    stop.abort()
  }
}
