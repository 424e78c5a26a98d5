import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { isRunning } from '../../scripts/process-id.ts'
import { apiOf } from './access.ts'
import { startBed } from './bed.ts'
import { placesOf } from './layout.ts'
import { readRecord, sweep } from './record.ts'
import { remainsOf, startOwner } from './remains.ts'
import { until } from './until.ts'
import { shellPod, skipReason, waitForPhase } from './with-bed.ts'

const limit = () => AbortSignal.timeout(60_000)

describe.skipIf(skipReason('real') !== '' || process.platform !== 'linux')(
  `a bed whose owner is killed ${skipReason('real')}`,
  () => {
    it('leaves no process, mount, namespace, interface, cgroup or folder', async () => {
      const { owner, facts, marks } = await startOwner({ pods: 'real' })
      const api = await apiOf(facts)
      await api.apply(shellPod('sleeper', 'sleep 1000'), limit())
      await waitForPhase(api, 'sleeper', 'Running', limit())
      expect(remainsOf(marks).length).toBeGreaterThan(10)

      owner.kill('SIGKILL')

      await until('The end of all of it', async () => remainsOf(marks).length === 0, 30_000, limit())
    })

    it('leaves nothing of a start that is stopped on its way', async () => {
      const name = `stopped-${process.pid}`
      const stop = new AbortController()
      const starting = startBed({ name, pods: 'real' }, stop.signal)
      // As soon as there is something to leave behind.
      const path = placesOf(name).containerd
      await until('The start of containerd', async () => existsSync(path), 60_000, limit())
      const record = await readRecord(name)

      stop.abort(new Error('changed my mind'))

      await expect(starting).rejects.toThrow('changed my mind')
      const marks = { folder: placesOf(name).folder, cgroup: record?.cgroup ?? '', link: 'none', network: '' }
      expect(marks.cgroup).not.toBe('')
      expect(remainsOf(marks)).toEqual([])
    })

    it.each(['real', 'simulated'] as const)(
      'loses its programs with its keeper, and the rest to the next sweep: %s',
      async (pods) => {
        const { keeper, marks } = await startOwner({ pods })

        process.kill(keeper.pid, 'SIGKILL')
        await until(
          'The end of its programs',
          async () => !isRunning(keeper) && !remainsOf(marks).some((line) => /^(process|mount)/.test(line)),
          20_000,
          limit(),
        )
        await sweep(limit())

        expect(remainsOf(marks)).toEqual([])
      },
    )
  },
)
