import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Checkout, copyCheckout } from './checkout.ts'
import { sample } from './mutation.ts'
import { protections } from './protections.ts'
import { createJudge, type Verdict } from './verdict.ts'

/** The long run tests all of them, a short one a few whose tests take a second: others each day. */
const whole = process.env.HANGAR_LONG === '1'
const seed = Number(process.env.HANGAR_SEED ?? Math.floor(Date.now() / 86_400_000))
const quick = protections.filter(({ test }) => test.project === 'unit')
const tested = whole ? protections : sample(quick, 3, seed)

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
    expect({ outcome, detail }).toEqual({ outcome: 'caught', detail: '' })
  })
})
