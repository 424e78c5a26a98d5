import { describe, expect, it } from 'vitest'
import { Problem } from '../../../preload/contract/problem.ts'
import { KubernetesError } from '../../lib/kubernetes/failure.ts'
import type { ContainerState } from './container.ts'
import { MissingPermission } from './missing-permission.ts'
import { type PodsProblem, stateOfSource } from './source-state.ts'

const [following, queued, waiting, connecting] = (['following', 'queued', 'waiting', 'connecting'] as const).map(
  (kind): ContainerState => ({ kind }),
)
const failedAt = (sinceMs: number, problem: unknown): ContainerState => ({ kind: 'retrying', problem, sinceMs })
const refusal = new KubernetesError('CLUSTER_FORBIDDEN', 'no', { code: 403, reason: 'Forbidden', message: 'no' })
const refused = failedAt(9_000, new MissingPermission('get pods/log', 'n', refusal))
const broken = failedAt(5_000, new Problem('CLUSTER_UNREACHABLE', 'The API server does not respond.', ''))
const pods: PodsProblem = {
  problem: new Problem('CLUSTER_BUSY', 'Busy.', ''),
  missingPermissions: [],
  sinceMs: 1_000,
}
const of = (...states: readonly (ContainerState | undefined)[]) => states.flatMap((state) => state ?? [])

describe('stateOfSource', () => {
  it.each([
    ['no container', of(), undefined, { state: 'waiting', containers: 0, missingPermissions: [] }],
    ['one that has ended', of(waiting), undefined, { state: 'waiting', containers: 1 }],
    ['one that is read for the first time', of(connecting), undefined, { state: 'waiting', following: 0 }],
    [
      'followed ones',
      of(following, following, waiting),
      undefined,
      { state: 'following', containers: 3, following: 2 },
    ],
    ['one without a stream', of(following, queued), undefined, { state: 'queued', following: 1, queued: 1 }],
    [
      'one that cannot be read',
      of(following, queued, broken),
      undefined,
      { state: 'retrying', retrying: 1, refused: 0, since: '1970-01-01T00:00:05.000Z' },
    ],
    [
      'refused ones beside one that cannot be read: since the first failure, with the permission',
      of(broken, refused, refused),
      undefined,
      {
        state: 'refused',
        retrying: 1,
        refused: 2,
        missingPermissions: ['get pods/log'],
        since: '1970-01-01T00:00:05.000Z',
      },
    ],
    ['pods that cannot be listed', of(following), pods, { state: 'retrying', since: '1970-01-01T00:00:01.000Z' }],
    [
      'pods that may not be listed',
      of(following),
      { ...pods, missingPermissions: ['list pods'] },
      { state: 'refused', refused: 0, missingPermissions: ['list pods'] },
    ],
  ])('%s', (_title, states, podsProblem, expected) => {
    expect(stateOfSource(states, 2, podsProblem)).toMatchObject({ ...expected, gaps: 2 })
  })

  it('names the refusal before another failure', () => {
    const { problem } = stateOfSource(of(broken, refused), 0, undefined)
    expect(problem?.message).toBe('The permission "get pods/log" is missing in the namespace n.')
  })
})
