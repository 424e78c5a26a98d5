import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { isRunning } from '../../scripts/process-id.ts'
import { apiOf } from './access.ts'
import { startBed } from './bed.ts'
import { bedPaths } from './layout.ts'
import { leftoversOf, startOwner } from './leftovers.ts'
import { readRecord, removeStaleBeds } from './record.ts'
import { until } from './until.ts'
import { shellPod, skipReason, waitForPhase } from './with-bed.ts'

const limit = () => AbortSignal.timeout(60_000)

describe.skipIf(skipReason('real') !== '' || process.platform !== 'linux')(
  `a bed whose owner is killed ${skipReason('real')}`,
  () => {
    it('leaves no process, mount, namespace, interface, cgroup or folder', async () => {
      const { owner, facts, identity } = await startOwner({ pods: 'real' })
      const api = await apiOf(facts)
      await api.apply(shellPod('sleeper', 'sleep 1000'), limit())
      await waitForPhase(api, 'sleeper', 'Running', limit())
      expect(leftoversOf(identity).length).toBeGreaterThan(10)

      owner.kill('SIGKILL')

      await until('The end of all of it', async () => leftoversOf(identity).length === 0, 30_000, limit())
    })

    it('leaves nothing of a start that is aborted', async () => {
      const name = `stopped-${process.pid}`
      const stop = new AbortController()
      const starting = startBed({ name, pods: 'real' }, stop.signal)
      // Aborted once the bed has processes and mounts.
      const path = bedPaths(name).containerd
      await until('The start of containerd', async () => existsSync(path), 60_000, limit())
      const record = await readRecord(name)

      stop.abort(new Error('changed my mind'))

      await expect(starting).rejects.toThrow('changed my mind')
      const identity = { folder: bedPaths(name).folder, cgroup: record?.cgroup ?? '', link: 'none', network: '' }
      expect(identity.cgroup).not.toBe('')
      expect(leftoversOf(identity)).toEqual([])
    })

    it.each(['real', 'simulated'] as const)(
      'loses its programs with its supervisor, and the rest to the next bed to start: %s',
      async (pods) => {
        const { supervisor, identity } = await startOwner({ pods })

        process.kill(supervisor.pid, 'SIGKILL')
        await until(
          'The end of its programs',
          async () => !isRunning(supervisor) && !leftoversOf(identity).some((line) => /^(process|mount)/.test(line)),
          20_000,
          limit(),
        )
        await removeStaleBeds(limit())

        expect(leftoversOf(identity)).toEqual([])
      },
    )
  },
)
