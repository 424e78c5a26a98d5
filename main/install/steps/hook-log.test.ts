import { describe, expect, it } from 'vitest'
import { shownLog } from './container-log.ts'
import { describeHookLog, hookEvidence, unfinishedContainers } from './hook-log.ts'

const hook = { apiVersion: 'batch/v1', kind: 'Job', namespace: 'gw', name: 'migrate' }
const podOf = (name: string, statuses: object, createdAt = '2026-01-01T00:00:00Z', owner = 'migrate') => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name,
    namespace: 'gw',
    creationTimestamp: createdAt,
    ownerReferences: [{ kind: 'Job', name: owner }],
  },
  status: statuses,
})
const failed = (name = 'main') => ({ name, state: { terminated: { exitCode: 3 } } })
const done = { name: 'main', state: { terminated: { exitCode: 0 } } }

describe('unfinishedContainers', () => {
  it.each([
    ['a container that has failed', { containerStatuses: [failed()] }, ['main', false]],
    [
      'an init container that has failed',
      { initContainerStatuses: [failed('wait')], containerStatuses: [] },
      ['wait', false],
    ],
    [
      'a container that runs again after it failed, by its previous log',
      { containerStatuses: [{ name: 'main', state: { running: {} }, lastState: { terminated: { exitCode: 1 } } }] },
      ['main', true],
    ],
    ['no container that has succeeded', { containerStatuses: [done] }, []],
    ['a container that runs', { containerStatuses: [{ name: 'main', state: { running: {} } }] }, ['main', false]],
    [
      'no container that waits for its first start',
      { containerStatuses: [{ name: 'main', state: { waiting: {} } }] },
      [],
    ],
    ['no container of a pod without a status', {}, []],
  ])('names %s', (_what, status, expected) => {
    const found = unfinishedContainers([hook], [podOf('migrate-1', status)])
    expect(found.flatMap(({ container, previous }) => [container, previous])).toEqual(expected)
  })

  it('names a container that failed before one that runs', () => {
    const running = { containerStatuses: [{ name: 'main', state: { running: {} } }] }
    const pods = [
      podOf('migrate-1', { containerStatuses: [failed()] }),
      podOf('migrate-2', running, '2026-01-02T00:00:00Z'),
    ]
    expect(unfinishedContainers([hook], pods).map(({ pod }) => pod)).toEqual(['migrate-1', 'migrate-2'])
  })

  it('names the latest pod first, and no pod of another Job or namespace', () => {
    const status = { containerStatuses: [failed()] }
    const pods = [
      podOf('migrate-1', status),
      podOf('migrate-2', status, '2026-01-02T00:00:00Z'),
      podOf('other-1', status, '2026-01-03T00:00:00Z', 'other'),
      { ...podOf('migrate-3', status), metadata: { ...podOf('migrate-3', status).metadata, namespace: 'elsewhere' } },
    ]
    expect(unfinishedContainers([hook], pods).map(({ pod }) => pod)).toEqual(['migrate-2', 'migrate-1'])
  })

  it('finds the pod that is itself the hook', () => {
    const pod = podOf('test', { containerStatuses: [failed()] })
    expect(unfinishedContainers([{ ...hook, kind: 'Pod', name: 'test' }], [pod])).toMatchObject([{ hook: 'Pod test' }])
  })
})

describe('shownLog', () => {
  it('keeps the end, hides secrets, and shows control characters', () => {
    const lines = Array.from({ length: 40 }, (_, index) => `line ${index}`)
    const text = shownLog(`${lines.join('\n')}\npassword=hunter22 s3cr3t-of-the-vault \u001b[31mred\n`, [
      's3cr3t-of-the-vault',
    ])
    expect(text.split('\n')).toHaveLength(20)
    expect(text).toContain('line 39')
    expect(text).not.toMatch(/hunter22|s3cr3t|\u001b/)
  })

  it('is at most 2,000 characters', () => {
    expect(shownLog('many words '.repeat(10_000), []).length).toBeLessThanOrEqual(2_000)
  })
})

it('a hook log is described by its last line, or as empty', () => {
  const log = {
    hook: 'Job migrate',
    namespace: 'gw',
    pod: 'migrate-1',
    container: 'main',
    state: 'failed' as const,
    previous: false,
    text: 'a\nb',
  }
  expect(describeHookLog(log)).toBe('The log of Job migrate ends with: b')
  expect(describeHookLog({ ...log, text: '' })).toBe('Job migrate wrote no log.')
  expect(hookEvidence(log)).toBe('Log of Job migrate, pod migrate-1, container main:\na\nb')
})
