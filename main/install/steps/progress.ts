import { setTimeout as sleep } from 'node:timers/promises'
import type { StepLog, StepObject, WaitingOn } from '../../../preload/contract/operations.ts'
import { Problem } from '../../../preload/contract/problem.ts'
import type { NamespacedReference, ReleaseObject } from '../observe/manifest.ts'
import { readCustomResources, takeSnapshot } from '../observe/snapshot.ts'
import { waitingOn } from '../observe/waiting.ts'
import { type ContainerOfPod, readContainerLog } from './container-log.ts'
import { type HookLog, readHookLog } from './hook-log.ts'
import { releaseObjects, waitingContainer } from './release-objects.ts'
import { pollIntervalMs, type Run } from './run.ts'

const namespacesOf = (run: Run, release: string): string[] => {
  const objects = run.objectsOf(release)
  return [...new Set(objects.flatMap(({ namespace }) => namespace ?? []))]
}

const stepLog = ({ pod, container }: ContainerOfPod, text: string): StepLog => ({ pod, container, text })

interface ReleaseProgress {
  /** What is not ready, longest waiting first. */
  readonly waiting: readonly WaitingOn[]
  readonly objects: readonly StepObject[]
  /** Of what waits longest. */
  readonly log: StepLog | undefined
}

/** What of a release is ready, read from the cluster. `secrets` are hidden in the log. */
async function readProgress(
  run: Run,
  release: string,
  desired: readonly ReleaseObject[],
  secrets: readonly string[],
  signal: AbortSignal,
): Promise<ReleaseProgress> {
  const [snapshot, custom] = await Promise.all([
    takeSnapshot(run.client, namespacesOf(run, release), signal),
    readCustomResources(run.client, desired, signal),
  ])
  const now = Date.now()
  const waiting = waitingOn(desired, snapshot, now)
  const container = waitingContainer(waiting, snapshot)
  // Without the permission to read logs, or once the container is gone, there is none.
  const text = container && (await readContainerLog(run.client, container, secrets, signal).catch(() => ''))
  const log = container && text ? stepLog(container, text) : undefined
  return { waiting, objects: releaseObjects(desired, snapshot, custom, now), log }
}

/**
 * What of a release waits, without hooks: whether one succeeded is helm's to say, and one that failed may be left from an earlier
 * revision.
 */
export async function workloadsWaitingOn(run: Run, release: string, signal: AbortSignal): Promise<WaitingOn[]> {
  const snapshot = await takeSnapshot(run.client, namespacesOf(run, release), signal)
  return waitingOn(workloadsOf(run, release), snapshot, Date.now())
}

/** The same with the objects and a log, reported for the step. */
export async function reportWorkloads(
  run: Run,
  step: string,
  release: string,
  secrets: readonly string[],
  signal: AbortSignal,
): Promise<readonly WaitingOn[]> {
  const { waiting, objects, log } = await readProgress(run, release, workloadsOf(run, release), secrets, signal)
  run.handle.observed(step, objects, log)
  return waiting
}

const workloadsOf = (run: Run, release: string): ReleaseObject[] =>
  run.objectsOf(release).filter(({ isHook }) => !isHook)

/** The hooks that helm may run, and what must not be shown of their logs. */
export interface Hooks {
  readonly references: readonly NamespacedReference[]
  readonly secrets: readonly string[]
}

const lastReadMs = 5_000

/** An install names the kind of the hook, an uninstall the object. */
const isHookFailure = (failure: unknown, { references }: Hooks): boolean =>
  failure instanceof Problem &&
  (/\b(pre|post)-(install|upgrade|delete|rollback)\b/.test(failure.message) ||
    references.some(({ kind, namespace, name }) => failure.message.includes(`${kind}/${namespace}/${name}`)))

/**
 * Runs `act` and reports, once a second, which objects of the release are not ready.
 * If `act` fails, the last report comes back with the failure, and the log of the hook that failed.
 */
export async function whileReportingProgress(
  run: Run,
  step: string,
  release: string,
  hooks: Hooks,
  act: () => Promise<void>,
  signal: AbortSignal,
): Promise<{ readonly failure?: unknown; readonly waiting: readonly WaitingOn[]; readonly hookLog?: HookLog }> {
  const stop = new AbortController()
  const limit = AbortSignal.any([signal, stop.signal])
  let waiting: readonly WaitingOn[] = []
  let hookLog: HookLog | undefined
  // Helm may delete a hook as soon as it has failed, so its log is read while helm runs.
  const readHook = async (until: AbortSignal): Promise<void> => {
    if (hooks.references.length === 0) return
    const latest = await readHookLog(run.client, hooks.references, hooks.secrets, until).catch(() => undefined)
    hookLog = latest ?? hookLog
  }
  const polling = (async () => {
    while (!limit.aborted) {
      await sleep(pollIntervalMs, undefined, { signal: limit })
      // Helm decides whether an unreachable cluster is an error; the last report stays.
      const [latest] = await Promise.all([
        readProgress(run, release, run.objectsOf(release), hooks.secrets, limit).catch(() => undefined),
        readHook(limit),
      ])
      if (latest === undefined || limit.aborted) continue
      waiting = latest.waiting
      run.handle.observed(step, latest.objects, latest.log ?? (hookLog && stepLog(hookLog, hookLog.text)))
      run.handle.waitingOn(step, waiting)
    }
  })().catch(() => undefined) // the sleep was aborted
  try {
    await act()
    return { waiting }
  } catch (failure) {
    const known = hookLog
    hookLog = undefined
    await readHook(AbortSignal.timeout(lastReadMs))
    // A hook that was deleted may have succeeded, unless helm names it.
    const shown = hookLog ?? (isHookFailure(failure, hooks) ? known : undefined)
    return { failure, waiting, ...(shown !== undefined && { hookLog: shown }) }
  } finally {
    stop.abort()
    await polling
    run.handle.waitingOn(step, [])
  }
}
