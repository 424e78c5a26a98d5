import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { probeBundle } from '../../main/connectivity/vantage/pod/bundle.ts'
import type { Work, WorkLine } from '../../main/connectivity/vantage/pod/work.ts'
import { type Case, isHeavy } from './cases/case.ts'
import { missingNeeds } from './cases/machine.ts'
import { caseLimitMs, checkInput, withSetup } from './cases/run.ts'
import { prepare, verdictOf } from './cases/run-check.ts'
import { cases } from './cases/table.ts'

const run = promisify(execFile)

/** Each case needs a process, so a run takes every sixth one, others each time a case is added. A long run takes all. */
const sample = process.env.HANGAR_LONG === '1' ? 1 : 6
const atOnce = 4

const able = cases.filter(
  (one) => !isHeavy(one) && one.needs.length === 0 && missingNeeds(one) === '' && !one.expected.startsWith('unknown'),
)
const chosen = able.filter((_, index) => index % sample === cases.length % sample)

describe('the probe bundle in plain Node', () => {
  let folder: string
  const outcomes = new Map<Case, PromiseWithResolvers<string>>(
    chosen.map((one) => [one, Promise.withResolvers<string>()]),
  )
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hangar-bundle-'))
    await writeFile(join(folder, 'probe.cjs'), await probeBundle(AbortSignal.timeout(100_000)))
    const queue = [...outcomes]
    const worker = async (): Promise<void> => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const [one, { promise, resolve, reject }] = next
        promise.catch(() => undefined) // its test handles the rejection
        await runBundle(one).then(resolve, reject)
      }
    }
    for (let count = 0; count < atOnce; count += 1) void worker()
  }, 110_000)
  afterAll(() => rm(folder, { recursive: true, force: true }))

  /** Runs the bundle with the work that a pod would get. Resolves with the verdict that it prints. */
  const runBundle = (one: Case): Promise<string> =>
    withSetup(one, async (setUp) => {
      const { plan, context } = prepare(await checkInput(setUp))
      if (plan.kind !== 'probe') throw new Error('The row has no probe.')
      const work: Work = { schemaVersion: 1, vantage: { kind: 'pod', name: 'test' }, plans: [plan], context }
      const file = join(folder, `${crypto.randomUUID()}.json`)
      await writeFile(file, JSON.stringify(work), { mode: 0o600 })
      const [command = '', ...args] = [...(setUp.inside ?? []), process.execPath, join(folder, 'probe.cjs'), file]
      const { stdout } = await run(command, args, { env: {}, timeout: caseLimitMs, maxBuffer: 4_000_000 })
      const lines = stdout
        .trim()
        .split('\n')
        .map((line): WorkLine => JSON.parse(line))
      expect(lines[0]?.kind).toBe('begin')
      expect(lines.at(-1)?.kind).toBe('end')
      const result = lines.find((line) => line.kind === 'result')
      return result?.kind === 'result' ? verdictOf(result.result) : 'no result'
    })

  it.each(chosen.map((one) => [one.name, one] as const))(
    'gives %s the same verdict as this computer',
    async (_name, one) => {
      expect(await outcomes.get(one)?.promise).toBe(one.expected)
    },
    2 * caseLimitMs,
  )
})
