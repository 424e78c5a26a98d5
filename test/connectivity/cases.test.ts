import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { causes } from '../../main/connectivity/probe/causes.ts'
import { blindJudge } from './cases/blind.ts'
import { type Case, isHeavy } from './cases/case.ts'
import { type Looked, said } from './cases/look.ts'
import { lacking } from './cases/machine.ts'
import { endPeers } from './cases/peers.ts'
import { caseLimitMs, runCase } from './cases/run.ts'
import { cases, table } from './cases/table.ts'

const isLong = process.env.HANGAR_LONG === '1'

/** Most cases wait for time to pass, so many may be under way. Those with programs and networks keep two cores busy. */
const lightAtOnce = 6
const heavyAtOnce = 3
/** Of the heavy ones every test run takes this many, others each time a case is added; the long run takes all. */
const heavySample = 3

const able = cases.filter((one) => lacking(one) === '')
const heavy = able.filter(isHeavy)
const chosen = new Set([
  ...able.filter((one) => !isHeavy(one)),
  ...(isLong ? heavy : heavy.filter((_, index) => index % heavySample === cases.length % heavySample)),
])

const stop = new AbortController()
const running = new Map<Case, PromiseWithResolvers<Looked>>(
  [...chosen].map((one) => [one, Promise.withResolvers<Looked>()]),
)

/** Takes cases in their order; a test waits for its own. */
async function work(queue: Case[]): Promise<void> {
  for (let one = queue.shift(); one !== undefined && !stop.signal.aborted; one = queue.shift()) {
    const outcome = running.get(one)
    outcome?.promise.catch(() => undefined) // heard by its test, once that has begun
    await runCase(one).then(outcome?.resolve, outcome?.reject)
  }
}
const [lightQueue, heavyQueue] = [[...chosen].filter((one) => !isHeavy(one)), [...chosen].filter(isHeavy)]
for (let lane = 0; lane < lightAtOnce; lane += 1) void work(lightQueue)
for (let lane = 0; lane < heavyAtOnce; lane += 1) void work(heavyQueue)

afterAll(async () => {
  stop.abort()
  await endPeers()
}, 30_000)

const phrase = (says: string): string => (says === 'pass' ? 'well' : says)
/** Those of this run; what only the long run takes is no skipped test. */
const shown = (one: Case): boolean => chosen.has(one) || lacking(one) !== ''

describe.each(Object.entries(table))('%s:', (_group, members) => {
  for (const one of members.filter(shown)) {
    it.skipIf(lacking(one) !== '')(
      `${one.name} is ${phrase(one.says)}${lacking(one)}`,
      async () => {
        const seen = await running.get(one)?.promise
        expect(seen && said(seen.result), JSON.stringify(seen?.result.stages, undefined, 1)).toBe(one.says)
        expect(one.near.filter((cause) => seen?.result.cause === cause)).toEqual([])
      },
      2 * caseLimitMs,
    )
  }
})

describe('the table of cases', () => {
  const found = Object.entries(causes)
    .filter(([code, { foundBy }]) => foundBy === 'check' || code === 'idle.cut')
    .map(([code]) => code)

  it('has two different faults for each cause that a check can find', () => {
    const seldom = found.filter((code) => cases.filter(({ cause }) => cause === code).length < 2)
    expect(seldom).toEqual([])
  })

  it('has a near miss of each cause that a check can find', () => {
    const never = found.filter((code) => !cases.some(({ near }) => near.some((cause) => cause === code)))
    expect(never).toEqual([])
  })

  it('has names that are its own, a hundred cases and more, and none that is a near miss of itself', () => {
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length)
    expect(cases.length).toBeGreaterThanOrEqual(100)
    for (const { cause, near, name } of cases)
      expect(
        near.some((one) => one === cause),
        name,
      ).toBe(false)
  })
})

/**
 * Places whose cause the next line tells too, so that nobody could notice that they are gone; each has its reason.
 */
const twins: readonly (readonly [RegExp, string])[] = [
  [/amqp\.ts.*it looks like/, 'what is no AMQP at all is no AMQP of the wanted kind either'],
  [
    /amqp\.ts.*a greeting that is not/,
    'the last line: without it nothing would be said, which is a defect of another kind',
  ],
  [/amqp1\.ts.*offers no SASL mechanism/, 'what follows says that it is no AMQP 1.0'],
  [/https\.ts.*expected\.message/, 'what a row expects is asked of every protocol once more'],
  [/wss\.ts.*brokenUpgrade/, 'an upgrade that is broken is one that was not taken up'],
  [/detector of identity\.protocol/, 'bytes that are none of the speaker’s are not recognised by it either'],
]

describe('the judgement', () => {
  const recorded: {
    readonly one: Case
    readonly facts: NonNullable<Looked['facts']>
    readonly target: NonNullable<Looked['target']>
  }[] = []
  let blind: Awaited<ReturnType<typeof blindJudge>>
  beforeAll(async () => {
    for (const [one, { promise }] of running) {
      const seen = await promise.catch(() => undefined)
      if (seen?.facts !== undefined && seen.target !== undefined && said(seen.result) === one.says)
        recorded.push({ one, facts: seen.facts, target: seen.target })
    }
    blind = await blindJudge()
  }, 600_000)
  afterAll(() => blind?.stop())

  const changed = (without: ReadonlySet<number>): number =>
    recorded.filter(
      ({ facts, target }) => blind.judge(facts, target, without) !== blind.judge(facts, target, new Set()),
    ).length

  it('says of facts alone what was said of the far end', () => {
    // A companion's facts are its own.
    const own = recorded.filter(({ one }) => !one.name.startsWith('a companion'))
    const other = own.filter(({ one, facts, target }) => blind.judge(facts, target, new Set()) !== one.says)
    expect(other.map(({ one }) => one.name)).toEqual([])
    expect(blind.sites.length).toBeGreaterThan(90)
  })

  it('without its detectors of a cause is wrong about a case, whatever the cause', () => {
    changed(new Set()) // every detector has been met once
    const told = new Set(recorded.map(({ one }) => one.cause).filter((cause) => cause !== ''))
    const unnoticed = [...told].filter((cause) => {
      const sites = blind.sites.filter((site) => site.cause === cause).map(({ id }) => id)
      return sites.length > 0 && changed(new Set(sites)) === 0
    })
    expect(unnoticed).toEqual([])
  })

  it('without any one place that tells a cause is wrong about a case', () => {
    changed(new Set())
    const reached = new Set<string>(recorded.map(({ one }) => one.cause).filter((cause) => cause !== ''))
    const survivors = blind.sites
      // What only heavy cases reach is noticed in the long run, which has them all.
      .filter(({ cause }) => isLong || reached.has(cause))
      .filter(({ where }) => !twins.some(([pattern]) => pattern.test(where)))
      .filter(({ id }) => changed(new Set([id])) === 0)
    expect(survivors.map(({ where }) => where)).toEqual([])
  })
})
