import { describe, expect, it } from 'vitest'
import type { StepProgress } from '../../preload/contract/operations.ts'
import { operationLines, usualText } from './step-lines.ts'

const now = Date.parse('2026-03-01T12:01:00Z')
const at = (secondsAgo: number): string => new Date(now - secondsAgo * 1_000).toISOString()
const step = (part: Partial<StepProgress> & Pick<StepProgress, 'id'>): StepProgress => ({
  title: `Install ${part.id}`,
  state: 'running',
  needs: [],
  waitingOn: [],
  objects: [],
  startedAt: at(12),
  ...part,
})
const agent = { kind: 'Deployment', namespace: 'a', name: 'agent' }
const pod = { kind: 'Pod', namespace: 'a', name: 'agent-x7k2p' }
const service = { kind: 'Service', namespace: 'a', name: 'agent' }

describe('the steps that run, in a terminal', () => {
  it('have a block each, with what is not ready, why and since when, and the end of its log', () => {
    const steps = [
      step({ id: 'done', state: 'done' }),
      step({
        id: 'agent',
        usual: { ms: 40_000, runs: 3 },
        objects: [
          { object: agent, depth: 0, health: 'progressing', reason: '0 of 1 ready' },
          { object: pod, depth: 1, health: 'degraded', reason: 'CrashLoopBackOff' },
          { object: service, depth: 0, health: 'healthy', reason: 'Exists' },
        ],
        waitingOn: [{ object: agent, why: '0 of 1 ready; pod agent-x7k2p: CrashLoopBackOff', since: at(10) }],
        log: { pod: 'agent-x7k2p', container: 'main', text: 'one\ntwo\nno route to the database' },
      }),
      step({ id: 'gateway', message: 'Installing gateway' }),
      step({ id: 'verify', state: 'pending' }),
    ]
    expect(operationLines({ steps, done: 1, total: 4 }, now)).toEqual([
      '… Install agent; 12 s, usually 40 s (3 runs); 1 of 2 objects ready',
      '  … Deployment agent: 0 of 1 ready',
      '    ✗ Pod agent-x7k2p: CrashLoopBackOff',
      '  waits 10 s for Deployment agent: 0 of 1 ready; pod agent-x7k2p: CrashLoopBackOff',
      '  agent-x7k2p | two',
      '  agent-x7k2p | no route to the database',
      '… Install gateway; 12 s; Installing gateway',
      '1 of 4 steps done',
    ])
  })

  it('name how many more objects are not ready', () => {
    const objects = Array.from({ length: 9 }, (_, index) => ({
      object: { ...pod, name: `p${index}` },
      depth: 0 as const,
      health: 'missing' as const,
      reason: 'Not created yet',
    }))
    expect(operationLines({ steps: [step({ id: 'a', objects })], done: 0, total: 1 }, now)).toContain(
      '  and 5 more that are not ready',
    )
  })

  it('are no lines once nothing runs', () => {
    expect(operationLines({ steps: [step({ id: 'a', state: 'done' })], done: 1, total: 1 }, now)).toEqual([])
  })
})

it.each([
  [undefined, ''],
  [{ ms: 40_400, runs: 1 }, 'usually 40 s (1 run)'],
  [{ ms: 300_000, runs: 12 }, 'usually 5 min (12 runs)'],
])('an estimate of %j is told as "%s"', (usual, text) => {
  expect(usualText(usual)).toBe(text)
})
