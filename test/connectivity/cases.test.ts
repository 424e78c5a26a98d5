import { afterAll, describe, expect, it } from 'vitest'
import { causes } from '../../main/connectivity/probe/causes.ts'
import type { Case } from './cases/case.ts'
import { type Looked, said } from './cases/look.ts'
import { lacking } from './cases/machine.ts'
import { endPeers } from './cases/peers.ts'
import { runCase } from './cases/run.ts'
import { cases, table } from './cases/table.ts'

/** Most cases wait for time to pass, so many may be under way; far ends and checks share this process. */
const atOnce = 8

const stop = new AbortController()
afterAll(async () => {
  stop.abort()
  await endPeers()
}, 30_000)

/** All cases, a few at once and in their order; a test waits for its own. */
const running = new Map<Case, PromiseWithResolvers<Looked>>(
  cases.filter((one) => lacking(one) === '').map((one) => [one, Promise.withResolvers<Looked>()]),
)
const queue = [...running]
for (let lane = 0; lane < atOnce; lane += 1) void work()
async function work(): Promise<void> {
  for (let next = queue.shift(); next !== undefined && !stop.signal.aborted; next = queue.shift()) {
    const [one, outcome] = next
    outcome.promise.catch(() => undefined) // heard by its test, once that has begun
    await runCase(one).then(outcome.resolve, outcome.reject)
  }
}

const phrase = (says: string): string => (says === 'pass' ? 'well' : says)

describe.each(Object.entries(table))('%s:', (_group, members) => {
  for (const one of members) {
    it.skipIf(lacking(one) !== '')(`${one.name} is ${phrase(one.says)}${lacking(one)}`, async () => {
      const seen = await running.get(one)?.promise
      expect(seen && said(seen.result), JSON.stringify(seen?.result.stages, undefined, 1)).toBe(one.says)
      expect(one.near.filter((cause) => seen?.result.cause === cause)).toEqual([])
    })
  }
})

describe('the table of cases', () => {
  const found = Object.entries(causes)
    .filter(([, { foundBy }]) => foundBy === 'check')
    .map(([code]) => code)

  it('has two different faults for each cause that a check can find', () => {
    const seldom = found.filter((code) => cases.filter(({ cause }) => cause === code).length < 2)
    expect(seldom).toEqual([])
  })

  it('has a near miss of each cause that a check can find', () => {
    const never = found.filter((code) => !cases.some(({ near }) => near.some((cause) => cause === code)))
    expect(never).toEqual([])
  })

  it('has names that are its own, causes that are in the table of causes, and no case that is a near miss of itself', () => {
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length)
    expect(cases.length).toBeGreaterThanOrEqual(100)
    for (const { cause, near, name } of cases)
      expect(
        near.some((one) => one === cause),
        name,
      ).toBe(false)
  })

  it('would notice another verdict: a far end that is not there is not well', async () => {
    const row = { host: '127.0.0.1', port: 1 }
    const seen = await runCase({ scene: async () => ({ row }) })
    expect(said(seen.result)).not.toBe('pass')
  })
})
