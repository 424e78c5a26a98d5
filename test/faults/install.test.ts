import { fork } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Operation } from '../../preload/contract/operations.ts'
import { buildHelm } from '../../scripts/build-helm.ts'
import { type Bed, startBed } from '../bed/bed.ts'
import { skipReason } from '../bed/with-bed.ts'
import { exists, revisions } from '../install/cluster.ts'
import { carryOut, openPlace, type Place, profileOf } from '../install/place.ts'
import type { Death, Told } from './dies.ts'

const reason = skipReason('real')
const isLong = process.env.HANGAR_LONG === '1'

/** Every journal record of such an install, in order; the first test makes sure of it. */
const installRecords = [
  'declared',
  'step-started namespace',
  'act namespace',
  'step-ended namespace',
  'step-started secret',
  'act secret',
  'step-ended secret',
  'step-started release',
  'act release',
  'helm release',
  'acted release',
  'step-ended release',
  'step-started verify',
  'step-ended verify',
]
const uninstallRecords = [
  'declared',
  'step-started release',
  'act release',
  'helm release',
  'acted release',
  'step-ended release',
  'step-started secret',
  'act secret',
  'step-ended secret',
  'step-started namespace',
  'act namespace',
  'step-ended namespace',
]

interface Case {
  readonly record: number
  readonly laterMs: number
  readonly who: Death['who']
  readonly title: string
}

const sample = <T>(cases: readonly T[], every: number): readonly T[] =>
  isLong ? cases : cases.filter((_, index) => index % every === 0)

const casesOf = (records: readonly string[], helmAt: number): Case[] =>
  (['all', 'self'] as const).flatMap((who) => [
    ...records.map((name, index) => ({ record: index + 1, laterMs: 0, who, title: `after "${name}"` })),
    // While helm is at work: before, while and after it makes its objects.
    ...[60, 200, 500, 900].map((laterMs) => ({ record: helmAt, laterMs, who, title: `${laterMs} ms into helm` })),
  ])

describe.skipIf(reason !== '')(`install, killed and resumed ${reason}`, () => {
  let bed: Bed
  let helm: string
  let folder: string
  let count = 0
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hangar-resume-'))
    helm = await buildHelm()
    bed = await startBed({ dns: false, storage: false }, AbortSignal.timeout(280_000))
  }, 290_000)
  afterAll(async () => {
    await bed?.down()
    await rm(folder, { recursive: true, force: true })
  }, 60_000)

  /** Each case has a namespace of its own, so that none waits for another one's end. */
  function newPlace(): Place & { readonly name: string } {
    count += 1
    const name = `case-${count}`
    const release = { name, namespace: name, chart: { path: 'small' }, timeoutSeconds: 60 }
    const secret = { name: 'key', namespaces: [name] }
    const credentials = [{ id: 'key', title: 'Key', secret, keys: [{ key: 'token', title: 'Token' }] }]
    return {
      name,
      kubeconfig: bed.kubeconfig,
      context: bed.name,
      home: join(folder, name),
      helm,
      profile: profileOf(name, { releases: [release], credentials }),
      secrets: { 'key/token': 'not-a-real-token' },
    }
  }

  /** Runs it until it is killed; what it had told of its journal. */
  async function untilKilled(death: Death): Promise<{ told: Told[]; signal: NodeJS.Signals | null }> {
    const program = join(import.meta.dirname, 'dies.ts')
    const child = fork(program, [JSON.stringify(death)], {
      detached: true,
      execArgv: [],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    const told: Told[] = []
    // What it tells is a `Told`: the program is our own.
    child.on('message', (message) => told.push(message as Told))
    const signal = await new Promise<NodeJS.Signals | null>((resolve) => child.once('exit', (_, by) => resolve(by)))
    return { told, signal }
  }

  /** A fast machine may be done before a death that comes later; nothing else ends without one. */
  function expectEnded(told: readonly Told[], laterMs: number): void {
    expect(laterMs).toBeGreaterThan(0)
    expect(told.at(-1)).toEqual({ event: 'ended', step: 'done' })
  }

  /** It met its death between its last record and its end: there is nothing to resume. */
  const wasLate = (operation: Operation | undefined, laterMs: number): boolean =>
    laterMs > 0 && operation?.state === 'done'

  const say = ({ event, step }: Told): string => [event, step?.split(':')[0]].filter(Boolean).join(' ')

  it('has the journal records that these tests kill at', async () => {
    const place = newPlace()
    const never = { place, record: 0, laterMs: 0, who: 'self' } as const
    const installed = await untilKilled({ ...never, action: 'install' })
    const uninstalled = await untilKilled({ ...never, action: 'uninstall' })

    expect(installed.told.map(say)).toEqual([...installRecords, 'ended done'])
    expect(uninstalled.told.map(say)).toEqual([...uninstallRecords, 'ended done'])
  })

  const installCases = casesOf(installRecords, installRecords.indexOf('helm release') + 1)
  it.each(sample(installCases, 5))(
    'install killed ($who) $title finishes with one revision',
    async ({ record, laterMs, who }) => {
      const place = newPlace()
      const { name } = place
      const { signal, told } = await untilKilled({ place, action: 'install', record, laterMs, who })
      const opened = await openPlace(place)
      try {
        const [before] = await opened.operations.list()
        if (signal !== 'SIGKILL') return expectEnded(told, laterMs)
        if (wasLate(before, laterMs)) return
        expect(before).toMatchObject({ state: 'interrupted' })
        const touched = await revisions(opened.client, name, name)

        const { id } = await opened.operations.resume(before?.id ?? '')
        const ended = await opened.operations.ended(id, AbortSignal.timeout(100_000))

        expect(ended.problem, `found ${touched}`).toBeUndefined()
        expect(ended).toMatchObject({ state: 'done', done: 4, total: 4 })
        expect(await revisions(opened.client, name, name)).toEqual(['1 deployed'])
        expect(await exists(opened.client, 'Secret', 'key', name)).toBe(true)
        expect(await exists(opened.client, 'Deployment', name, name)).toBe(true)
        expect(await exists(opened.client, 'Lease', 'hangar-operation', name)).toBe(false)
        expect(opened.installedCount()).toBe(1)
        const again = await opened.install.plan(ended.planeId, 'install', AbortSignal.timeout(20_000))
        expect(again.steps.map(({ kind }) => kind)).toEqual(['keep', 'keep'])
      } finally {
        await opened.close()
      }
    },
  )

  const uninstallCases = casesOf(uninstallRecords, uninstallRecords.indexOf('helm release') + 1)
  it.each(sample(uninstallCases, 8))(
    'uninstall killed ($who) $title leaves nothing',
    async ({ record, laterMs, who }) => {
      const place = newPlace()
      const opened = await openPlace(place)
      try {
        expect(await carryOut(opened, 'install', AbortSignal.timeout(100_000))).toMatchObject({ state: 'done' })
        const { signal, told } = await untilKilled({ place, action: 'uninstall', record, laterMs, who })
        if (signal !== 'SIGKILL') return expectEnded(told, laterMs)
        const interrupted = (await opened.operations.list()).find(({ kind }) => kind === 'uninstall')

        if (wasLate(interrupted, laterMs)) return

        const { id } = await opened.operations.resume(interrupted?.id ?? '')
        const ended = await opened.operations.ended(id, AbortSignal.timeout(100_000))

        expect(ended.problem).toBeUndefined()
        expect(ended.state).toBe('done')
        expect(await exists(opened.client, 'Namespace', place.name)).toBe(false)
      } finally {
        await opened.close()
      }
    },
  )
})
