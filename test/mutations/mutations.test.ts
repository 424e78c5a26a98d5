import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isLongRun, sample } from '../daily-sample.ts'
import { type Checkout, copyCheckout } from './checkout.ts'
import { protections } from './protections.ts'
import { createJudge, type Verdict } from './verdict.ts'

/** The long run tests all of them, a short one a few whose tests take a second: others each day. */
const quick = protections.filter(({ test }) => test.project === 'unit' || test.project === 'slow')
const tested = isLongRun ? protections : sample(quick, 3)

describe('without a protection its test fails', () => {
  let checkout: Checkout
  let judge: (mutation: (typeof tested)[number]) => Promise<Verdict>
  beforeAll(async () => {
    checkout = await copyCheckout()
    judge = createJudge(checkout)
  })
  afterAll(() => checkout?.remove())

  it.for(tested)('$id', async (mutation, { skip }) => {
    const { outcome, detail } = await judge(mutation)
    if (outcome === 'skipped') skip(detail)
    expect(outcome, detail).toBe('caught')
  })
})
