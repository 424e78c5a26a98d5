import type {
  PreflightCheck,
  PreflightEvent,
  PreflightRequest,
  PreflightResult,
} from '../../../preload/contract/install.ts'
import { Problem } from '../../../preload/contract/problem.ts'
import { type InstallTools, openInstallSession } from '../plan/install-session.ts'
import { catalogue } from './catalogue.ts'
import { type Check, type CheckDescription, runCheck } from './check.ts'
import { createFacts, type Facts, needsHelm } from './facts/facts.ts'

const longestEvidence = 4_096

const describeCheck = ({ id, title, category, severity, tier }: CheckDescription): PreflightCheck => ({
  id,
  title,
  category,
  severity,
  deep: tier === 'deep',
})

/** The texts of the guide about each check. */
export const checkGuide = () =>
  catalogue.map((check) => ({ ...describeCheck(check), about: check.about, remedy: check.remedy }))

async function resultOf(check: Check, facts: Facts, signal: AbortSignal): Promise<PreflightResult> {
  const began = performance.now()
  const { verdict, message, hint = '', evidence = '' } = await runCheck(check, facts, signal)
  return {
    ...describeCheck(check),
    strict: check.severity !== 'warn',
    verdict,
    message,
    hint,
    evidence: evidence.slice(0, longestEvidence),
    elapsedMs: Math.round(performance.now() - began),
  }
}

/** Ids of the checks without which an install does not start. */
export const strictChecks = catalogue
  .filter(({ severity, tier }) => severity !== 'warn' && tier === 'read')
  .map(({ id }) => id)

/** The checks of a request, in the catalogue's order. A check that is named runs whatever its tier. */
export const chosenChecks = ({ deep = false, only }: Omit<PreflightRequest, 'planeId'>): readonly Check[] =>
  catalogue.filter(({ id, tier }) => (only === undefined ? tier === 'read' || deep : only.includes(id)))

/**
 * Runs the checks at once. Yields each result when its check ends, and the report, in the catalogue's order, last.
 * Throws PLANE_UNKNOWN, HELM_CONSENT_NEEDED, or the abort reason.
 */
export async function* preflight(
  tools: InstallTools,
  request: PreflightRequest,
  signal: AbortSignal,
): AsyncGenerator<PreflightEvent> {
  const startedAt = new Date().toISOString()
  const checks = chosenChecks(request)
  yield { kind: 'started', checks: checks.map(describeCheck) }
  const session = await openInstallSession(tools.ports, request.planeId, 'install')
  if (checks.some(({ needs }) => needs.some(needsHelm))) await askForHelm(tools, signal)
  // A consumer that stops early ends all checks.
  const stop = new AbortController()
  const limit = AbortSignal.any([signal, stop.signal])
  try {
    const facts = createFacts(tools, session, limit)
    const running = new Map(checks.map((check) => [check.id, resultOf(check, facts, limit)]))
    for (const promise of running.values()) promise.catch(() => undefined) // the race below throws it
    const results = new Map<string, PreflightResult>()
    while (running.size > 0) {
      const result = await Promise.race(running.values())
      running.delete(result.id)
      results.set(result.id, result)
      yield { kind: 'result', result }
    }
    const ordered = checks.flatMap(({ id }) => results.get(id) ?? [])
    yield {
      kind: 'finished',
      report: { schemaVersion: 1, startedAt, context: session.plane.contextName, results: ordered },
    }
  } finally {
    stop.abort()
  }
}

/** The user has no time limit for the answer, and the facts have one. A check reports any other problem of helm. */
async function askForHelm(tools: InstallTools, signal: AbortSignal): Promise<void> {
  await tools.helm(signal).catch((error: unknown) => {
    if (!(error instanceof Problem) || error.code === 'HELM_CONSENT_NEEDED') throw error
  })
}
