import { describe, expect, it } from 'vitest'
import type { SourceCollection } from '../../preload/contract/logs.ts'
import { Problem, reportProblem } from '../../preload/contract/problem.ts'
import { collectionText } from './logs-stats.ts'

const following: SourceCollection = {
  state: 'following',
  containers: 3,
  following: 3,
  queued: 0,
  refused: 0,
  retrying: 0,
  missingPermissions: [],
  gaps: 0,
}
const since = '2026-11-22T10:00:00.000Z'

describe('collectionText', () => {
  it.each<readonly [string, Partial<SourceCollection>, string]>([
    ['all are followed', {}, 'follows 3 of 3 containers'],
    ['there is no container', { containers: 0, following: 0 }, 'no container with a log'],
    [
      'some wait',
      { containers: 205, following: 200, queued: 5 },
      'follows 200 of 205 containers; 5 wait for a free stream',
    ],
    ['lines are missing', { gaps: 2 }, 'follows 3 of 3 containers; gaps: 2'],
    [
      'a permission is missing',
      {
        following: 1,
        refused: 2,
        missingPermissions: ['get pods/log'],
        problem: reportProblem(new Problem('CLUSTER_FORBIDDEN', 'The permission "get pods/log" is missing.')),
        since,
      },
      `follows 1 of 3 containers; refused since ${since}: missing permission get pods/log`,
    ],
    [
      'the cluster does not respond',
      {
        following: 0,
        retrying: 3,
        problem: reportProblem(new Problem('CLUSTER_UNREACHABLE', 'It does not respond.')),
        since,
      },
      `follows 0 of 3 containers; retrying since ${since}: It does not respond.`,
    ],
  ])('%s', (_title, more, text) => {
    expect(collectionText({ ...following, ...more })).toBe(text)
  })
})
