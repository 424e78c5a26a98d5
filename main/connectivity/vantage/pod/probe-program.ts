import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import type { ProbePlan } from '../../plan/plan.ts'
import { proberFor } from '../../probe/probe.ts'
import type { Target } from '../../probe/target.ts'
import { Roots } from '../../probe/tls/roots.ts'
import { checkEndpoints } from '../../run/check-endpoints.ts'
import { polyfill } from './polyfill.ts'
import type { Work, WorkEvent } from './work.ts'

/**
 * The probe as a program: bundled to one file, it runs in any image with Node 20 or later. Reads its work from the file that
 * its argument names and prints one line of JSON for each event. It runs the same code as the vantage "this computer".
 */
function print(event: WorkEvent): void {
  process.stdout.write(`${JSON.stringify({ schemaVersion: 1, ...event })}\n`)
}

/** A slim image has no system roots; Node's bundled ones are then the closest. */
function withBundledRoots({ target, companions, ...rest }: ProbePlan): ProbePlan {
  const replaced = (each: Target): Target =>
    each.trust.kind === 'system' ? { ...each, trust: { kind: 'bundled' } } : each
  return {
    ...rest,
    target: replaced(target),
    companions: companions.map((companion) => ({ ...companion, target: replaced(companion.target) })),
  }
}

/** From the loader that sent this program to a running Node (see existing-pod/probe.ts), otherwise from the named file. */
function readWork(): Work {
  const injected: unknown = Reflect.get(globalThis, 'hangarWork')
  return parse(injected instanceof Uint8Array ? Buffer.from(injected) : readFileSync(process.argv[2] ?? ''))
}

const parse = (bytes: Buffer): Work => {
  const gzipped = bytes[0] === 0x1f && bytes[1] === 0x8b
  return JSON.parse((gzipped ? gunzipSync(bytes) : bytes).toString('utf8')) as Work // written by the same version of Hangar
}

async function main(): Promise<void> {
  const [major = 0] = process.versions.node.split('.').map(Number)
  if (major < 20) throw new Error(`the image has Node ${process.versions.node}; the probe needs 20 or later`)
  polyfill()
  const { plans, vantage, context } = readWork()
  print({ kind: 'begin', node: process.versions.node })
  const systemIsEmpty = new Roots().system().pems.length === 0
  const usable = systemIsEmpty ? plans.map(withBundledRoots) : plans
  for await (const event of checkEndpoints(usable, vantage, proberFor(context), new AbortController().signal)) {
    if (event.kind === 'stage') print({ kind: 'stage', endpoint: event.endpoint, stage: event.stage })
    else print({ kind: 'result', result: event.result })
  }
  print({ kind: 'end' })
}

// The first process of a container gets no default signal handlers.
process.on('SIGTERM', () => process.exit(0))
main().then(
  () => process.exit(0),
  (error: unknown) => {
    print({ kind: 'fault', message: error instanceof Error ? error.message : String(error) })
    process.exit(1)
  },
)
