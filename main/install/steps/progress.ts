import { setTimeout as sleep } from 'node:timers/promises'
import type { WaitingOn } from '../../../preload/contract/operations.ts'
import { Problem } from '../../../preload/contract/problem.ts'
import type { NamespacedReference } from '../observe/manifest.ts'
import { takeSnapshot } from '../observe/snapshot.ts'
import { waitingOn } from '../observe/waiting.ts'
import { type HookLog, readHookLog } from './hook-log.ts'
import { pollIntervalMs, type Run } from './run.ts'

const namespacesOf = (run: Run, release: string): string[] => {
  const objects = run.objectsOf(release)
  return [...new Set(objects.flatMap(({ namespace }) => namespace ?? []))]
}

/** The objects of a release that are not ready, read from the cluster. */
async function releaseWaitingOn(run: Run, release: string, signal: AbortSignal): Promise<WaitingOn[]> {
  const snapshot = await takeSnapshot(run.client, namespacesOf(run, release), signal)
  return waitingOn(run.objectsOf(release), snapshot, Date.now())
}

/** The same without hooks: whether one succeeded is helm's to say, and one that failed may be left from an earlier revision. */
export async function workloadsWaitingOn(run: Run, release: string, signal: AbortSignal): Promise<WaitingOn[]> {
  const snapshot = await takeSnapshot(run.client, namespacesOf(run, release), signal)
  const workloads = run.objectsOf(release).filter(({ isHook }) => !isHook)
  return waitingOn(workloads, snapshot, Date.now())
}

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
        releaseWaitingOn(run, release, limit).catch(() => undefined),
        readHook(limit),
      ])
      if (latest === undefined || limit.aborted) continue
      waiting = latest
      run.handle.waitingOn(step, latest)
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
