import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import type { Target } from '../../probe/target.ts'
import { Roots } from '../../probe/tls/roots.ts'
import { checkEndpoints } from '../../run/check-endpoints.ts'
import type { PlannedEndpoint } from '../../run/observed.ts'
import { fillIn } from './polyfill.ts'
import type { Work, WorkEvent } from './work.ts'

/**
 * The probe as a program of its own: bundled to one file, it runs on any image with Node 20 or later. Reads its work from
 * the file that is named and prints a line of JSON for each event. It has the same code as the vantage "this computer", and no other.
 */
function tell(event: WorkEvent): void {
  process.stdout.write(`${JSON.stringify({ schemaVersion: 1, ...event })}\n`)
}

/** An image without roots of its own (slim ones) trusts nobody; what Node brings is then the nearest to its system's. */
function withRoots(target: Target, systemIsEmpty: boolean): Target {
  return systemIsEmpty && target.trust.kind === 'system' ? { ...target, trust: { kind: 'bundled' } } : target
}

/** Given by whoever loaded this text into a Node that runs elsewhere; else in the file that is named. */
function readWork(): Work {
  const given: unknown = Reflect.get(globalThis, 'hangarWork')
  return parse(given instanceof Uint8Array ? Buffer.from(given) : readFileSync(process.argv[2] ?? ''))
}

const parse = (bytes: Buffer): Work => {
  const gzipped = bytes[0] === 0x1f && bytes[1] === 0x8b
  return JSON.parse((gzipped ? gunzipSync(bytes) : bytes).toString('utf8')) as Work // written by the same version of Hangar
}

async function main(): Promise<void> {
  const [major = 0] = process.versions.node.split('.').map(Number)
  if (major < 20) throw new Error(`the image has Node ${process.versions.node}; the probe needs 20 or later`)
  fillIn()
  const { rows, vantage, context } = readWork()
  tell({ kind: 'begin', node: process.versions.node })
  const systemIsEmpty = new Roots().system().pems.length === 0
  const plans = rows.map(
    ({ id, target, companions }): PlannedEndpoint => ({
      id,
      plan: {
        kind: 'probe',
        target: withRoots(target, systemIsEmpty),
        companions: companions.map((each) => ({ ...each, target: withRoots(each.target, systemIsEmpty) })),
      },
    }),
  )
  for await (const event of checkEndpoints(plans, vantage, context, new AbortController().signal)) {
    if (event.kind === 'stage') tell({ kind: 'stage', endpoint: event.endpoint, stage: event.stage })
    else tell({ kind: 'result', result: event.result })
  }
  tell({ kind: 'end' })
}

// As the first process of a container it has to hear by itself that it is to end.
process.on('SIGTERM', () => process.exit(0))
main().then(
  () => process.exit(0),
  (error: unknown) => {
    tell({ kind: 'fault', message: error instanceof Error ? error.message : String(error) })
    process.exit(1)
  },
)
