import { describe, expect, it } from 'vitest'
import { ObjectDetails } from '../../preload/contract/workloads.ts'
import { describeObject, targetOf } from './read-object.ts'

const targets = [
  { kind: 'Pod', group: '', namespace: 'plane' },
  { kind: 'Deployment', group: 'apps', namespace: 'kube-system', name: 'coredns' },
  { kind: 'Node', group: '', name: 'worker-1' },
]

describe('an object of a plane', () => {
  it.each([
    [{ kind: 'Pod', namespace: 'plane', name: 'agent-0' }, targets[0]],
    [{ kind: 'Deployment', namespace: 'kube-system', name: 'coredns' }, targets[1]],
    [{ kind: 'Node', name: 'worker-1' }, targets[2]],
  ])('%o is read', (object, target) => {
    expect(targetOf(targets, { uid: 'x', ...object })).toBe(target)
  })

  it.each([
    { kind: 'Secret', namespace: 'plane', name: 'token' },
    { kind: 'Pod', namespace: 'other', name: 'agent-0' },
    { kind: 'Pod', name: 'agent-0' },
    { kind: 'Deployment', namespace: 'kube-system', name: 'other' },
    { kind: 'Node', name: 'worker-2' },
  ])('%o is refused: the plane does not show it', (object) => {
    expect(() => targetOf(targets, { uid: 'x', ...object })).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }))
  })

  it('fits the contract whatever its fields are', () => {
    const long = 'x'.repeat(2_000)
    const conditions = Array.from({ length: 150 }, (_, at) => ({
      type: `${long}${at}`,
      status: long,
      reason: long,
      message: long,
    }))
    const probe = { exec: { command: [long] }, periodSeconds: 1.5 }
    const containers = Array.from({ length: 210 }, (_, at) => ({
      name: `${at}${long}`,
      image: long,
      resources: { requests: Object.fromEntries(Array.from({ length: 21 }, (__, n) => [`${n}${long}`, long])) },
      livenessProbe: probe,
    }))
    const waiting = { waiting: { reason: long, message: long } }
    const lastState = { terminated: { exitCode: 2 ** 60, reason: long, finishedAt: long } }
    const containerStatuses = containers.map(({ name }) => ({ name, state: waiting, lastState, restartCount: 1.5 }))
    const object = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x' },
      spec: { containers },
      status: { conditions, containerStatuses },
    }
    expect(() => ObjectDetails.parse(describeObject(object, new Date()))).not.toThrow()
  })
})
