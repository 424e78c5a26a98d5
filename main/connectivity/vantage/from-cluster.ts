import type { CheckEvent, Result, Vantage, VantageOutcome } from '../../../preload/contract/connectivity.ts'
import { Problem } from '../../../preload/contract/problem.ts'
import type { KubernetesClient } from '../../lib/kubernetes/client.ts'
import { orAbort } from '../../lib/kubernetes/or-abort.ts'
import type { Plan } from '../plan/plan.ts'
import type { Cause } from '../probe/causes.ts'
import { causes } from '../probe/causes.ts'
import { evidence } from '../probe/evidence.ts'
import type { ProbeContext } from '../probe/target.ts'
import { type Observed, type PlannedEndpoint, settled } from '../run/run.ts'
import { borrow } from './fallback/existing-pod.ts'
import { probeBundle } from './pod/bundle.ts'
import { type Cleaning, sweep } from './pod/cleanup.ts'
import { manifestFor, probeInPod } from './pod/job.ts'
import type { Starter } from './pod/manifest.ts'
import { handover } from './pod/manifest-export.ts'
import { type Refusal, Refused, refusalOf } from './pod/refusal.ts'
import { type Work, type WorkEvent, withoutSecrets, workRow } from './pod/work.ts'
import type { PlaneCluster } from './resolve/cluster.ts'
import { noProxies, type Placement } from './resolve/placement.ts'

/** A place with what is known of its fidelity beforehand. */
export interface Found {
  readonly place: Placement
  /** Why a pass from there proves less than it seems; empty: nothing is amiss. */
  readonly lacks: string
  readonly rows: readonly PlannedEndpoint[]
}

export interface FromCluster {
  readonly cluster: PlaneCluster
  readonly vantage: Vantage
  /** Finds the place, and plans the rows as they are seen from there. Throws Refused or a Problem. */
  readonly find: (client: KubernetesClient, signal: AbortSignal) => Promise<Found>
  /** All rows, to be answered whatever happens. */
  readonly ids: readonly string[]
  /** Why a row is not asked from this vantage, whatever comes of it; undefined: it is. */
  readonly notAsked: (id: string) => string | undefined
  /** Whether a manifest for this cause is still to be handed over: one is enough for many nodes. */
  readonly first: (cause: Cause) => boolean
  readonly proxies: ProbeContext['proxies'] | undefined
  readonly holdSeconds: number | undefined
  readonly starter: Starter
  readonly cleaning: Cleaning
}

export interface FromOne {
  readonly observed: readonly Observed[]
  readonly outcome: VantageOutcome
}

type Event = Extract<CheckEvent, { kind: 'waiting' | 'stage' | 'result' }>

/**
 * Checks from one vantage in the cluster. Yields what it waits on, stages and results as they come; every row gets one result,
 * also when the vantage came to nothing. Throws for an abort alone.
 */
export async function* fromCluster(from: FromCluster, signal: AbortSignal): AsyncGenerator<Event, FromOne> {
  const { vantage, ids } = from
  const known = new Map<string, Observed>()
  const ran: VantageOutcome = { vantage, state: 'ran', cause: '', message: '', hint: '', manifest: '' }
  let outcome = ran
  let found: Found | undefined
  const state: { client?: KubernetesClient } = {}
  try {
    const words = new Words()
    const looking = open(from, state, words.say, signal)
    yield* told(vantage, words, looking, signal)
    found = await looking
    for (const { id, plan } of found.rows) {
      if (plan.kind === 'probe') continue
      const result = settled(id, vantage, plan)
      known.set(id, { result, target: undefined })
      yield { kind: 'result', result }
    }
    const { lacks } = found
    outcome = { ...ran, message: sayRoots(found.rows) }
    if (lacks !== '') outcome = { ...outcome, ...outcomeOf({ cause: 'vantage.limited', says: lacks }, 'limited') }
    if (state.client !== undefined && found.rows.some(({ plan }) => plan.kind === 'probe')) {
      const asking = probed(from, state.client, found, signal)
      for (;;) {
        const { value, done } = await asking.next()
        if (done === true) {
          if (value === undefined) break
          const manifest = await manifestText(from, found, value)
          outcome = { ...ran, ...outcomeOf(value, 'limited'), manifest }
          break
        }
        const event = value.kind === 'result' ? { ...value, result: limit(value.result, lacks) } : value
        if (event.kind === 'result') known.set(event.result.endpoint, observed(event.result, found.rows))
        yield event
      }
    }
  } catch (error) {
    signal.throwIfAborted()
    // What a row presents lies in the vault, and opening that is the person's, from whichever vantage.
    if (error instanceof Problem && error.code.startsWith('VAULT_')) throw error
    const refusal = refusalOf(error)
    outcome = { ...ran, ...outcomeOf(refusal, 'failed'), manifest: await manifestText(from, found, refusal) }
    for (const id of ids) {
      if (known.has(id)) continue
      const why = from.notAsked(id)
      const plan: Plan =
        why === undefined ? { kind: 'unknown', cause: refusal.cause, why: refusal.says } : { kind: 'skip', why }
      const result = settled(id, vantage, plan)
      known.set(id, { result, target: undefined })
      yield { kind: 'result', result }
    }
  }
  return { observed: ids.flatMap((id) => known.get(id) ?? []), outcome }
}

const namedRows = 5

/** Whose roots the rows were checked with that do not bring their own: an image's differ from another's, and from a node's. */
function sayRoots(rows: readonly PlannedEndpoint[]): string {
  const ids = rows.flatMap(({ id, plan }) => (plan.kind === 'probe' && plan.target.trust.kind === 'system' ? [id] : []))
  if (ids.length === 0) return ''
  const more = ids.length > namedRows ? ` and ${ids.length - namedRows} more` : ''
  return `"System roots" are here those of the probe’s image, or Node’s own where that has none (${ids.slice(0, namedRows).join(', ')}${more})`
}

const outcomeOf = ({ cause, says }: Refusal, state: VantageOutcome['state']) => ({
  state,
  cause,
  says: evidence(says),
  hint: causes[cause].hint,
})

async function open(
  { cluster, find, cleaning, starter }: FromCluster,
  state: { client?: KubernetesClient },
  say: (words: string) => void,
  signal: AbortSignal,
): Promise<Found> {
  say(`asking the cluster of ${cluster.contextName}`)
  const client = await orAbort(cluster.open(signal), signal)
  state.client = client
  const found = await find(client, signal)
  cleaning.add((limit) => sweep(client, found.place.namespace, starter.host, limit))
  return found
}

/** Sentences that are said while something else is waited for. */
class Words {
  readonly #said: string[] = []
  #wake = Promise.withResolvers<void>()
  readonly say = (words: string): void => {
    this.#said.push(words)
    this.#wake.resolve()
  }
  next(): string | undefined {
    return this.#said.shift()
  }
  async more(): Promise<void> {
    if (this.#said.length > 0) return
    await this.#wake.promise
    this.#wake = Promise.withResolvers<void>()
  }
}

/** Tells what is said until the work is done, or has failed: whoever called looks at that. */
async function* told(
  vantage: Vantage,
  words: Words,
  work: Promise<unknown>,
  signal: AbortSignal,
): AsyncGenerator<Extract<Event, { kind: 'waiting' }>> {
  let done = false
  const over = work.then(
    () => (done = true),
    () => (done = true),
  )
  for (;;) {
    signal.throwIfAborted()
    const says = words.next()
    if (says !== undefined) yield { kind: 'waiting', vantage, message: evidence(says) }
    else if (done) return
    else await Promise.race([words.more(), over])
  }
}

/** Causes that say that no probe of ours may run; what runs already may do instead. */
const borrowed: ReadonlySet<string> = new Set<Cause>([
  'rbac.denied',
  'vantage.quota',
  'vantage.admission',
  'vantage.image',
  'vantage.unschedulable',
])

/** Asks by a probe of its own; where that cannot be, by what pods that run lend. Returns what is to be said of that. */
async function* probed(
  from: FromCluster,
  client: KubernetesClient,
  found: Found,
  signal: AbortSignal,
): AsyncGenerator<Event, Limits | undefined> {
  const { cleaning, starter, cluster, vantage } = from
  const { place } = found
  const words = new Words()
  const { say } = words
  const work = workOf(from, found)
  const bundle = await probeBundle(signal)
  try {
    const image = cluster.probeImage
    if (image === '') throw new Refused(noImage)
    const events = probeInPod({ client, place, image, bundle, work, starter, cleaning, say }, signal)
    yield* answers(events, work, vantage, words, signal)
    return undefined
  } catch (error) {
    signal.throwIfAborted()
    const refusal = refusalOf(error)
    if (!borrowed.has(refusal.cause)) throw error
    const lent = yield* answers(borrow({ client, place, bundle, work, say }, signal), work, vantage, words, signal)
    if (lent === undefined) throw error
    const how = lent.whole
      ? `the probe ran in ${lent.by} instead, and its results are of that pod`
      : `the shell of ${lent.by} tried what it can instead: names and connections, not who answers`
    return { cause: refusal.cause, says: `${refusal.says}; ${how}` }
  }
}

const noImage: Refusal = {
  cause: 'vantage.image',
  says: 'no image for the probe is named, neither by the profile’s settings nor by --probe-image',
}

type Limits = Refusal

/** Of the answers of a pod, which is not ours alone, only those to what was asked are taken, each once, under our own name. */
async function* answers<End>(
  events: AsyncGenerator<WorkEvent, End>,
  work: Work,
  vantage: Vantage,
  words: Words,
  signal: AbortSignal,
): AsyncGenerator<Event, End> {
  const open = new Set(work.rows.map(({ id }) => id))
  try {
    for (;;) {
      const next = events.next()
      yield* told(vantage, words, next, signal)
      const step = await next
      if (step.done === true) {
        if (open.size === 0 || step.value === undefined) return step.value
        const missing = [...open].slice(0, 3).join(', ')
        throw new Refused({ cause: 'vantage.failed', says: `the probe ended without a word on ${missing}` })
      }
      const event = step.value
      if (event.kind === 'stage' && open.has(event.endpoint))
        yield { kind: 'stage', endpoint: event.endpoint, vantage, stage: clean(event.stage) }
      if (event.kind === 'result' && open.delete(event.result.endpoint))
        yield { kind: 'result', result: own(event.result, vantage) }
    }
  } finally {
    await events.return(undefined as never).catch(() => undefined) // its end is told already, or wanted by nobody
  }
}

/** The cause, its verdict and its hint are the table's, whatever a pod says; its texts are cleaned once more. */
function own(result: Result, vantage: Vantage): Result {
  const known = Object.hasOwn(causes, result.cause) ? causes[result.cause as Cause] : undefined // hasOwn has just said so
  const verdict = known?.verdict ?? (result.cause === '' ? result.verdict : 'unknown')
  return { ...result, vantage, verdict, stages: result.stages.map(clean) }
}

const clean = (stage: Result['stages'][number]) => ({ ...stage, evidence: evidence(stage.evidence) })

/** A pass of a pod that is not treated as the component's are is no proof of theirs; a failure stays one. */
function limit(result: Result, lacks: string): Result {
  if (lacks === '' || result.verdict === 'fail' || result.verdict === 'unknown') return result
  const { verdict, hint } = causes['vantage.limited']
  return { ...result, verdict, cause: 'vantage.limited', hint: evidence(`${hint} (${lacks})`) }
}

function observed(result: Result, rows: readonly PlannedEndpoint[]): Observed {
  const plan = rows.find(({ id }) => id === result.endpoint)?.plan
  return { result, target: plan?.kind === 'probe' ? plan.target : undefined }
}

function workOf({ vantage, proxies, holdSeconds }: FromCluster, { place, rows }: Pick<Found, 'place' | 'rows'>): Work {
  return {
    schemaVersion: 1,
    vantage,
    rows: rows.flatMap(({ id, plan }) => workRow(id, plan) ?? []),
    // What this computer's environment or the profile says of DNS and proxies is about this computer.
    context: { resolver: undefined, proxies: proxies ?? place.likeness?.proxies ?? noProxies, holdSeconds },
  }
}

/** For someone who may create it; without the keys and passwords that a probe of our own would have been given. */
async function manifestText(from: FromCluster, found: Found | undefined, { cause }: Refusal): Promise<string> {
  if (found === undefined || cause === 'vantage.unreachable' || cause === 'vantage.absent') return ''
  if (!from.first(cause)) return ''
  const bundle = await probeBundle(new AbortController().signal).catch(() => undefined)
  if (bundle === undefined) return ''
  const image = from.cluster.probeImage === '' ? 'IMAGE-WITH-NODE' : from.cluster.probeImage
  const work = withoutSecrets(workOf(from, found))
  // Whoever applies it is not us: no later run of ours may take it for one that was killed.
  const starter = { ...from.starter, host: '', process: '' }
  return handover(manifestFor({ place: found.place, image, bundle, work, starter }), work)
}
