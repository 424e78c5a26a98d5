import type {
  CheckEvent,
  ExistingPod,
  Result,
  Vantage,
  VantageOutcome,
} from '../../../preload/contract/connectivity.ts'
import { Problem } from '../../../preload/contract/problem.ts'
import { AsyncQueue } from '../../lib/concurrency/async-queue.ts'
import type { KubernetesClient } from '../../lib/kubernetes/client.ts'
import { orAbort } from '../../lib/kubernetes/or-abort.ts'
import type { Plan, UnprobedPlan } from '../plan/plan.ts'
import type { Cause } from '../probe/causes.ts'
import { evidence } from '../probe/evidence.ts'
import type { ProbeContext } from '../probe/target.ts'
import { resultWithoutProbe } from '../run/result.ts'
import { existingPodsFor } from './existing-pod/candidates.ts'
import { probeInExistingPod } from './existing-pod/probe.ts'
import { limitResult, notRan, ran, systemRootsNote, trustedResult, trustedStage } from './outcome.ts'
import { noProxies, type Placement } from './placement.ts'
import { probeBundle } from './pod/bundle.ts'
import { type Cleanup, removeLeftovers } from './pod/cleanup.ts'
import { manifestFor, probeInPod } from './pod/job.ts'
import type { Starter } from './pod/manifest.ts'
import { manifestForExport } from './pod/manifest-export.ts'
import { type Work, type WorkEvent, withoutSecrets } from './pod/work.ts'
import { type Refusal, Refused, refusalOf } from './refusal.ts'
import type { PlaneCluster } from './resolve/cluster.ts'

/** Where the probe's pod runs, and the plans of the endpoints from there. */
export interface ResolvedVantage {
  readonly placement: Placement
  /** The pod of others that the user named: nothing is created. */
  readonly existingPod: ExistingPod | undefined
  /** Why a pass from this vantage proves less; empty: no limitation. */
  readonly limitation: string
  readonly plans: readonly Plan[]
}

export interface ClusterCheck {
  readonly cluster: PlaneCluster
  readonly vantage: Vantage
  /** Throws Refused or a Problem. */
  readonly resolve: (client: KubernetesClient, signal: AbortSignal) => Promise<ResolvedVantage>
  /** Each gets exactly one result, whatever happens. */
  readonly endpointIds: readonly string[]
  /** Why an endpoint is out of scope of this vantage; undefined: it is in scope. */
  readonly skipReason: (id: string) => string | undefined
  /** True for the first vantage that needs a manifest for this cause: one manifest is enough for many nodes. */
  readonly claimManifest: (cause: Cause) => boolean
  readonly proxies: ProbeContext['proxies'] | undefined
  readonly holdSeconds: number | undefined
  readonly starter: Starter
  readonly cleanup: Cleanup
}

export interface VantageRun {
  /** In the order of the endpoints. */
  readonly results: readonly Result[]
  readonly outcome: VantageOutcome
}

interface Opened {
  readonly client: KubernetesClient
  readonly resolved: ResolvedVantage
}

type VantageEvent = Extract<CheckEvent, { kind: 'waiting' | 'stage' | 'result' }>

/**
 * Checks from one vantage in the cluster. Yields what it waits on, stages and results as they come; every endpoint gets one
 * result, also when the vantage fails. Throws only the abort reason, and what the user must do first: VAULT_*, CONSENT_NEEDED.
 */
export async function* checkFromCluster(
  check: ClusterCheck,
  signal: AbortSignal,
): AsyncGenerator<VantageEvent, VantageRun> {
  const left = new AbortController()
  const events = new AsyncQueue<VantageEvent, VantageRun>()
  const run = runCheck(check, events.push, AbortSignal.any([signal, left.signal]))
  events.endWith(run)
  try {
    return yield* events.read(signal)
  } finally {
    left.abort(new Problem('CANCELLED', 'The reader of the check ended it.'))
    await run.catch(() => undefined) // the reader received the error, or stopped before it
  }
}

async function runCheck(
  check: ClusterCheck,
  emit: (event: VantageEvent) => void,
  signal: AbortSignal,
): Promise<VantageRun> {
  const { cluster, vantage, endpointIds } = check
  const results = new Map<string, Result>()
  const record = (result: Result): void => {
    results.set(result.endpoint, result)
    emit({ kind: 'result', result })
  }
  const waiting = (message: string): void => emit({ kind: 'waiting', vantage, message: evidence(message) })
  const end = (outcome: VantageOutcome): VantageRun => ({
    results: endpointIds.flatMap((id) => results.get(id) ?? []),
    outcome,
  })
  const fail = async (refusal: Refusal, opened?: Opened): Promise<VantageRun> => {
    for (const id of endpointIds)
      if (!results.has(id)) record(resultWithoutProbe(vantage, planAfter(id, refusal, check.skipReason(id))))
    const outcome = notRan(vantage, 'failed', refusal, await manifestText(check, opened?.resolved, refusal))
    return end({ ...outcome, ...(await alternatives(opened, refusal, signal)) })
  }

  const opened = await attempt(async (): Promise<Opened> => {
    waiting(`connecting to the cluster of ${cluster.contextName}`)
    const client = await orAbort(cluster.open(signal), signal)
    const resolved = await check.resolve(client, signal)
    check.cleanup.add((limit) => removeLeftovers(client, resolved.placement.namespace, check.starter.host, limit))
    return { client, resolved }
  }, signal)
  if ('refusal' in opened) return await fail(opened.refusal)

  const { client, resolved } = opened.value
  const { plans, limitation } = resolved
  for (const plan of plans) if (plan.kind !== 'probe') record(resultWithoutProbe(vantage, plan))
  const emitAnswer = (event: VantageEvent): void => {
    if (event.kind !== 'result') emit(event)
    else record(limitResult(event.result, limitation))
  }
  const probed = await attempt(
    () =>
      plans.some(({ kind }) => kind === 'probe')
        ? runProbe(check, client, resolved, { emit: emitAnswer, waiting }, signal)
        : Promise.resolve(undefined),
    signal,
  )
  if ('refusal' in probed) return await fail(probed.refusal, opened.value)
  if (probed.value !== undefined) return end(notRan(vantage, 'limited', probed.value))
  if (resolved.existingPod !== undefined) return end(ran(vantage, systemRootsNote(plans, 'the pod’s image')))
  if (limitation !== '') return end(notRan(vantage, 'limited', { cause: 'vantage.limited', message: limitation }))
  return end(ran(vantage, systemRootsNote(plans)))
}

/** Runs a part of the check. Throws the abort reason, VAULT_* and CONSENT_NEEDED; any other error is a refusal. */
async function attempt<Value>(
  part: () => Promise<Value>,
  signal: AbortSignal,
): Promise<{ readonly value: Value } | { readonly refusal: Refusal }> {
  try {
    return { value: await part() }
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof Problem && (error.code === 'CONSENT_NEEDED' || error.code.startsWith('VAULT_'))) throw error
    return { refusal: refusalOf(error) }
  }
}

const planAfter = (id: string, { cause, message }: Refusal, skipReason: string | undefined): UnprobedPlan =>
  skipReason === undefined ? { kind: 'unknown', id, cause, why: message } : { kind: 'skip', id, why: skipReason }

/** With these causes the cluster rejects the probe's pod, but a running pod can still execute the check. */
const canUseExistingPod: ReadonlySet<string> = new Set<Cause>([
  'rbac.denied',
  'vantage.quota',
  'vantage.admission',
  'vantage.image',
  'vantage.unschedulable',
])

/** The running pods that the user can request instead: nothing is executed in them by itself. */
async function alternatives(
  opened: Opened | undefined,
  { cause }: Refusal,
  signal: AbortSignal,
): Promise<Pick<VantageOutcome, 'existingPods'>> {
  if (opened === undefined || opened.resolved.existingPod !== undefined || !canUseExistingPod.has(cause)) return {}
  return { existingPods: await existingPodsFor(opened.client, opened.resolved.placement, signal) }
}

interface Progress {
  readonly emit: (event: VantageEvent) => void
  readonly waiting: (message: string) => void
}

/** Probes from a new pod, or from the existing one that the user named. Returns what limits its results. Throws Refused. */
async function runProbe(
  check: ClusterCheck,
  client: KubernetesClient,
  resolved: ResolvedVantage,
  { emit, waiting }: Progress,
  signal: AbortSignal,
): Promise<Refusal | undefined> {
  const { cleanup, starter, cluster, vantage } = check
  const { placement, existingPod } = resolved
  const work = workOf(check, resolved)
  const bundle = await probeBundle(signal)
  if (existingPod !== undefined) {
    const answers = probeInExistingPod({ client, at: existingPod, bundle, work, waiting }, signal)
    return await forwardAnswers(answers, work, vantage, emit)
  }
  const image = cluster.probeImage
  if (image === '') throw new Refused(noImage)
  const parts = { client, placement, image, bundle, work, starter, cleanup, waiting }
  await forwardAnswers(probeInPod(parts, signal), work, vantage, emit)
  return undefined
}

const noImage: Refusal = {
  cause: 'vantage.image',
  message: 'neither the profile’s settings nor --probe-image name an image for the probe',
}

/** The pod is untrusted: accepts one result for each requested endpoint, and sets this vantage in it. */
async function forwardAnswers<End>(
  answers: AsyncGenerator<WorkEvent, End>,
  work: Work,
  vantage: Vantage,
  emit: (event: VantageEvent) => void,
): Promise<End> {
  const open = new Set(work.plans.map(({ id }) => id))
  for (;;) {
    const step = await answers.next()
    if (step.done === true) {
      if (open.size === 0) return step.value
      const missing = [...open].slice(0, 3).join(', ')
      throw new Refused({ cause: 'vantage.failed', message: `the probe ended without a result for ${missing}` })
    }
    const event = step.value
    if (event.kind === 'stage' && open.has(event.endpoint))
      emit({ kind: 'stage', endpoint: event.endpoint, vantage, stage: trustedStage(event.stage) })
    if (event.kind === 'result' && open.delete(event.result.endpoint))
      emit({ kind: 'result', result: trustedResult(event.result, vantage) })
  }
}

function workOf({ vantage, proxies, holdSeconds }: ClusterCheck, { placement, plans }: ResolvedVantage): Work {
  return {
    schemaVersion: 1,
    vantage,
    plans: plans.filter((plan) => plan.kind === 'probe'),
    // DNS and proxies of the profile and of the environment are those of this computer.
    context: { resolver: undefined, proxies: proxies ?? placement.template?.proxies ?? noProxies, holdSeconds },
  }
}

/** For an administrator to apply. Contains no keys and no passwords. */
async function manifestText(
  check: ClusterCheck,
  resolved: ResolvedVantage | undefined,
  { cause }: Refusal,
): Promise<string> {
  if (
    resolved === undefined ||
    resolved.existingPod !== undefined ||
    cause === 'vantage.unreachable' ||
    cause === 'vantage.absent'
  )
    return ''
  if (!check.claimManifest(cause)) return ''
  const bundle = await probeBundle(new AbortController().signal).catch(() => undefined)
  if (bundle === undefined) return ''
  const image = check.cluster.probeImage === '' ? 'IMAGE-WITH-NODE' : check.cluster.probeImage
  const work = withoutSecrets(workOf(check, resolved))
  // Without host and process, no later run removes the administrator's Job as a leftover.
  const starter = { ...check.starter, host: '', process: '' }
  return manifestForExport(manifestFor({ placement: resolved.placement, image, bundle, work, starter }), work)
}
