import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { type ProcessId, processId } from '../../scripts/process-id.ts'
import { run } from '../../scripts/run.ts'
import { BedProblem } from './bed-problem.ts'
import { type Addresses, addressesOf, type Places, slotCount } from './layout.ts'
import { programPath } from './programs.ts'
import { until } from './until.ts'

/**
 * A bed's own process, mount and network namespaces, held by one process. When that ends, and it does when this
 * process closes its stdin or dies, the kernel ends all within and takes the mounts and the interface with them.
 */
export type Namespaces = {
  readonly init: ProcessId
  readonly addresses: Addresses
  /** Ends everything inside and waits until it has gone. */
  end(): Promise<void>
}

/** The node's end of the wire to this computer. */
export const nodeInterface = 'node0'

const cgroupFolder = '/sys/fs/cgroup'

const must = async (program: string, args: readonly string[], signal: AbortSignal): Promise<string> => {
  const { code, stdout, stderr } = await run(program, args, { signal })
  if (code !== 0) throw new BedProblem(`${program} ${args.join(' ')} failed: ${stderr.trim().slice(-500)}`)
  return stdout
}

/** Whether a network that this computer already has overlaps the slot's. */
const isTaken = (addresses: Addresses): boolean => {
  const start = `${addresses.node.split('.').slice(0, 2).join('.')}.`
  return Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address.startsWith(start)))
}

/** Takes the first free slot: the kernel refuses a second interface of the same name, so nobody else can have it. */
const takeSlot = async (initPid: number, signal: AbortSignal): Promise<Addresses> => {
  for (let slot = 0; slot < slotCount; slot += 1) {
    const addresses = addressesOf(slot)
    if (existsSync(`/sys/class/net/${addresses.hostInterface}`) || isTaken(addresses)) continue
    const pair = ['type', 'veth', 'peer', 'name', nodeInterface, 'netns', String(initPid)]
    const { code, stderr } = await run('ip', ['link', 'add', addresses.hostInterface, ...pair], { signal })
    if (code === 0) return addresses
    if (!stderr.includes('File exists')) throw new BedProblem(`No network for the bed: ${stderr.trim()}`)
  }
  throw new BedProblem(`All ${slotCount} address ranges for beds are in use.`, 'End some: npm run bed -- down')
}

/** The hierarchies a bed's cgroup must exist in: one in version 2, one per controller in version 1. */
const hierarchies = (): string[] =>
  existsSync(join(cgroupFolder, 'cgroup.controllers'))
    ? [cgroupFolder]
    : readdirSync(cgroupFolder)
        .map((name) => join(cgroupFolder, name))
        .filter((path) => existsSync(join(path, 'cgroup.procs')))

const makeCgroup = async (name: string): Promise<void> => {
  for (const hierarchy of hierarchies()) {
    const path = join(hierarchy, name)
    if (existsSync(join(hierarchy, 'cgroup.subtree_control'))) {
      const controllers = await readFile(join(hierarchy, 'cgroup.controllers'), 'utf8')
      for (const controller of controllers.trim().split(' ').filter(Boolean))
        await writeFile(join(hierarchy, 'cgroup.subtree_control'), `+${controller}`).catch(() => undefined) // some can't be had
    }
    await mkdir(path, { recursive: true })
    // Version 1: no process can enter a cpuset that names no processors or memory.
    for (const file of ['cpuset.cpus', 'cpuset.mems'])
      if (existsSync(join(path, file)) && !existsSync(join(path, 'cgroup.controllers')))
        await writeFile(join(path, file), readFileSync(join(hierarchy, file), 'utf8'))
  }
}

const removeTree = async (path: string): Promise<void> => {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => [])
  for (const entry of entries) if (entry.isDirectory()) await removeTree(join(path, entry.name))
  await rmdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
}

const processesIn = (path: string): number[] => {
  const own = existsSync(join(path, 'cgroup.procs')) ? readFileSync(join(path, 'cgroup.procs'), 'utf8') : ''
  const below = existsSync(path) ? readdirSync(path, { withFileTypes: true }) : []
  return [
    ...own.split('\n').filter(Boolean).map(Number),
    ...below.filter((entry) => entry.isDirectory()).flatMap((entry) => processesIn(join(path, entry.name))),
  ]
}

const goneLimitMs = 20_000

/** Removes a bed's cgroup from every hierarchy. What still runs in it is the bed's, and is ended. */
export const removeCgroup = async (name: string, signal: AbortSignal): Promise<void> => {
  for (const hierarchy of hierarchies()) {
    const path = join(hierarchy, name)
    await until(
      `The end of ${path}`,
      async () => {
        for (const pid of processesIn(path)) process.kill(pid, 'SIGKILL')
        await removeTree(path)
        return !existsSync(path)
      },
      goneLimitMs,
      signal,
    )
  }
}

/** Tells an interface from a later one of the same name; undefined where there is none. */
const indexOf = (link: string): string | undefined => {
  try {
    return readFileSync(`/sys/class/net/${link}/ifindex`, 'utf8')
  } catch {
    return undefined
  }
}

/**
 * Inside the mount namespace: what programs write to fixed paths goes to the bed's folder or to memory, so that beds
 * don't meet there and nothing of it outlives them. Shared below, so that pods may have mounts propagated; a slave of
 * the outside, so that nothing leaks out.
 */
const mountScript = [
  'set -e',
  'mount --make-rshared /',
  'mount --bind "$1" /var/lib',
  'mount --bind "$2" /var/log',
  'mount -t tmpfs -o mode=755 tmpfs /run',
  'mkdir -p /run/lock',
  'echo 1 > /proc/sys/net/ipv4/ip_forward',
  // Where bridges pass pods' traffic by the service rules, those would not see the answers.
  'if [ -e /proc/sys/net/bridge/bridge-nf-call-iptables ]; then echo 1 > /proc/sys/net/bridge/bridge-nf-call-iptables; fi',
].join('\n')

export const createNamespaces = async (places: Places, cgroup: string, signal: AbortSignal): Promise<Namespaces> => {
  for (const hidden of ['/run/', '/var/lib/', '/var/log/'])
    if (places.folder.startsWith(hidden))
      throw new BedProblem(`A bed's folder cannot lie in ${hidden}.`, 'Set HANGAR_CACHE to another folder.')
  await mkdir(places.varLib, { recursive: true })
  await mkdir(places.varLog, { recursive: true })

  const own = ['--mount', '--net', '--pid', '--ipc', '--fork', '--propagation', 'slave', '--mount-proc']
  const holder = spawn('unshare', [...own, '--', programPath('pause'), 'init'], { stdio: ['pipe', 'pipe', 'pipe'] })
  const exited = once(holder, 'exit')
  try {
    await ready(holder, signal)
    const children = await readFile(`/proc/${holder.pid}/task/${holder.pid}/children`, 'utf8')
    const init = processId(Number(children.trim().split(' ')[0]))
    const inside = ['-t', String(init.pid), '-m', '-n', '-p', '--']
    await must('nsenter', [...inside, 'sh', '-c', mountScript, 'sh', places.varLib, places.varLog], signal)
    const addresses = await takeSlot(init.pid, signal)
    await must('ip', ['addr', 'add', `${addresses.host}/24`, 'dev', addresses.hostInterface], signal)
    await must('ip', ['link', 'set', addresses.hostInterface, 'up'], signal)
    const network = [
      'set -e',
      'ip link set lo up',
      `ip addr add ${addresses.node}/24 dev ${nodeInterface}`,
      `ip link set ${nodeInterface} up`,
      `ip route add default via ${addresses.host}`,
    ].join('\n')
    await must('nsenter', [...inside, 'sh', '-c', network], signal)
    await makeCgroup(cgroup)
    const index = indexOf(addresses.hostInterface)
    const end = async (): Promise<void> => {
      holder.stdin.destroy()
      await exited
      // The kernel takes it away with the namespace, a moment later.
      const isGone = async () => indexOf(addresses.hostInterface) !== index
      await until(`The end of ${addresses.hostInterface}`, isGone, goneLimitMs, AbortSignal.timeout(2 * goneLimitMs))
    }
    return { init, addresses, end }
  } catch (error) {
    holder.stdin.destroy()
    throw error
  }
}

/** Waits for the first line of the holder. */
const ready = (holder: ChildProcess, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    let said = ''
    const stop = () => reject(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
    holder.stderr?.on('data', (text: Buffer) => {
      said = (said + text.toString()).slice(-500)
    })
    holder.stdout?.once('data', () => {
      signal.removeEventListener('abort', stop)
      resolve()
    })
    holder.once('error', reject)
    holder.once('exit', () => reject(new BedProblem(`No namespaces for the bed: ${said.trim()}`, 'It needs root.')))
  })
