import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { BuildProgress } from '../../scripts/build-programs.ts'
import { isRunning, signalProcess } from '../../scripts/process-id.ts'
import { BedProblem } from './bed-problem.ts'
import { ask, checkSocketPath } from './control.ts'
import type { Image, ImageFile } from './image.ts'
import { bedsFolder, isBedName, keeperLog, placesOf } from './layout.ts'
import { missingParts, sayMissing } from './missing.ts'
import { type BedWishes, completeOptions } from './options.ts'
import { build, type ProgramName } from './programs.ts'
import { BedFacts, readRecord, sweep } from './record.ts'
import { until } from './until.ts'

/** A running Kubernetes cluster for tests and the demo. All its methods work from any process of the same person. */
export type Bed = BedFacts & {
  /** Nothing answers at its address until `startApiServer`; all state is kept, pods go on. */
  stopApiServer(signal?: AbortSignal): Promise<void>
  startApiServer(signal?: AbortSignal): Promise<void>
  /** Makes an image of files at hand and gives it to the node. Entry point: the first file. */
  importImage(
    tag: string,
    files: readonly ImageFile[],
    more?: Pick<Image, 'entrypoint' | 'environment'>,
    signal?: AbortSignal,
  ): Promise<void>
  /** Returns their names once all are ready. */
  addSimulatedNodes(count: number, signal?: AbortSignal): Promise<string[]>
  /** Names that pods resolve, and whoever asks `resolver`; returns once it answers them. */
  addHostNames(names: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<void>
  /** Ends it and removes all of it. */
  down(signal?: AbortSignal): Promise<void>
}

const unlimited = new AbortController().signal

const bedOf = (facts: BedFacts): Bed => {
  const socket = placesOf(facts.name).control
  return {
    ...facts,
    stopApiServer: async (signal = unlimited) => {
      await ask(socket, { verb: 'stopApiServer' }, signal)
    },
    startApiServer: async (signal = unlimited) => {
      await ask(socket, { verb: 'startApiServer' }, signal)
    },
    importImage: async (tag, files, more = {}, signal = unlimited) => {
      const { entrypoint, environment } = more
      const image = {
        tag,
        files: [...files],
        entrypoint: entrypoint && [...entrypoint],
        environment: environment && [...environment],
      }
      await ask(socket, { verb: 'importImages', images: [image] }, signal)
    },
    addSimulatedNodes: async (count, signal = unlimited) =>
      z.array(z.string()).parse(await ask(socket, { verb: 'addSimulatedNodes', count }, signal)),
    addHostNames: async (names, signal = unlimited) => {
      await ask(socket, { verb: 'addHostNames', names: { ...names } }, signal)
    },
    down: (signal = AbortSignal.timeout(endLimitMs)) => endBed(facts.name, signal),
  }
}

const everywhere: readonly ProgramName[] = [
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

/** The programs that such a bed needs, for `build`. */
export const bedPrograms = (
  pods: BedWishes['pods'] = 'real',
  network: BedWishes['network'] = 'bridge',
): readonly ProgramName[] => {
  if (pods === 'simulated') return everywhere
  return [...everywhere, ...forRealPods, ...(network === 'cilium' ? (['cilium'] as const) : [])]
}

const Told = z.union([z.strictObject({ up: BedFacts }), z.strictObject({ problem: z.string() })])

/**
 * Starts a bed, building its programs first where they are missing. It ends with `down`, and by itself when this
 * process ends, however; unless `lives` is `on`: then with `down` alone. `signal` covers the start.
 * Throws BedProblem or BuildProblem (what is missing, how to get it), or the abort reason.
 */
export const startBed = async (
  wishes: BedWishes & { onProgress?: (progress: BuildProgress) => void; lives?: 'with-me' | 'on' },
  signal: AbortSignal,
): Promise<Bed> => {
  const { onProgress, lives = 'with-me', ...rest } = wishes
  const options = completeOptions(rest, `bed-${randomBytes(3).toString('hex')}`)
  if (!isBedName(options.name))
    throw new BedProblem(`${options.name} is no name for a bed.`, 'Use up to 30 lower-case letters, digits and dashes.')
  checkSocketPath(placesOf(options.name).control)
  // Go is only needed while something is to be built; `build` says so then.
  const missing = missingParts(options.pods, options.network).filter(({ part }) => !part.startsWith('Go '))
  if (missing.length > 0) throw new BedProblem(sayMissing(missing))
  await build(bedPrograms(options.pods, options.network), { onProgress, signal })
  await sweep(signal)

  mkdirSync(bedsFolder(), { recursive: true, mode: 0o700 })
  const log = openSync(keeperLog(options.name), 'a', 0o600)
  const keeper = fork(
    join(import.meta.dirname, 'keeper.ts'),
    [JSON.stringify(options), lives === 'on' ? 'free' : 'owned'],
    { detached: true, stdio: ['ignore', log, log, 'ipc'], execArgv: [] },
  )
  closeSync(log)
  const told = await new Promise<z.infer<typeof Told>>((resolve, reject) => {
    const stop = () => keeper.kill('SIGTERM')
    signal.addEventListener('abort', stop, { once: true })
    const settle = () => signal.removeEventListener('abort', stop)
    keeper.once('message', (message) => {
      settle()
      resolve(Told.parse(message))
    })
    keeper.once('error', reject)
    keeper.once('exit', (code) => {
      settle()
      reject(signal.aborted ? signal.reason : new BedProblem(`The bed's keeper ended with code ${code}.`))
    })
  })
  signal.throwIfAborted()
  if ('problem' in told) throw new BedProblem(told.problem)
  // The open channel tells the keeper that we live; it must not keep us alive.
  keeper.channel?.unref()
  keeper.unref()
  if (lives === 'on') keeper.disconnect()
  return bedOf(told.up)
}

/** A bed that another process started. */
export const findBed = async (name: string): Promise<Bed | undefined> => {
  const record = await readRecord(name)
  return record?.facts && isRunning(record.keeper) ? bedOf(record.facts) : undefined
}

const endLimitMs = 60_000

/** Ends a bed by name and removes all of it, whatever state it is in. No such bed: nothing to do. */
export const endBed = async (name: string, signal: AbortSignal): Promise<void> => {
  const record = await readRecord(name)
  if (record?.state === 'up' && isRunning(record.keeper)) await ask(placesOf(name).control, { verb: 'down' }, signal)
  else if (record) signalProcess(record.keeper, 'SIGTERM')
  if (record) await until(`The end of bed ${name}`, async () => !isRunning(record.keeper), endLimitMs, signal)
  await sweep(signal)
}

export { baseTags } from './base-images.ts'
export { missingParts, sayMissing } from './missing.ts'
export { build } from './programs.ts'
