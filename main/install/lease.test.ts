import { describe, expect, it } from 'vitest'
import { formatHolder, type Holder, leaseState, parseHolder } from './lease.ts'

const now = Date.parse('2026-03-01T12:00:30Z')
const me: Holder = { user: 'ana', host: 'desk', pid: 7, started: '100', operation: 'op-1' }
const lease = (holder: string, renewTime = '2026-03-01T12:00:20.000000Z') => ({
  spec: { holderIdentity: holder, renewTime, acquireTime: '2026-03-01T11:00:00.000000Z', leaseDurationSeconds: 30 },
})
const ended = () => true
const running = () => false

describe('a lease', () => {
  it.each([
    ['without a holder', lease(''), running, 'free'],
    ['of this operation', lease(formatHolder(me)), running, 'free'],
    ['of another computer, renewed recently', lease('bob@lap/7.100/op-2'), ended, 'held'],
    [
      'of another computer that stopped renewing',
      lease('bob@lap/7.100/op-2', '2026-03-01T12:00:00.000000Z'),
      ended,
      'free',
    ],
    ['of a process of this computer that has ended', lease('ana@desk/6.90/op-1'), ended, 'free'],
    ['of a running process of this computer', lease('ana@desk/6.90/op-1'), running, 'held'],
    ['of a holder in an unknown format', lease('kube-scheduler'), ended, 'held'],
    ['that was never renewed', { spec: { holderIdentity: 'bob@lap/7.100/op-2' } }, ended, 'free'],
  ] as const)('%s', (_, object, hasEnded, state) => {
    expect(leaseState(object, me, now, hasEnded).state).toBe(state)
  })

  it('has a holder identity that can be parsed', () => {
    expect(parseHolder(formatHolder(me))).toEqual(me)
    expect(parseHolder('somebody')).toBeUndefined()
  })
})
