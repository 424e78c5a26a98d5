import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { BuildProgress } from '../../scripts/build-programs.ts'
import { isRunning, signalProcess } from '../../scripts/process-id.ts'
import { BedProblem } from './bed-problem.ts'
import { checkSocketPath, sendCommand } from './control.ts'
import type { Image, ImageFile } from './image.ts'
import { bedPaths, bedsFolder, isBedName, supervisorLog } from './layout.ts'
import { type BedRequest, completeOptions } from './options.ts'
import { describeMissing, missingPrerequisites } from './prerequisites.ts'
import { build, type ProgramName } from './programs.ts'
import { BedFacts, readRecord, removeStaleBeds } from './record.ts'
import { until } from './until.ts'

/** A running Kubernetes cluster for tests and the demo. Its methods work from any process of the same user. */
export type Bed = BedFacts & {
  /** Its address refuses connections until `startApiServer`. State is kept and pods continue to run. */
  stopApiServer(signal?: AbortSignal): Promise<void>
  startApiServer(signal?: AbortSignal): Promise<void>
  /** Builds an image from local files and imports it on the node. Entry point: the first file. */
  importImage(
    tag: string,
    files: readonly ImageFile[],
    more?: Pick<Image, 'entrypoint' | 'environment'>,
    signal?: AbortSignal,
  ): Promise<void>
  /** Returns their names once all are ready. */
  addSimulatedNodes(count: number, signal?: AbortSignal): Promise<string[]>
  /** Names that pods and clients of `resolver` resolve; returns once the resolver answers them. */
  addHostNames(names: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<void>
  /** Stops it and removes everything that belongs to it. */
  down(signal?: AbortSignal): Promise<void>
}

const neverAborted = new AbortController().signal

const bedOf = (facts: BedFacts): Bed => {
  const socket = bedPaths(facts.name).control
  return {
    ...facts,
    stopApiServer: async (signal = neverAborted) => {
      await sendCommand(socket, { verb: 'stopApiServer' }, signal)
    },
    startApiServer: async (signal = neverAborted) => {
      await sendCommand(socket, { verb: 'startApiServer' }, signal)
    },
    importImage: async (tag, files, more = {}, signal = neverAborted) => {
      const { entrypoint, environment } = more
      const image = {
        tag,
        files: [...files],
        entrypoint: entrypoint && [...entrypoint],
        environment: environment && [...environment],
      }
      await sendCommand(socket, { verb: 'importImages', images: [image] }, signal)
    },
    addSimulatedNodes: async (count, signal = neverAborted) =>
      z.array(z.string()).parse(await sendCommand(socket, { verb: 'addSimulatedNodes', count }, signal)),
    addHostNames: async (names, signal = neverAborted) => {
      await sendCommand(socket, { verb: 'addHostNames', names: { ...names } }, signal)
    },
    down: (signal = AbortSignal.timeout(endLimitMs)) => endBed(facts.name, signal),
  }
}

const forAllBeds: readonly ProgramName[] = [
  'pause',
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kwok',
  'coredns',
  'flux-crds',
]
const forRealPods: readonly ProgramName[] = [
  'kubelet',
  'kube-proxy',
  'containerd',
  'containerd-shim-runc-v2',
  'ctr',
  'helm-controller',
]

/** The programs that a bed with these options needs, for `build`. */
export const bedPrograms = (
  pods: BedRequest['pods'] = 'real',
  network: BedRequest['network'] = 'bridge',
): readonly ProgramName[] => {
  if (pods === 'simulated') return forAllBeds
  return [...forAllBeds, ...forRealPods, ...(network === 'cilium' ? (['cilium'] as const) : [])]
}

const SupervisorMessage = z.union([z.strictObject({ up: BedFacts }), z.strictObject({ problem: z.string() })])

/**
 * Starts a bed and first builds programs that are missing. It ends with `down` or when this process ends for any reason;
 * with `lifetime: 'until-down'` only with `down`. `signal` covers the start.
 * Throws BedProblem or BuildProblem (what is missing, how to get it), or the abort reason.
 */
export const startBed = async (
  request: BedRequest & { onProgress?: (progress: BuildProgress) => void; lifetime?: 'process' | 'until-down' },
  signal: AbortSignal,
): Promise<Bed> => {
  const { onProgress, lifetime = 'process', ...rest } = request
  const options = completeOptions(rest, `bed-${randomBytes(3).toString('hex')}`)
  if (!isBedName(options.name))
    throw new BedProblem(
      `${options.name} is not a valid name for a bed.`,
      'Use up to 30 lower-case letters, digits and dashes.',
    )
  checkSocketPath(bedPaths(options.name).control)
  // Go is only needed when something is missing, and `build` reports that.
  const missing = missingPrerequisites(options.pods, options.network).filter(({ part }) => !part.startsWith('Go '))
  if (missing.length > 0) throw new BedProblem(describeMissing(missing))
  await build(bedPrograms(options.pods, options.network), { onProgress, signal })
  await removeStaleBeds(signal)

  mkdirSync(bedsFolder(), { recursive: true, mode: 0o700 })
  const log = openSync(supervisorLog(options.name), 'a', 0o600)
  const supervisor = fork(
    join(import.meta.dirname, 'supervisor.ts'),
    [JSON.stringify(options), lifetime === 'until-down' ? 'free' : 'owned'],
    { detached: true, stdio: ['ignore', log, log, 'ipc'], execArgv: [] },
  )
  closeSync(log)
  const message = await new Promise<z.infer<typeof SupervisorMessage>>((resolve, reject) => {
    const stop = () => supervisor.kill('SIGTERM')
    signal.addEventListener('abort', stop, { once: true })
    const settle = () => signal.removeEventListener('abort', stop)
    supervisor.once('message', (message) => {
      settle()
      resolve(SupervisorMessage.parse(message))
    })
    supervisor.once('error', reject)
    supervisor.once('exit', (code) => {
      settle()
      reject(signal.aborted ? signal.reason : new BedProblem(`The bed's supervisor ended with code ${code}.`))
    })
  })
  signal.throwIfAborted()
  if ('problem' in message) throw new BedProblem(message.problem)
  // The open channel shows the supervisor that this process runs; it must not keep this process running.
  supervisor.channel?.unref()
  supervisor.unref()
  if (lifetime === 'until-down') supervisor.disconnect()
  return bedOf(message.up)
}

/** A bed that another process started. */
export const findBed = async (name: string): Promise<Bed | undefined> => {
  const record = await readRecord(name)
  return record?.facts && isRunning(record.supervisor) ? bedOf(record.facts) : undefined
}

const endLimitMs = 60_000

/** Stops a bed by name, in any state, and removes everything that belongs to it. Does nothing where there is no such bed. */
export const endBed = async (name: string, signal: AbortSignal): Promise<void> => {
  const record = await readRecord(name)
  if (record?.state === 'up' && isRunning(record.supervisor))
    await sendCommand(bedPaths(name).control, { verb: 'down' }, signal)
  else if (record) signalProcess(record.supervisor, 'SIGTERM')
  if (record) await until(`The end of bed ${name}`, async () => !isRunning(record.supervisor), endLimitMs, signal)
  await removeStaleBeds(signal)
}

export { baseTags } from './base-images.ts'
export { describeMissing, missingPrerequisites } from './prerequisites.ts'
export { build } from './programs.ts'
