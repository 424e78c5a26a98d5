import { closeSync, openSync } from 'node:fs'
import type { Plan } from '../../../main/connectivity/plan/plan.ts'
import { type EndpointMaterial, planRow } from '../../../main/connectivity/plan/rows.ts'
import { causes } from '../../../main/connectivity/probe/causes.ts'
import type { Facts } from '../../../main/connectivity/probe/facts.ts'
import { type Prober, proberFor } from '../../../main/connectivity/probe/probe.ts'
import { type ProbeContext, proxiesOf, type Target } from '../../../main/connectivity/probe/target.ts'
import { splitPem } from '../../../main/connectivity/probe/tls/roots.ts'
import { checkEndpoints } from '../../../main/connectivity/run/check-endpoints.ts'
import type { Result } from '../../../preload/contract/connectivity.ts'
import { Endpoint } from '../../../preload/contract/profiles.ts'
import type { Issued } from '../../peers/authority.ts'
import type { EndpointFields } from './case.ts'

/** Everything that the check of an endpoint depends on. Plain JSON, so that a process in another network can read it. */
export interface CheckInput {
  readonly row: EndpointFields
  readonly ca: string
  readonly resolver: string | undefined
  readonly env: Readonly<Record<string, string>>
  readonly credential: Issued | undefined
  readonly holdSeconds: number
  /** As a program: how many files it can still open under its limit; absent: all. */
  readonly filesLeft: number | undefined
}

/** The result of the check. Facts and target are absent where nothing was sent. */
export interface CheckOutcome {
  readonly result: Result
  readonly facts: Facts | undefined
  readonly target: Target | undefined
}

function materialOf({ clientProfile }: Endpoint, { ca, credential }: CheckInput): EndpointMaterial {
  const clientCertificate = clientProfile.clientCertificate === undefined ? undefined : credential
  const { trust } = clientProfile
  if (typeof trust === 'string') return { trust: { kind: 'found', trust: { kind: trust } }, clientCertificate }
  if ('file' in trust) return { trust: { kind: 'unreadable', why: `${trust.file} cannot be read` }, clientCertificate }
  const pem = trust.setting === 'ca' ? ca : trust.setting
  if (splitPem(pem).length === 0)
    return { trust: { kind: 'missing', why: `${trust.setting} is empty` }, clientCertificate }
  return { trust: { kind: 'found', trust: { kind: 'pem', pem } }, clientCertificate }
}

/** The row as a list has it. */
export const endpointOf = (row: EndpointFields): Endpoint =>
  Endpoint.parse({
    id: 'row',
    component: 'agent',
    host: 'far.hangar.test',
    protocol: 'https',
    ...row,
    clientProfile: { trust: { setting: 'ca' }, ...(typeof row.clientProfile === 'object' ? row.clientProfile : {}) },
  })

/** The plan and the context for an endpoint. */
export function prepare(at: CheckInput): { readonly plan: Plan; readonly context: ProbeContext } {
  const endpoint = endpointOf(at.row)
  const plan = planRow(endpoint, {}, materialOf(endpoint, at))
  const context = { resolver: at.resolver, proxies: proxiesOf(at.env), holdSeconds: at.holdSeconds }
  return { plan, context }
}

/** Checks one row as the product does, from the plan on. Also returns the facts that were judged. */
export async function runCheck(at: CheckInput, signal: AbortSignal): Promise<CheckOutcome> {
  const { plan, context } = prepare(at)
  const target = plan.kind === 'probe' ? plan.target : undefined
  const probe = proberFor(context)
  let facts: Facts | undefined
  const recorded: Prober = async function* (destination, until) {
    const outcome = yield* probe(destination, until)
    if (destination === target) facts = outcome.facts
    return outcome
  }
  const events = checkEndpoints([plan], { kind: 'computer', name: 'test' }, recorded, signal)
  for (;;) {
    const next = await events.next()
    if (next.done !== true) continue
    const [result] = next.value
    if (result === undefined) throw new Error('no result')
    return { result, facts, target }
  }
}

/** What a case compares: verdict and cause on one line. A cause that is not in the table is a defect of its own. */
export function verdictOf({ verdict, cause }: Pick<Result, 'verdict' | 'cause'>): string {
  if (cause !== '' && !Object.hasOwn(causes, cause)) return `${verdict} ${cause} (unknown cause)`
  return `${verdict} ${cause}`.trim()
}

/** Opens files until only `left` more can be opened, like a program that leaks them. */
function takeFiles(left: number): void {
  const held: number[] = []
  try {
    for (;;) held.push(openSync('/dev/null', 'r'))
  } catch {
    for (const file of held.slice(0, left)) closeSync(file)
  }
}

// Run as a program: the input as JSON on stdin, the outcome as JSON on stdout.
if (import.meta.main) {
  const parts: Buffer[] = []
  for await (const part of process.stdin) parts.push(part)
  const at: CheckInput = JSON.parse(Buffer.concat(parts).toString('utf8'))
  if (at.filesLeft !== undefined) takeFiles(at.filesLeft)
  process.stdout.write(JSON.stringify(await runCheck(at, AbortSignal.timeout(30_000))))
}
