import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, it, onTestFinished } from 'vitest'
import { isRunning } from '../../scripts/process-id.ts'
import { apiOf } from './access.ts'
import { startBed } from './bed.ts'
import { placesOf } from './layout.ts'
import { BedFacts, readRecord, sweep } from './record.ts'
import { until } from './until.ts'
import { shellPod, skipReason, waitForPhase } from './with-bed.ts'

const limit = () => AbortSignal.timeout(60_000)

const orEmpty = (read: () => string): string => {
  try {
    return read()
  } catch {
    return '' // the process ended meanwhile, or there is no such file
  }
}

type Marks = { readonly folder: string; readonly cgroup: string; readonly link: string; readonly network: string }

/** Everything of a bed that this machine still shows, in words. */
const remainsOf = ({ folder, cgroup, link, network }: Marks): string[] => {
  const cgroups = readdirSync('/sys/fs/cgroup').map((name) => join('/sys/fs/cgroup', name, cgroup))
  const mounts = orEmpty(() => readFileSync('/proc/self/mounts', 'utf8')).split('\n')
  const processes = readdirSync('/proc').filter(
    (pid) =>
      /^\d+$/.test(pid) &&
      (orEmpty(() => readFileSync(`/proc/${pid}/environ`, 'utf8')).includes(`HANGAR_BED=${folder}\0`) ||
        orEmpty(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8')).includes(folder) ||
        (network !== '' && orEmpty(() => readlinkSync(`/proc/${pid}/ns/net`)) === network)),
  )
  return [
    ...processes.map((pid) => `process ${pid} ${orEmpty(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8'))}`),
    ...mounts.filter((line) => line.includes(folder)).map((line) => `mount ${line}`),
    ...[...cgroups, join('/sys/fs/cgroup', cgroup), folder, join('/sys/class/net', link)].filter((path) =>
      existsSync(path),
    ),
  ]
}

/** Another process that starts a bed and waits to be killed. */
const startOwner = async (pods: 'real' | 'simulated') => {
  const owner = spawn(process.execPath, [join(import.meta.dirname, 'owner.ts'), JSON.stringify({ pods })], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void owner.kill('SIGKILL'))
  const [line] = await once(createInterface(owner.stdout), 'line', { signal: AbortSignal.timeout(120_000) })
  const facts = BedFacts.parse(JSON.parse(line))
  const record = await readRecord(facts.name)
  if (!record) throw new Error('The bed has no record.')
  const network = facts.initPid === undefined ? '' : readlinkSync(`/proc/${facts.initPid}/ns/net`)
  return {
    owner,
    facts,
    keeper: record.keeper,
    marks: { folder: facts.folder, cgroup: record.cgroup ?? 'none', link: facts.hostInterface ?? 'none', network },
  }
}

describe.skipIf(skipReason('real') !== '' || process.platform !== 'linux')(
  `a bed whose owner is killed ${skipReason('real')}`,
  () => {
    it('leaves no process, mount, namespace, interface, cgroup or folder', async () => {
      const { owner, facts, marks } = await startOwner('real')
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
        const { keeper, marks } = await startOwner(pods)

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
