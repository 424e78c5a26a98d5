import type { PreflightEvent, PreflightResult } from '../../../preload/contract/install.ts'
import type { Tools } from '../operate.ts'
import { openScene } from '../plan/install-session.ts'
import { catalogue } from './catalogue.ts'
import { type Check, lookWith } from './check.ts'
import { type Facts, gatherFacts } from './facts.ts'

const longestEvidence = 4_096

async function answer(check: Check, facts: Facts, signal: AbortSignal): Promise<PreflightResult> {
  const began = performance.now()
  const { verdict, message, hint = '', evidence = '' } = await lookWith(check, facts, signal)
  const { id, title, strict } = check
  const elapsedMs = Math.round(performance.now() - began)
  return { id, title, strict, verdict, message, hint, evidence: evidence.slice(0, longestEvidence), elapsedMs }
}

/** All checks at once; each result as it comes, the report last in the catalogue's order. Throws PLANE_UNKNOWN, or the abort reason. */
export async function* preflight(tools: Tools, planeId: string, signal: AbortSignal): AsyncGenerator<PreflightEvent> {
  const startedAt = new Date().toISOString()
  yield { kind: 'started', checks: catalogue.map(({ id, title }) => ({ id, title })) }
  const scene = await openScene(tools.ports, planeId)
  // Whoever leaves early leaves nothing running.
  const left = new AbortController()
  const limit = AbortSignal.any([signal, left.signal])
  try {
    const facts = gatherFacts(tools, scene, limit)
    const running = new Map(catalogue.map((check) => [check.id, answer(check, facts, limit)]))
    for (const promise of running.values()) promise.catch(() => undefined) // the race below reports it
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
      report: { schemaVersion: 1, startedAt, context: scene.plane.contextName, results: ordered },
    }
  } finally {
    left.abort()
  }
}
