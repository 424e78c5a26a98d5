import { fork } from 'node:child_process'
import { hostname, userInfo } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { getObject } from '../../main/lib/kubernetes/objects.ts'
import type { KubernetesObject } from '../../main/lib/kubernetes/resources.ts'
import type { PlaneHolder } from '../../preload/contract/install.ts'
import type { Operation } from '../../preload/contract/operations.ts'
import { skipReason } from '../bed/with-bed.ts'
import { isLongRun, someOf } from '../daily-sample.ts'
import { exists, revisions } from '../install/cluster.ts'
import { useInstallBed } from '../install/install-bed.ts'
import { type InstallSetup, openSetup, planeId, profileOf, runOperation, type TestHangar } from '../install/setup.ts'
import type { Kill, RecordMessage } from './killed.ts'

const reason = skipReason('real')

/** The journal records of the install, in order; the first test verifies them. */
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
/** Of an upgrade: the namespace exists, and the Secret stays. */
const upgradeRecords = [
  'declared',
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

interface WithGreeting extends KubernetesObject {
  readonly data?: { readonly greeting?: unknown }
}

interface Case {
  readonly record: number
  readonly delayMs: number
  readonly scope: Kill['scope']
  readonly title: string
}

/** While helm runs: before, during and after it creates the objects of the release. */
const helmDelaysMs = [60, 200, 500, 900]

/** After each record, Hangar is killed alone or with its helm; while helm runs, also helm alone. */
const casesOf = (records: readonly string[]): Case[] => {
  const helmAt = records.indexOf('helm release') + 1
  const whileHelmRuns = (scope: Kill['scope'], delaysMs: readonly number[]): Case[] =>
    delaysMs.map((delayMs) => ({ record: helmAt, delayMs, scope, title: `${delayMs} ms after helm starts` }))
  return [
    ...(['all', 'self'] as const).flatMap((scope) => [
      ...records.map((name, index): Case => ({ record: index + 1, delayMs: 0, scope, title: `after "${name}"` })),
      ...whileHelmRuns(scope, helmDelaysMs),
    ]),
    ...whileHelmRuns('helm', [0, ...helmDelaysMs]),
  ]
}

describe.skipIf(reason !== '')(`install, killed and resumed ${reason}`, () => {
  const on = useInstallBed('resume')
  let count = 0

  /** Each case has its own namespace, so that no case waits for the end of another. */
  function newSetup(): InstallSetup & { readonly name: string } {
    count += 1
    const name = `case-${count}`
    const release = { name, namespace: name, chart: { path: 'small' }, timeoutSeconds: 60 }
    const secret = { name: 'key', namespaces: [name] }
    const credentials = [{ id: 'key', title: 'Key', secret, keys: [{ key: 'token', title: 'Token' }] }]
    return {
      name,
      ...on.setup(name, profileOf(name, { releases: [release], credentials })),
      secrets: { 'key/token': 'not-a-real-token' },
    }
  }

  /** Starts the program, which leads a process group. */
  const launch = (kill: Kill) =>
    fork(join(import.meta.dirname, 'killed.ts'), [JSON.stringify(kill)], {
      detached: true,
      execArgv: [],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })

  /** Runs the program until it ends. Resolves with the journal records that it sent. */
  async function untilKilled(kill: Kill): Promise<{ records: RecordMessage[]; signal: NodeJS.Signals | null }> {
    const child = launch(kill)
    const records: RecordMessage[] = []
    child.on('message', (message) => records.push(message as RecordMessage)) // killed.ts sends nothing else
    const signal = await new Promise<NodeJS.Signals | null>((resolve) => child.once('exit', (_, by) => resolve(by)))
    return { records, signal }
  }

  /** The operation that was killed; undefined if it completed before a delayed kill, as on a fast machine. */
  function killedOperation(
    operations: readonly Operation[],
    kind: Operation['kind'],
    { delayMs, scope }: Case,
    { signal, records }: Awaited<ReturnType<typeof untilKilled>>,
  ): Operation | undefined {
    const operation = operations.find((each) => each.kind === kind && each.state !== 'done')
    if (operation === undefined) {
      // Killed right after helm was started, it always comes in time; Hangar itself always does without a delay.
      expect(delayMs).toBeGreaterThan(0)
      return undefined
    }
    expect(signal).toBe(scope === 'helm' ? null : 'SIGKILL')
    expect(operation.state).toBe(scope === 'helm' ? 'failed' : 'interrupted')
    if (scope === 'helm') expect(operation.problem, JSON.stringify(records.at(-1))).toBeDefined()
    return operation
  }

  const recordTitle = ({ event, step }: RecordMessage): string => [event, step?.split(':')[0]].filter(Boolean).join(' ')

  it('install, upgrade and uninstall write the journal records that these tests kill at', async () => {
    const setup = newSetup()
    const never = { setup, record: 0, delayMs: 0, scope: 'self' } as const
    const installed = await untilKilled({ ...never, action: 'install' })
    const changed = { ...setup, overrides: { [setup.name]: { greeting: 'changed' } } }
    const upgraded = await untilKilled({ ...never, setup: changed, action: 'install' })
    const uninstalled = await untilKilled({ ...never, action: 'uninstall' })

    expect(installed.records.map(recordTitle)).toEqual([...installRecords, 'ended done'])
    expect(upgraded.records.map(recordTitle)).toEqual([...upgradeRecords, 'ended done'])
    expect(uninstalled.records.map(recordTitle)).toEqual([...uninstallRecords, 'ended done'])
  })

  it('the long run has at least 60 different kills', () => {
    const kills = [installRecords, upgradeRecords, uninstallRecords].flatMap((records, action) =>
      casesOf(records).map(({ record, delayMs, scope }) => `${action} ${record} ${delayMs} ${scope}`),
    )
    expect(new Set(kills).size).toBe(kills.length)
    expect(kills.length).toBeGreaterThanOrEqual(60)
  })

  it.each(someOf(casesOf(installRecords), 5))(
    'an install killed ($scope) $title resumes to one revision',
    async (killed) => {
      const setup = newSetup()
      const { name } = setup
      const outcome = await untilKilled({ setup, action: 'install', ...killed })
      const hangar = await openSetup(setup)
      try {
        const before = killedOperation(await hangar.operations.list(), 'install', killed, outcome)
        if (before === undefined) return
        const revisionsBefore = await revisions(hangar.client, name, name)

        const { id } = await hangar.operations.resume(before.id)
        const ended = await hangar.operations.ended(id, AbortSignal.timeout(100_000))

        expect(ended.problem, `found ${revisionsBefore}`).toBeUndefined()
        expect(ended).toMatchObject({ state: 'done', done: 4, total: 4 })
        expect(await revisions(hangar.client, name, name)).toEqual(['1 deployed'])
        expect(await exists(hangar.client, 'Secret', 'key', name)).toBe(true)
        expect(await exists(hangar.client, 'Deployment', name, name)).toBe(true)
        expect(await exists(hangar.client, 'Lease', 'hangar-operation', name)).toBe(false)
        expect(hangar.installedCount()).toBe(1)
        const again = await hangar.install.plan(ended.planeId, 'install', AbortSignal.timeout(20_000))
        expect(again.steps.map(({ kind }) => kind)).toEqual(['keep', 'keep'])
      } finally {
        await hangar.close()
      }
    },
  )

  it.each(someOf(casesOf(upgradeRecords), 2))(
    'an upgrade killed ($scope) $title resumes to the new values',
    async (killed) => {
      const setup = newSetup()
      const { name } = setup
      const hangar = await openSetup({ ...setup, overrides: { [name]: { greeting: 'changed' } } })
      try {
        const first = await openSetup(setup)
        expect(await runOperation(first, 'install', AbortSignal.timeout(100_000))).toMatchObject({ state: 'done' })
        await first.close()
        const upgrade = { ...setup, overrides: { [name]: { greeting: 'changed' } } }
        const outcome = await untilKilled({ setup: upgrade, action: 'install', ...killed })
        const [newest, ...older] = await hangar.operations.list()
        const before = killedOperation(newest ? [newest] : [], 'install', killed, outcome)
        expect(older).toHaveLength(1)
        if (before === undefined) return
        const revisionsBefore = await revisions(hangar.client, name, name)

        const { id } = await hangar.operations.resume(before.id)
        const ended = await hangar.operations.ended(id, AbortSignal.timeout(100_000))

        expect(ended.problem, `found ${revisionsBefore}`).toBeUndefined()
        expect(ended.state).toBe('done')
        const after = await revisions(hangar.client, name, name)
        expect(after.at(-1)).toMatch(/deployed$/)
        // Revision 1, the upgrade, and where helm was killed the rollback before it and the one that is left.
        expect(after.length).toBeLessThanOrEqual(4)
        expect(after.filter((each) => /deployed|pending/.test(each))).toHaveLength(1)
        expect(await greetingOf(hangar, name)).toBe('changed')
        expect(await exists(hangar.client, 'Lease', 'hangar-operation', name)).toBe(false)
        const again = await hangar.install.plan(ended.planeId, 'install', AbortSignal.timeout(20_000))
        expect(again.steps.map(({ kind }) => kind)).toEqual(['keep', 'keep'])
      } finally {
        await hangar.close()
      }
    },
  )

  it.each(someOf(casesOf(uninstallRecords), 3))(
    'an uninstall killed ($scope) $title resumes and leaves nothing',
    async (killed) => {
      const setup = newSetup()
      const hangar = await openSetup(setup)
      try {
        expect(await runOperation(hangar, 'install', AbortSignal.timeout(100_000))).toMatchObject({ state: 'done' })
        const outcome = await untilKilled({ setup, action: 'uninstall', ...killed })
        const before = killedOperation(await hangar.operations.list(), 'uninstall', killed, outcome)
        if (before === undefined) return

        const { id } = await hangar.operations.resume(before.id)
        const ended = await hangar.operations.ended(id, AbortSignal.timeout(100_000))

        expect(ended.problem).toBeUndefined()
        expect(ended.state).toBe('done')
        expect(await exists(hangar.client, 'Namespace', setup.name)).toBe(false)
      } finally {
        await hangar.close()
      }
    },
  )

  // With `self`, both helms go on: each step waits for its own.
  it.each(someOf(['all', 'self'] as const, 1))(
    'an install killed (%s) while helm works on two releases resumes to one revision of each',
    async (scope) => {
      const { name, ...rest } = newSetup()
      const releases = ['left', 'right'].map((side) => ({
        name: `${name}-${side}`,
        namespace: name,
        chart: { path: 'small' },
        needs: [],
        timeoutSeconds: 60,
      }))
      const setup = { ...rest, profile: profileOf(name, { releases }), secrets: {} }
      const outcome = await untilKilled({ setup, action: 'install', record: 'second helm', delayMs: 0, scope })
      const hangar = await on.open(setup)
      const before = (await hangar.operations.list()).find(({ state }) => state === 'interrupted')

      const { id } = await hangar.operations.resume(before?.id ?? '')
      const ended = await hangar.operations.ended(id, AbortSignal.timeout(100_000))

      expect(outcome.signal).toBe('SIGKILL')
      expect(before?.steps.map(({ state }) => state)).toEqual(['done', 'running', 'running', 'pending'])
      expect(ended.problem).toBeUndefined()
      expect(ended).toMatchObject({ state: 'done', done: 4, total: 4 })
      for (const release of releases) expect(await revisions(hangar.client, name, release.name)).toEqual(['1 deployed'])
      expect(await exists(hangar.client, 'Lease', 'hangar-operation', name)).toBe(false)
      const again = await hangar.install.plan(ended.planeId, 'install', AbortSignal.timeout(20_000))
      expect(again.steps.map(({ kind }) => kind)).toEqual(['keep', 'keep'])
      const removed = await runOperation(hangar, 'uninstall', AbortSignal.timeout(100_000))
      expect(removed.problem).toBeUndefined()
      expect(await exists(hangar.client, 'Namespace', name)).toBe(false)
    },
  )

  async function greetingOf({ client }: TestHangar, name: string): Promise<unknown> {
    const words = { namespace: name, name: `${name}-words` }
    const kind = { apiVersion: 'v1', kind: 'ConfigMap' }
    const found = await getObject<WithGreeting>(client, kind, words, AbortSignal.timeout(10_000))
    return found?.data?.greeting
  }

  // With `self`, the helm of the first Hangar goes on: the second one waits for it.
  it.each(isLongRun ? (['all', 'self'] as const) : (['all'] as const))(
    'a second Hangar watches the first, is refused while it works, and takes over once it was killed (%s)',
    async (scope) => {
      const setup = newSetup()
      const { name } = setup
      const image = `127.0.0.1:1/missing-${name}:1`
      const release = { name, namespace: name, chart: { path: 'small' }, timeoutSeconds: 20 }
      const broken = { ...setup, profile: { ...setup.profile, releases: [release] }, overrides: { [name]: { image } } }
      const second = await on.open({ ...setup, home: `${setup.home}-second` })
      const first = launch({ setup: broken, action: 'install', record: 0, delayMs: 0, scope: 'self' })
      const ended = new Promise((resolve) => first.once('exit', resolve))
      const stop = new AbortController()
      try {
        const holders = second.install.watchHolder(planeId, AbortSignal.any([stop.signal, AbortSignal.timeout(60_000)]))
        const until = async (matches: (holder: PlaneHolder | null) => boolean): Promise<PlaneHolder | null> => {
          for (;;) {
            const { value } = await holders.next()
            if (matches(value?.holder ?? null)) return value?.holder ?? null
          }
        }
        const working = await until((holder) => holder?.steps.some(({ state }) => state === 'running') ?? false)
        while ((await revisions(second.client, name, name)).length === 0);
        const refused = runOperation(second, 'install', AbortSignal.timeout(20_000))
        await expect(refused).rejects.toMatchObject({
          code: 'OPERATION_RUNNING',
          message: expect.stringContaining(`${working?.who} has been working on this plane since ${working?.since}. "`),
        })
        process.kill(scope === 'all' ? -(first.pid ?? 0) : (first.pid ?? 0), 'SIGKILL')
        await ended
        const dead = await until((holder) => holder?.state !== 'working')
        const plan = await second.install.plan(planeId, 'install', AbortSignal.timeout(20_000))
        const began = Date.now()
        const taken = await runOperation(second, 'install', AbortSignal.timeout(100_000))

        expect(working).toMatchObject({ who: `${userInfo().username}@${hostname()}`, title: `Install ${name}` })
        expect(dead).toMatchObject({ state: 'ended', who: working?.who, steps: working?.steps })
        expect(plan.losses).toMatchObject([{ id: `recover:${name}` }])
        expect(taken.problem).toBeUndefined()
        expect(Date.now() - began).toBeLessThan(scope === 'all' ? 20_000 : 60_000)
        expect(await revisions(second.client, name, name)).toEqual(
          scope === 'all' ? ['1 deployed'] : ['1 superseded', '2 deployed'],
        )
        expect(await exists(second.client, 'Lease', 'hangar-operation', name)).toBe(false)
      } finally {
        stop.abort()
        first.kill('SIGKILL')
      }
    },
  )

  // The lease has to run out.
  if (isLongRun)
    it('a holder that is stopped and not killed is observed for the time of its lease, and loses it', async () => {
      const setup = newSetup()
      const { name } = setup
      const image = `127.0.0.1:1/missing-${name}:1`
      const second = await on.open({ ...setup, home: `${setup.home}-second` })
      const broken = { ...setup, overrides: { [name]: { image } } }
      const first = launch({ setup: broken, action: 'install', record: 0, delayMs: 0, scope: 'self' })
      const messages: RecordMessage[] = []
      first.on('message', (message) => messages.push(message as RecordMessage)) // killed.ts sends nothing else
      const ended = new Promise((resolve) => first.once('exit', resolve))
      try {
        await expect.poll(() => messages.some(({ event }) => event === 'helm'), { timeout: 60_000 }).toBe(true)
        process.kill(first.pid ?? 0, 'SIGSTOP')
        await expect
          .poll(
            () => runOperation(second, 'install', AbortSignal.timeout(150_000)).then(({ state }) => state, String),
            {
              timeout: 200_000,
              interval: 3_000,
            },
          )
          .toBe('done')
        process.kill(first.pid ?? 0, 'SIGCONT')
        await ended

        expect(messages.at(-1)?.step).toMatch(/acquired the lease of this plane|another Hangar may have taken over/)
        expect((await revisions(second.client, name, name)).at(-1)).toMatch(/deployed$/)
      } finally {
        first.kill('SIGKILL')
      }
    })
})
