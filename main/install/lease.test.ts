import { describe, expect, it } from 'vitest'
import { type Holder, parseHolder, readLease, sayHolder } from './lease.ts'

const now = Date.parse('2026-03-01T12:00:30Z')
const me: Holder = { user: 'ana', host: 'desk', pid: 7, started: '100', operation: 'op-1' }
const lease = (holder: string, renewTime = '2026-03-01T12:00:20.000000Z') => ({
  spec: { holderIdentity: holder, renewTime, acquireTime: '2026-03-01T11:00:00.000000Z', leaseDurationSeconds: 30 },
})
const gone = () => true
const alive = () => false

describe('a lease', () => {
  it.each([
    ['that nobody holds', lease(''), alive, 'free'],
    ['of our own', lease(sayHolder(me)), alive, 'free'],
    ['of another computer, renewed lately', lease('bob@lap/7.100/op-2'), gone, 'held'],
    [
      'of another computer that stopped renewing',
      lease('bob@lap/7.100/op-2', '2026-03-01T12:00:00.000000Z'),
      gone,
      'free',
    ],
    ['of a dead process of this computer', lease('ana@desk/6.90/op-1'), gone, 'free'],
    ['of a living process of this computer', lease('ana@desk/6.90/op-1'), alive, 'held'],
    ['in words that are not ours', lease('kube-scheduler'), gone, 'held'],
    ['that was never renewed', { spec: { holderIdentity: 'bob@lap/7.100/op-2' } }, gone, 'free'],
  ] as const)('%s', (_, found, isGone, state) => {
    expect(readLease(found, me, now, isGone).state).toBe(state)
  })

  it('names its holder so that it can be read back', () => {
    expect(parseHolder(sayHolder(me))).toEqual(me)
    expect(parseHolder('somebody')).toBeUndefined()
  })
})
