import { z } from 'zod'
import { PlanStep } from '../../preload/contract/install.ts'
import { Problem } from '../../preload/contract/problem.ts'
import type { JsonObject } from '../../preload/contract/words.ts'
import { getObject } from '../lib/kubernetes/objects.ts'
import type { OperationRunner } from '../lib/operation.ts'
import type { Helm } from './helm/helm.ts'
import { type HeldLease, takeLease } from './lease.ts'
import { type Discovery, discover } from './observe/discovery.ts'
import { kinds } from './observe/kinds.ts'
import { presenceOf } from './observe/observe.ts'
import type { Desired } from './plan/desired.ts'
import { type InstallSession, openScene, wantedFor } from './plan/install-session.ts'
import { placed } from './plan/manifest.ts'
import type { Rendered } from './plan/plan.ts'
import type { InstallPorts } from './ports.ts'
import { applyFlux, deleteFlux } from './steps/flux-step.ts'
import { installRelease, uninstallRelease } from './steps/helm-step.ts'
import { ensureNamespace, removeNamespace } from './steps/namespace-step.ts'
import { type Run, type StepResult, startRun } from './steps/run.ts'
import { applySecret, removeSecret } from './steps/secret-step.ts'
import { verify } from './steps/verify-step.ts'

/** What an operation is started with, and finds again in its journal. Nothing secret: of values only a digest. */
export const OperationInput = z.looseObject({
  action: z.literal(['install', 'uninstall']),
  digest: z.string(),
  steps: z.array(z.object({ id: z.string(), title: z.string(), kind: PlanStep.shape.kind })),
  /** Digest of each release's wanted content, by its name. */
  desired: z.record(z.string(), z.string()).default({}),
  /** Digest of each release's chart, by its name. */
  charts: z.record(z.string(), z.string()).default({}),
})
export type OperationInput = z.infer<typeof OperationInput>

export interface Tools {
  readonly ports: InstallPorts
  readonly helm: (plane: InstallSession['plane'], signal: AbortSignal) => Promise<Helm>
  readonly render: (helm: Helm, wanted: Desired, discovery: Discovery, signal: AbortSignal) => Promise<Rendered>
}

type Doer = (id: string, signal: AbortSignal) => Promise<StepResult>

/** The part of a step's id after its kind: `release:agent` is about `agent`. */
const subjectOf = (id: string): string => id.slice(id.indexOf(':') + 1)

const ended = (run: Run, step: string): boolean => {
  const last = run.handle.history.findLast((record) => record.event === 'step-ended' && record.step === step)
  return last?.data?.state === 'done' || last?.data?.state === 'skipped'
}

const acted = (run: Run, step: string): boolean =>
  run.journal.some((record) => record.event === 'act' && record.step === step)

/** Runs one step and says how it ended. One that an earlier life ended is looked at again, and not told again. */
async function runStep(run: Run, id: string, doer: Doer, signal: AbortSignal): Promise<void> {
  const before = ended(run, id)
  if (!before) await run.handle.stepStarted(id)
  try {
    const { changed, message } = await doer(id, signal)
    if (!before) await run.handle.stepEnded(id, changed || acted(run, id) ? 'done' : 'skipped', message)
  } catch (error) {
    const message = signal.aborted
      ? 'Stopped before it was done.'
      : error instanceof Problem
        ? error.message
        : undefined
    await run.handle.stepEnded(id, 'failed', message)
    throw error
  } finally {
    run.handle.waitingOn(id, [])
  }
}

/** Holds the plane's lease while it works; ends as soon as the lease is lost. */
async function underLease(
  run: Run,
  act: (lease: HeldLease | undefined, signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const { client, place, handle } = run
  const [namespace] = place.namespaces
  if (namespace === undefined) return act(undefined, signal)
  const found = await getObject(client, kinds.namespace, { name: namespace }, signal)
  const presence = presenceOf(found, place.profile)
  // Nothing can be put into a namespace that is going, and nothing is left to be fought over.
  if (presence === 'absent' || presence === 'ending') return act(undefined, signal)
  const lease = await takeLease(client, { namespace, profile: place.profile, operation: handle.id }, signal)
  try {
    const limit = AbortSignal.any([signal, lease.lost])
    await act(lease, limit)
  } finally {
    await lease.release()
  }
}

function required<T>(found: T | undefined, id: string): T {
  if (found === undefined) throw new Problem('PLAN_STALE', `The profile no longer has what step "${id}" is about.`)
  return found
}

async function install(tools: Tools, handle: Parameters<OperationRunner>[0], signal: AbortSignal): Promise<void> {
  const { ports } = tools
  const input = OperationInput.parse(handle.input)
  await handle.declareSteps(input.steps.map(({ id, title }) => ({ id, title })))
  const scene = await openScene(ports, handle.planeId)
  const { plane, client } = scene
  const helm = await tools.helm(plane, signal)
  const [wanted, discovery, connection] = await Promise.all([
    wantedFor(ports, scene, helm, input.charts, signal),
    discover(client, signal),
    ports.connection(plane.contextId),
  ])
  for (const { name, desired } of wanted.releases) {
    if (input.desired[name] === desired) continue
    throw new Problem('PLAN_STALE', `The chart or the values of ${name} changed since the plan was made.`)
  }
  const rendered = await tools.render(helm, wanted, discovery, signal)
  const objects = new Map(
    wanted.releases.map(({ name, namespace }) => [
      name,
      (rendered.get(name) ?? []).map((object) => placed(object, namespace)),
    ]),
  )
  const objectsOf = (name: string) => objects.get(name) ?? []
  const secret: InstallPorts['secret'] = (...key) => ports.secret(...key)
  const run = startRun({ handle, client, connection, helm, place: wanted, secret, objectsOf })

  const doers: Readonly<Record<string, Doer>> = {
    namespace: (id, limit) => ensureNamespace(run, id, subjectOf(id), limit),
    secret: (id, limit) => {
      const found = wanted.secrets.find(({ namespace, name }) => `${namespace}/${name}` === subjectOf(id))
      return applySecret(run, id, required(found, id), limit)
    },
    release: (id, limit) => {
      const release = required(
        wanted.releases.find(({ name }) => name === subjectOf(id)),
        id,
      )
      return release.via === 'flux' ? applyFlux(run, id, release, limit) : installRelease(run, id, release, limit)
    },
    verify: (id, limit) => verify(run, id, wanted.targets, limit),
  }
  const [first] = wanted.namespaces
  // The lease lives in the first namespace, so that one comes before it; all else comes under it.
  const opening = input.steps.filter(({ id }) => id === `namespace:${first}`)
  const rest = input.steps.filter((step) => !opening.includes(step) && step.kind !== 'keep')
  for (const { id } of opening) await runStep(run, id, required(doers.namespace, id), signal)
  await underLease(
    run,
    async (_, limit) => {
      for (const { id, kind } of rest) {
        limit.throwIfAborted()
        await runStep(run, id, required(doers[kind === 'verify' ? 'verify' : id.slice(0, id.indexOf(':'))], id), limit)
      }
    },
    signal,
  )
  await ports.markInstalled(handle.planeId)
}

async function uninstall(tools: Tools, handle: Parameters<OperationRunner>[0], signal: AbortSignal): Promise<void> {
  const { ports } = tools
  const input = OperationInput.parse(handle.input)
  await handle.declareSteps(input.steps.map(({ id, title }) => ({ id, title })))
  const { plane, client, place } = await openScene(ports, handle.planeId)
  const helm = await tools.helm(plane, signal)
  const connection = await ports.connection(plane.contextId)
  const run = startRun({ handle, client, connection, helm, place, secret: () => undefined, objectsOf: () => [] })

  const release: Doer = (id, limit) => {
    const target = required(
      place.targets.find(({ name }) => name === subjectOf(id)),
      id,
    )
    const { kind } = required(
      input.steps.find((step) => step.id === id),
      id,
    )
    return kind === 'flux-delete' ? deleteFlux(run, id, target, limit) : uninstallRelease(run, id, target, limit)
  }
  const secret: Doer = (id, limit) => {
    const found = place.secrets.find(({ namespace, name }) => `${namespace}/${name}` === subjectOf(id))
    return removeSecret(run, id, required(found, id), limit)
  }
  const namespace: Doer = async (id, limit) =>
    removeNamespace(run, id, subjectOf(id), await discover(client, limit), limit)

  const steps = input.steps.filter(({ kind }) => kind !== 'keep')
  const isNamespace = ({ id }: { readonly id: string }) => id.startsWith('namespace:')
  await underLease(
    run,
    async (_, limit) => {
      for (const { id } of steps.filter((step) => !isNamespace(step))) {
        limit.throwIfAborted()
        await runStep(run, id, id.startsWith('release:') ? release : secret, limit)
      }
    },
    signal,
  )
  // The lease goes with the first namespace, so it is given back before.
  for (const { id } of steps.filter(isNamespace)) await runStep(run, id, namespace, signal)
}

/** The runners of both kinds. A Problem, or the abort reason, ends them; the operation keeps it. */
export const installRunner =
  (tools: Tools): OperationRunner =>
  (handle, signal) =>
    install(tools, handle, signal)

export const uninstallRunner =
  (tools: Tools): OperationRunner =>
  (handle, signal) =>
    uninstall(tools, handle, signal)

export const inputOf = (input: OperationInput): JsonObject => JSON.parse(JSON.stringify(input))
