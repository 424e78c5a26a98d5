// For tests: what a bed leaves on this machine, and an owner process that can be killed.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'
import type { ProcessId } from '../../scripts/process-id.ts'
import type { BedRequest } from './options.ts'
import { BedFacts, readRecord } from './record.ts'

const orEmpty = (read: () => string): string => {
  try {
    return read()
  } catch {
    return '' // the process ended meanwhile, or there is no such file
  }
}

/** By what the processes, mounts and interfaces of a bed are recognized. */
export type BedIdentity = {
  readonly folder: string
  readonly cgroup: string
  readonly link: string
  readonly network: string
}

/** Everything of a bed that is still on this machine, one description each. */
export const leftoversOf = ({ folder, cgroup, link, network }: BedIdentity): string[] => {
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
    ...[...cgroups, join('/sys/fs/cgroup', cgroup), folder, `${folder}.log`, join('/sys/class/net', link)].filter(
      (path) => existsSync(path),
    ),
  ]
}

/** The identity of a running bed. */
export const identityOf = async (facts: BedFacts): Promise<BedIdentity> => ({
  folder: facts.folder,
  cgroup: (await readRecord(facts.name))?.cgroup ?? 'none',
  link: facts.hostInterface ?? 'none',
  network: facts.initPid === undefined ? '' : readlinkSync(`/proc/${facts.initPid}/ns/net`),
})

const startLimitMs = 280_000

/** Another process that starts a bed and waits to be killed. */
export const startOwner = async (request: BedRequest) => {
  const owner = spawn(process.execPath, [join(import.meta.dirname, 'owner.ts'), JSON.stringify(request)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void owner.kill('SIGKILL'))
  const [line] = await once(createInterface(owner.stdout), 'line', { signal: AbortSignal.timeout(startLimitMs) })
  const facts = BedFacts.parse(JSON.parse(line))
  const record = await readRecord(facts.name)
  if (!record) throw new Error('The bed has no record.')
  const supervisor: ProcessId = record.supervisor
  return { owner, facts, supervisor, identity: await identityOf(facts) }
}
