import { describe, expect, it } from 'vitest'
import { formatHolder, type Holder, leaseState, parseHolder } from './holder.ts'

const now = Date.parse('2026-03-01T12:00:30Z')
const me: Holder = { user: 'ana', host: 'desk', pid: 7, started: '100', operation: 'op-1', place: 'abc' }
const lease = (holder: string, renewTime = '2026-03-01T12:00:20.000000Z', leaseDurationSeconds = 30) => ({
  spec: { holderIdentity: holder, renewTime, acquireTime: '2026-03-01T11:00:00.000000Z', leaseDurationSeconds },
})
const ended = () => true
const running = () => false
const [past, future, yesterday] = ['2026-03-01T12:00:00Z', '2026-03-01T12:01:00Z', '2026-02-28T12:00:00Z']

describe('a lease', () => {
  it.each([
    ['without a holder', lease(''), running, 'free'],
    ['of this operation', lease(formatHolder(me)), running, 'free'],
    ['of another computer, renewed recently', lease('bob@lap/7.100/op-2/def'), ended, 'held'],
    ['of another computer that stopped renewing', lease('bob@lap/7.100/op-2/def', past), ended, 'silent'],
    ['of another computer whose clock is ahead', lease('bob@lap/7.100/op-2/def', future), ended, 'silent'],
    ['of another computer, abandoned yesterday', lease('bob@lap/7.100/op-2/def', yesterday), ended, 'free'],
    ['of a process of this computer that has ended', lease('ana@desk/6.90/op-1/abc'), ended, 'free'],
    ['of a running process of this computer', lease('ana@desk/6.90/op-1/abc'), running, 'held'],
    ['of a running process of this computer that is stopped', lease('ana@desk/6.90/op-1/abc', past), running, 'silent'],
    ['of another computer or container with the name of this one', lease('ana@desk/6.90/op-1/def'), ended, 'held'],
    ['of an earlier version, on this computer', lease('ana@desk/6.90/op-1'), ended, 'held'],
    ['of a holder in an unknown format', lease('kube-scheduler'), ended, 'held'],
    ['that claims to last for days', lease('kube-scheduler', past, 1_000_000), ended, 'silent'],
    ['that was never renewed', { spec: { holderIdentity: 'bob@lap/7.100/op-2' } }, ended, 'free'],
  ] as const)('%s', (_, object, hasEnded, state) => {
    expect(leaseState(object, me, now, hasEnded).state).toBe(state)
  })

  it('has a holder identity that can be parsed', () => {
    expect(parseHolder(formatHolder(me))).toEqual(me)
    expect(parseHolder('ana@desk/6.90/op-1')).toMatchObject({ operation: 'op-1', place: undefined })
    expect(parseHolder('somebody')).toBeUndefined()
  })
})
