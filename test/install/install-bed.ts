import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, onTestFinished } from 'vitest'
import { buildHelm } from '../../scripts/build-helm.ts'
import { type Bed, startBed } from '../bed/bed.ts'
import { type InstallSetup, openSetup, type TestHangar } from './setup.ts'

/** A bed, helm and a folder for the tests of a file; each is there once the tests run. */
export interface InstallBed {
  readonly bed: Bed
  readonly helm: string
  readonly folder: string
  /** Hangar on this cluster, with a state folder of that name. */
  setup(home: string, profile: InstallSetup['profile']): InstallSetup
  /** Closed when the test ends. */
  open(setup: InstallSetup): Promise<TestHangar>
}

/** Starts a bed before the tests of a file, which calls this once, and ends it after them. `name`: of the folder. */
export function useInstallBed(
  name: string,
  options: Omit<Parameters<typeof startBed>[0], 'dns' | 'storage'> = {},
): InstallBed {
  let started: { readonly bed: Bed; readonly helm: string } | undefined
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), `hangar-${name}-`))
    const helm = await buildHelm()
    const bed = await startBed({ ...options, dns: false, storage: false }, AbortSignal.timeout(280_000))
    started = { bed, helm }
  }, 290_000)
  afterAll(async () => {
    await started?.bed.down()
    await rm(folder, { recursive: true, force: true })
  }, 60_000)
  const running = () => {
    if (started === undefined) throw new Error('The bed has not started yet.')
    return started
  }
  return {
    get bed() {
      return running().bed
    },
    get helm() {
      return running().helm
    },
    get folder() {
      return folder
    },
    setup: (home, profile) => {
      const { bed, helm } = running()
      return { kubeconfig: bed.kubeconfig, context: bed.name, home: join(folder, home), helm, profile }
    },
    async open(setup) {
      const hangar = await openSetup(setup)
      onTestFinished(() => hangar.close())
      return hangar
    },
  }
}
