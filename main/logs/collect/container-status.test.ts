import { describe, expect, it } from 'vitest'
import { type Pod, statusOf } from './container-status.ts'

const startedAt = '2026-03-01T10:00:00Z'
const finishedAt = '2026-03-01T10:05:00Z'
const running = { running: { startedAt } }
const ended = (exitCode: number) => ({ terminated: { exitCode, startedAt, finishedAt } })
const pod = (status: NonNullable<Pod['status']>, sidecar = false): Pod => ({
  spec: { initContainers: [{ name: 'setup', ...(sidecar ? { restartPolicy: 'Always' } : {}) }] },
  status,
})

describe('the status of a container', () => {
  const rows: { title: string; pod: Pod; name: string; isRunning: boolean; hasEnded: boolean }[] = [
    {
      title: 'a container that runs has not ended',
      pod: pod({ containerStatuses: [{ name: 'app', state: running }] }),
      name: 'app',
      isRunning: true,
      hasEnded: false,
    },
    {
      title: 'a container that was terminated is started again while its pod is not over',
      pod: pod({ phase: 'Running', containerStatuses: [{ name: 'app', state: ended(1) }] }),
      name: 'app',
      isRunning: false,
      hasEnded: false,
    },
    {
      title: 'a container of a pod that is over has ended',
      pod: pod({ phase: 'Failed', containerStatuses: [{ name: 'app', state: ended(1) }] }),
      name: 'app',
      isRunning: false,
      hasEnded: true,
    },
    {
      title: 'an init container has ended after it succeeded',
      pod: pod({ phase: 'Running', initContainerStatuses: [{ name: 'setup', state: ended(0) }] }),
      name: 'setup',
      isRunning: false,
      hasEnded: true,
    },
    {
      title: 'an init container that failed is started again',
      pod: pod({ phase: 'Pending', initContainerStatuses: [{ name: 'setup', state: ended(1) }] }),
      name: 'setup',
      isRunning: false,
      hasEnded: false,
    },
    {
      title: 'a sidecar that ended with 0 is started again',
      pod: pod({ phase: 'Running', initContainerStatuses: [{ name: 'setup', state: ended(0) }] }, true),
      name: 'setup',
      isRunning: false,
      hasEnded: false,
    },
    {
      title: 'an ephemeral container is not started again',
      pod: pod({ phase: 'Running', ephemeralContainerStatuses: [{ name: 'debug', state: ended(1) }] }),
      name: 'debug',
      isRunning: false,
      hasEnded: true,
    },
    {
      title: 'a container that the kubelet has not reported yet has not ended',
      pod: pod({ phase: 'Pending' }),
      name: 'app',
      isRunning: false,
      hasEnded: false,
    },
  ]
  it.each(rows)('$title', ({ pod, name, isRunning, hasEnded }) => {
    expect(statusOf(pod, name)).toMatchObject({ isRunning, hasEnded })
  })

  it('has the runs of the current and the previous log, which are the same one in CrashLoopBackOff', () => {
    const run = { startedMs: Date.parse(startedAt), finishedMs: Date.parse(finishedAt) }
    const waiting = pod({ containerStatuses: [{ name: 'app', restartCount: 3, state: {}, lastState: ended(1) }] })
    expect(statusOf(waiting, 'app')).toMatchObject({ restarts: 3, run, previousRun: run })
  })

  it('has no run where the kubelet does not know its time', () => {
    const unknown = pod({ containerStatuses: [{ name: 'app', state: { terminated: { startedAt: null } } }] })
    expect(statusOf(unknown, 'app').run).toBeUndefined()
  })
})
