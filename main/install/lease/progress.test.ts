import { describe, expect, it } from 'vitest'
import type { OperationHandle } from '../../lib/operation.ts'
import type { Holder } from './holder.ts'
import { describeProgress, holderOf, parseProgress, progressAnnotation, shareProgress } from './progress.ts'

const now = Date.parse('2026-03-01T12:00:30Z')
const me: Holder = { user: 'ana', host: 'desk', pid: 7, started: '100', operation: '', place: 'abc' }
const steps = [
  { title: 'Create namespace', state: 'done' },
  { title: 'Upgrade Agent', state: 'running' },
  { title: 'Verify', state: 'pending' },
]
const published = JSON.stringify({ version: 1, title: 'Install demo', steps })
const lease = (holderIdentity: string, progress?: string, renewTime = '2026-03-01T12:00:20.000000Z') => ({
  metadata: {
    name: 'hangar-operation',
    annotations: { ...(progress !== undefined && { [progressAnnotation]: progress }) },
  },
  spec: { holderIdentity, renewTime, acquireTime: '2026-03-01T11:00:00.000000Z', leaseDurationSeconds: 30 },
})

describe('who works on a plane', () => {
  const bob = 'bob@lap/7.100/op-2/def'
  it.each([
    [
      'another computer',
      lease(bob, published),
      () => true,
      { who: 'bob@lap', state: 'working', title: 'Install demo' },
    ],
    ['another computer that is silent', lease(bob, published, '2026-03-01T12:00:00Z'), () => true, { state: 'silent' }],
    [
      'a process of this computer that has ended',
      lease('ana@desk/6.90/op-1/abc', published),
      () => true,
      { state: 'ended' },
    ],
    ['this process', lease('ana@desk/7.100/op-1/abc', published), () => false, { state: 'working' }],
    ['an earlier version', lease('bob@lap/7.100/op-2'), () => true, { who: 'bob@lap', title: '', steps: [] }],
    ['something else', lease('kube-scheduler', '{"a":1}'), () => true, { who: 'kube-scheduler', title: '', steps: [] }],
  ])('%s', (_, object, hasEnded, holder) => {
    expect(holderOf(object, me, now, hasEnded)).toMatchObject(holder)
  })

  it('is nobody without a holder', () => {
    expect(holderOf(lease(''), me, now, () => true)).toBeUndefined()
  })

  it('is told with the steps that run', () => {
    expect(describeProgress(lease(bob, published))).toBe('"Install demo": 1 of 3 steps done, now "Upgrade Agent".')
    const several = published.replace('pending', 'running')
    expect(describeProgress(lease(bob, several))).toBe(
      '"Install demo": 1 of 3 steps done, now "Upgrade Agent" and "Verify".',
    )
    expect(describeProgress(lease(bob))).toBe('')
  })
})

describe('what a lease shows of its operation', () => {
  it.each([
    ['no JSON', 'steps'],
    ['another version', '{"version":2,"title":"x","steps":[]}'],
    ['an unknown state', '{"version":1,"title":"x","steps":[{"title":"y","state":"gone"}]}'],
    ['too many steps', JSON.stringify({ version: 1, title: 'x', steps: Array(501).fill(steps[0]) })],
    ['more characters than an annotation has', `${' '.repeat(100_001)}${published}`],
    ['deep nesting', '['.repeat(90_000)],
  ])('is left out if it has %s', (_, text) => {
    expect(parseProgress(text)).toBeUndefined()
  })

  it('has the titles and states of the steps, those of an earlier attempt included, and no message', async () => {
    const history = [
      { at: '', event: 'step-ended', step: 'a', data: { state: 'done' } },
      { at: '', event: 'step-ended', step: 'b', data: { state: 'failed' } },
    ]
    const calls = { stepStarted: async () => undefined, stepEnded: async () => undefined }
    const handle = { history, ...calls } as unknown as OperationHandle // all that it uses
    const plan = ['a', 'b', 'c'].map((id) => ({ id, title: id.toUpperCase() }))
    const { handle: shared, share } = shareProgress(handle, 'Install demo', plan)
    const texts: string[] = []

    share((text) => texts.push(text))
    await shared.stepStarted('b')
    await shared.stepEnded('b', 'failed', 'canary-4711')

    const states = texts.map((text) => parseProgress(text)?.steps.map(({ state }) => state))
    expect(states).toEqual([
      ['done', 'pending', 'pending'],
      ['done', 'running', 'pending'],
      ['done', 'failed', 'pending'],
    ])
    expect(texts.join('')).not.toContain('canary')
  })
})
