import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Operation } from '../../preload/contract/operations.ts'
import { Problem } from '../../preload/contract/problem.ts'
import type { OperationHandle } from '../lib/operation.ts'
import { processId } from '../lib/process-id.ts'
import { JournalWriter, readJournal } from './journal.ts'
import { createOperations, type Operations } from './operations.ts'

const planeId = '6f3c2a9e-8f3a-4f57-9b0e-0d6c3c1c2f11'
const request = { kind: 'install', planeId, title: 'Install demo', input: { digest: 'abc' } } as const

const key = randomBytes(32)
let folder: string
let operations: Operations
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hangar-operations-'))
  operations = createOperations(folder, async () => key)
})
afterEach(async () => {
  await operations.close()
  await rm(folder, { recursive: true })
})

/** Runs two steps; stops at the gate between them. */
function gated() {
  const gate = Promise.withResolvers<void>()
  const runner = async (handle: OperationHandle, signal: AbortSignal): Promise<void> => {
    await handle.declareSteps([
      { id: 'one', title: 'First' },
      { id: 'two', title: 'Second' },
    ])
    await handle.stepStarted('one')
    await handle.stepEnded('one', 'done')
    await handle.stepStarted('two')
    handle.message('two', 'half way')
    signal.addEventListener('abort', () => gate.reject(signal.reason))
    await gate.promise
    await handle.stepEnded('two', 'done')
  }
  return { gate, runner }
}

const untilMessage = async (id: string): Promise<Operation | undefined> => {
  for await (const { operations: all } of operations.watch(AbortSignal.timeout(5_000))) {
    const found = all.find((operation) => operation.id === id)
    if (found?.steps[1]?.message === 'half way') return found
  }
  return undefined
}

describe('operations', () => {
  it('shows steps as they go and ends as done', async () => {
    const { gate, runner } = gated()
    operations.register('install', runner)
    const { id } = await operations.start(request)

    const half = await untilMessage(id)
    gate.resolve()
    const ended = await operations.ended(id)

    expect(half).toMatchObject({ state: 'running', done: 1, total: 2, offers: ['cancel'] })
    expect(ended).toMatchObject({ state: 'done', done: 2, offers: ['forget'] })
  })

  it('shows how long a step usually takes, from earlier operations of the plane', async () => {
    const gate = Promise.withResolvers<void>()
    let isFirst = true
    operations.register('install', async (handle) => {
      await handle.declareSteps([{ id: 'one', title: 'First', timedAs: 'install one c1' }])
      await handle.stepStarted('one')
      if (!isFirst) await gate.promise
      await handle.stepEnded('one', 'done')
    })
    const first = await operations.start(request)
    const ended = await operations.ended(first.id)
    isFirst = false
    await operations.start({ ...request, planeId: '11111111-1111-4111-8111-111111111111' })
    const { id } = await operations.start(request)
    await expect.poll(async () => (await operations.list()).flatMap(({ steps }) => steps).length).toBe(3)
    const all = await operations.list()
    gate.resolve()
    await operations.ended(id)

    expect(ended.steps[0]?.usual).toBeUndefined()
    const usual = (planeOf: string) =>
      all.find(({ planeId: at, state }) => at === planeOf && state === 'running')?.steps[0]?.usual
    expect(usual(planeId)).toMatchObject({ runs: 1 })
    expect(usual('11111111-1111-4111-8111-111111111111')).toBeUndefined()
  })

  it('records a failure with its code, and offers to resume', async () => {
    operations.register('install', async () => {
      throw new Problem('HELM_FAILED', 'helm failed', 'evidence')
    })
    const { id } = await operations.start(request)

    expect(await operations.ended(id)).toMatchObject({
      state: 'failed',
      problem: { code: 'HELM_FAILED', evidence: 'evidence' },
      offers: ['resume', 'uninstall', 'forget'],
    })
  })

  it('closes what a newer operation of the plane has overtaken, and does not resume it', async () => {
    operations.register('install', async () => {
      throw new Problem('HELM_FAILED', 'helm failed')
    })
    operations.register('uninstall', async () => undefined)
    const { id } = await operations.start(request)
    await operations.ended(id)
    const newer = await operations.start({ ...request, kind: 'uninstall' })
    await operations.ended(newer.id)

    const listed = await operations.list()

    expect(listed.find((each) => each.id === id)).toMatchObject({
      state: 'failed',
      offers: ['forget'],
      overtakenBy: newer.id,
    })
    await expect(operations.resume(id)).rejects.toMatchObject({ code: 'OPERATION_NOT_RESUMABLE' })
  })

  it('does not offer to resume an operation whose plan no longer applies', async () => {
    operations.register('install', async () => {
      throw new Problem('PLAN_STALE', 'The values of gateway changed since the plan was made.')
    })
    const { id } = await operations.start(request)

    expect(await operations.ended(id)).toMatchObject({ state: 'failed', offers: ['uninstall', 'forget'] })
  })

  it('keeps the message of an unexpected error out of the journal', async () => {
    operations.register('install', async () => {
      throw new Error('token=canary')
    })
    const { id } = await operations.start(request)
    await operations.ended(id)

    expect(await readFile(join(folder, `${id}.jsonl`), 'utf8')).not.toContain('canary')
  })

  it('cancels when asked and says so', async () => {
    const { runner } = gated()
    operations.register('install', runner)
    const { id } = await operations.start(request)
    await untilMessage(id)

    await operations.cancel(id)

    expect(await operations.ended(id)).toMatchObject({ state: 'cancelled', problem: { code: 'CANCELLED' } })
  })

  it('refuses a second install on the same plane, and lets logs be collected meanwhile', async () => {
    const { gate, runner } = gated()
    operations.register('install', runner)
    operations.register('collect', runner)
    await operations.start(request)

    await expect(operations.start(request)).rejects.toMatchObject({ code: 'OPERATION_RUNNING' })
    await operations.start({ ...request, kind: 'collect' })
    gate.resolve()
  })

  it('after a closed app says interrupted, and resumes with the history', async () => {
    const { runner } = gated()
    operations.register('install', runner)
    const { id } = await operations.start(request)
    await untilMessage(id)
    await operations.close()

    operations = createOperations(folder, async () => key)
    const events: string[] = []
    operations.register('install', async ({ history }) => {
      events.push(...history.map(({ event, step }) => [event, step].filter(Boolean).join(' ')))
    })
    const [before] = await operations.list()
    await operations.resume(id)

    expect(before).toMatchObject({ state: 'interrupted', done: 1, offers: ['resume', 'uninstall', 'forget'] })
    expect(await operations.ended(id)).toMatchObject({ state: 'done' })
    expect(events).toEqual(['opened', 'declared', 'step-started one', 'step-ended one', 'step-started two'])
  })

  it('cuts off the half line of a killed process before it goes on', async () => {
    const { runner } = gated()
    operations.register('install', runner)
    const { id } = await operations.start(request)
    await untilMessage(id)
    await operations.close()
    await appendFile(join(folder, `${id}.jsonl`), '{"at":"2026-01-01T0')

    operations = createOperations(folder, async () => key)
    operations.register('install', async () => undefined)
    await operations.resume(id)
    await operations.ended(id)

    const { records } = await readJournal(folder, id, key)
    expect(records.at(-1)).toMatchObject({ event: 'ended', data: { state: 'done' } })
  })

  it('shows as running what another living process runs, and does not offer to cancel or resume it', async () => {
    const { runner } = gated()
    operations.register('install', runner)
    const { id } = await operations.start(request)
    await untilMessage(id)
    await operations.close()
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
    try {
      await once(other, 'spawn')
      const opened = { at: new Date().toISOString(), event: 'opened', data: { ...processId(other.pid ?? 0) } }
      const writer = await JournalWriter.reopen(folder, id, await readJournal(folder, id, key))
      await writer.append(opened)
      await writer.close()
      operations = createOperations(folder, async () => key)

      expect(await operations.list()).toMatchObject([{ state: 'running', offers: [] }])
      await expect(operations.resume(id)).rejects.toMatchObject({ code: 'OPERATION_NOT_RESUMABLE' })
    } finally {
      other.kill('SIGKILL')
    }
    await once(other, 'exit')
    expect(await createOperations(folder, async () => key).list()).toMatchObject([{ state: 'interrupted' }])
  })

  it.each([
    ['was changed', (lines: string[]) => lines.map((line) => line.replace('"abc"', '"abd"'))],
    ['has a line more', (lines: string[]) => [...lines, '{"at":"2026-01-01T00:00:00.000Z","event":"ended"}']],
    ['has a line less', (lines: string[]) => lines.toSpliced(2, 1)],
    ['has no signatures', (lines: string[]) => lines.map((line) => line.replace(/,"mac":"[^"]*"/, ''))],
  ])('shows a journal that %s as unverified, and neither resumes it nor lets it block the plane', async (_, change) => {
    const { runner } = gated()
    operations.register('install', runner)
    const { id } = await operations.start(request)
    await untilMessage(id)
    await operations.close()
    const file = join(folder, `${id}.jsonl`)
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\n')
    await writeFile(file, `${change(lines).join('\n')}\n`)

    operations = createOperations(folder, async () => key)
    operations.register('install', async () => undefined)
    expect(await operations.list()).toMatchObject([
      { id, state: 'failed', problem: { code: 'JOURNAL_UNVERIFIED' }, offers: ['forget'] },
    ])
    await expect(operations.resume(id)).rejects.toMatchObject({ code: 'JOURNAL_UNVERIFIED' })
    await operations.ended((await operations.start(request)).id)
    await operations.forget(id)
    expect(await operations.list()).toMatchObject([{ state: 'done' }])
  })

  it('does not resume a journal that was copied to another id', async () => {
    const { runner } = gated()
    operations.register('install', runner)
    const { id } = await operations.start(request)
    await untilMessage(id)
    await operations.close()
    const copy = '11111111-1111-4111-8111-111111111111'
    await writeFile(join(folder, `${copy}.jsonl`), await readFile(join(folder, `${id}.jsonl`), 'utf8'))
    const again = createOperations(folder, async () => key)
    await expect(again.resume(copy)).rejects.toMatchObject({ code: 'JOURNAL_UNVERIFIED' })
  })

  it('does not resume a journal that was changed after it was listed', async () => {
    const { runner } = gated()
    operations.register('install', runner)
    const { id } = await operations.start(request)
    await untilMessage(id)
    await operations.close()
    operations = createOperations(folder, async () => key)
    operations.register('install', async () => undefined)
    await operations.list()
    await appendFile(join(folder, `${id}.jsonl`), '{"at":"2026-01-01T00:00:00.000Z","event":"step-ended"}\n')
    await expect(operations.resume(id)).rejects.toMatchObject({ code: 'JOURNAL_UNVERIFIED' })
  })

  it('leaves a damaged journal to itself', async () => {
    await writeFile(join(folder, '11111111-1111-4111-8111-111111111111.jsonl'), 'not a journal\n')
    operations.register('install', async () => undefined)
    const { id } = await operations.start(request)

    await operations.ended(id)

    expect((await operations.list()).map((operation) => operation.id)).toEqual([id])
  })
})
