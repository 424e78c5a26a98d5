import { afterAll, beforeAll, describe, expect, it, type RunnerTestSuite } from 'vitest'
import { causes } from '../../main/connectivity/probe/causes.ts'
import { type Case, isHeavy } from './cases/case.ts'
import { missingNeeds } from './cases/machine.ts'
import { mutatedJudge } from './cases/mutation.ts'
import { endPeers } from './cases/peers.ts'
import { caseLimitMs, runCase } from './cases/run.ts'
import { type CheckOutcome, verdictOf } from './cases/run-check.ts'
import { cases, table } from './cases/table.ts'

const isLong = process.env.HANGAR_LONG === '1'

/** Most cases wait for timeouts, so many can run at once. Those with programs and networks keep two cores busy. */
const lightAtOnce = 6
const heavyAtOnce = 3
/** A test run takes every third heavy case, others each time a case is added; the long run takes all. */
const heavySample = 3

const able = cases.filter((one) => missingNeeds(one) === '')
const heavy = able.filter(isHeavy)
const chosen = new Set([
  ...able.filter((one) => !isHeavy(one)),
  ...(isLong ? heavy : heavy.filter((_, index) => index % heavySample === cases.length % heavySample)),
])

const stop = new AbortController()
const running = new Map<Case, PromiseWithResolvers<CheckOutcome>>(
  [...chosen].map((one) => [one, Promise.withResolvers<CheckOutcome>()]),
)

/** Runs the cases in their order; each test waits for its case. */
async function work(queue: Case[]): Promise<void> {
  for (let one = queue.shift(); one !== undefined && !stop.signal.aborted; one = queue.shift()) {
    const outcome = running.get(one)
    outcome?.promise.catch(() => undefined) // its test handles the rejection
    await runUnlessStarved(one).then(outcome?.resolve, outcome?.reject)
  }
}

/** A check that this machine was too busy for proves nothing, as it reports itself: such a case runs again. */
const starvedRuns = 3
async function runUnlessStarved(one: Case): Promise<CheckOutcome> {
  for (let run = 1; ; run += 1) {
    const outcome = await runCase(one)
    if (outcome.result.cause !== 'local.starved' || one.cause === 'local.starved' || run === starvedRuns) return outcome
  }
}

const title = (one: Case): string => `${one.name}: ${one.expected}${missingNeeds(one)}`
const judgement = 'the judgement'

/** The names of a suite's tests that run: `-t` skips the others. */
const runningTests = ({ tasks }: Pick<RunnerTestSuite, 'tasks'>): readonly string[] =>
  tasks.flatMap((task) => (task.type === 'suite' ? runningTests(task) : task.mode === 'run' ? [task.name] : []))

// biome-ignore lint/correctness/noEmptyPattern: Vitest reads the names of fixtures from this pattern
beforeAll(({}, file) => {
  const tests = new Set(runningTests(file))
  const isJudged = runningTests({ tasks: file.tasks.filter(({ name }) => name === judgement) }).length > 0
  const started = [...chosen].filter((one) => isJudged || tests.has(title(one)))
  const [lightQueue, heavyQueue] = [started.filter((one) => !isHeavy(one)), started.filter(isHeavy)]
  for (let lane = 0; lane < lightAtOnce; lane += 1) void work(lightQueue)
  for (let lane = 0; lane < heavyAtOnce; lane += 1) void work(heavyQueue)
})

afterAll(async () => {
  stop.abort()
  await endPeers()
}, 30_000)

/** The cases of this run. A case that only the long run takes is not a skipped test. */
const shown = (one: Case): boolean => chosen.has(one) || missingNeeds(one) !== ''

describe.each(Object.entries(table))('%s:', (_group, members) => {
  for (const one of members.filter(shown)) {
    it.skipIf(missingNeeds(one) !== '')(
      title(one),
      async () => {
        const seen = await running.get(one)?.promise
        expect(seen && verdictOf(seen.result), JSON.stringify(seen?.result.stages, undefined, 1)).toBe(one.expected)
        expect(one.near.filter((cause) => seen?.result.cause === cause)).toEqual([])
      },
      2 * caseLimitMs,
    )
  }
})

describe('the table of cases', () => {
  const detectable = Object.entries(causes)
    .filter(([code, { foundBy }]) => foundBy === 'check' || code === 'idle.cut')
    .map(([code]) => code)

  it('has two different faults for each cause that a check can detect', () => {
    const rare = detectable.filter((code) => cases.filter(({ cause }) => cause === code).length < 2)
    expect(rare).toEqual([])
  })

  it('has a near miss of each cause that a check can detect', () => {
    const missing = detectable.filter((code) => !cases.some(({ near }) => near.some((cause) => cause === code)))
    expect(missing).toEqual([])
  })

  it('has unique names, at least a hundred cases, and no case that is a near miss of its own cause', () => {
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
 * Sites whose removal changes no verdict, because a later site reports the same cause; each has its reason.
 */
const equivalentSites: readonly (readonly [RegExp, string])[] = [
  [/amqp\.ts.*it looks like/, 'bytes that are not AMQP are not the expected version of AMQP either'],
  [
    /amqp\.ts.*a greeting that is not/,
    'the last return: without it there is no judgement, which is a defect of another kind',
  ],
  [/amqp1\.ts.*offers no SASL mechanism/, 'the next site reports that it is not AMQP 1.0'],
  [/https\.ts.*expected\.message/, 'what an endpoint expects is checked for every protocol once more'],
  [/wss\.ts.*brokenUpgrade/, 'an invalid upgrade is also one that was ignored'],
  [
    /detector of (?:tls\.hello-size|mtu\.black-hole): .*["']established["']/,
    'only an old Node sends a shorter ClientHello than the component; judge.test.ts judges its facts',
  ],
  [/detector of identity\.protocol/, 'bytes that are none of the service’s are not recognised by it either'],
]

describe(judgement, () => {
  const recorded: {
    readonly one: Case
    readonly facts: NonNullable<CheckOutcome['facts']>
    readonly target: NonNullable<CheckOutcome['target']>
  }[] = []
  let mutated: Awaited<ReturnType<typeof mutatedJudge>>
  beforeAll(async () => {
    for (const [one, { promise }] of running) {
      const seen = await promise.catch(() => undefined)
      // The verdict about a companion is of other facts.
      if (seen === undefined || seen.result.companion !== undefined) continue
      if (seen.facts !== undefined && seen.target !== undefined && verdictOf(seen.result) === one.expected)
        recorded.push({ one, facts: seen.facts, target: seen.target })
    }
    mutated = await mutatedJudge()
  }, 600_000)
  afterAll(() => mutated?.stop())

  const changed = (without: ReadonlySet<number>): number =>
    recorded.filter(
      ({ facts, target }) => mutated.judge(facts, target, without) !== mutated.judge(facts, target, new Set()),
    ).length

  it('gives the same verdict from recorded facts as from the server', () => {
    const other = recorded.filter(({ one, facts, target }) => mutated.judge(facts, target, new Set()) !== one.expected)
    expect(other.map(({ one }) => one.name)).toEqual([])
    expect(mutated.sites.length).toBeGreaterThan(90)
  })

  it('without all detectors of a cause is wrong about a case, for each cause', () => {
    changed(new Set()) // registers every detector once
    const reported = new Set(recorded.map(({ one }) => one.cause).filter((cause) => cause !== ''))
    const unnoticed = [...reported].filter((cause) => {
      const sites = mutated.sites.filter((site) => site.cause === cause).map(({ id }) => id)
      return sites.length > 0 && changed(new Set(sites)) === 0
    })
    expect(unnoticed).toEqual([])
  })

  it('without any single site that reports a cause is wrong about a case', () => {
    changed(new Set())
    const reached = new Set<string>(recorded.map(({ one }) => one.cause).filter((cause) => cause !== ''))
    const unnoticed = mutated.sites
      // Sites that only heavy cases reach are checked in the long run, which has them all.
      .filter(({ cause }) => isLong || reached.has(cause))
      .filter(({ where }) => !equivalentSites.some(([pattern]) => pattern.test(where)))
      .filter(({ id }) => changed(new Set([id])) === 0)
    expect(unnoticed.map(({ where }) => where)).toEqual([])
  })
})
