import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { type ProcessId, processId } from '../../scripts/process-id.ts'
import { run } from '../../scripts/run.ts'
import { BedProblem } from './bed-problem.ts'
import { type Addresses, addressesOf, type BedPaths, slotCount } from './layout.ts'
import { programPath } from './programs.ts'
import { until } from './until.ts'

/**
 * The process, mount and network namespaces of a bed, held by one process. That process ends when this one closes its
 * stdin or ends; the kernel then ends every process inside and removes the mounts and the interface.
 */
export type Namespaces = {
  readonly init: ProcessId
  readonly addresses: Addresses
  /** Ends every process inside and waits for their end. */
  end(): Promise<void>
}

/** The node's end of the veth pair to this computer. */
export const nodeInterface = 'node0'

const cgroupFolder = '/sys/fs/cgroup'

const must = async (program: string, args: readonly string[], signal: AbortSignal): Promise<string> => {
  const { code, stdout, stderr } = await run(program, args, { signal })
  if (code !== 0) throw new BedProblem(`${program} ${args.join(' ')} failed: ${stderr.trim().slice(-500)}`)
  return stdout
}

/** Whether a network of this computer overlaps that of the slot. */
const isTaken = (addresses: Addresses): boolean => {
  const start = `${addresses.node.split('.').slice(0, 2).join('.')}.`
  return Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address.startsWith(start)))
}

/** Takes the first free slot. The kernel refuses a second interface of the same name, so a slot is never taken twice. */
const takeSlot = async (initPid: number, signal: AbortSignal): Promise<Addresses> => {
  for (let slot = 0; slot < slotCount; slot += 1) {
    const addresses = addressesOf(slot)
    if (existsSync(`/sys/class/net/${addresses.hostInterface}`) || isTaken(addresses)) continue
    const pair = ['type', 'veth', 'peer', 'name', nodeInterface, 'netns', String(initPid)]
    const { code, stderr } = await run('ip', ['link', 'add', addresses.hostInterface, ...pair], { signal })
    if (code === 0) return addresses
    if (!stderr.includes('File exists'))
      throw new BedProblem(`The bed's network could not be created: ${stderr.trim()}`)
  }
  throw new BedProblem(`All ${slotCount} address ranges for beds are in use.`, 'Stop some: npm run bed -- down')
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
        await writeFile(join(hierarchy, 'cgroup.subtree_control'), `+${controller}`).catch(() => undefined) // some controllers are unavailable
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

/** Removes a bed's cgroup from every hierarchy. Ends what still runs in it. */
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

/** Distinguishes an interface from a later one of the same name; undefined where there is none. */
const indexOf = (link: string): string | undefined => {
  try {
    return readFileSync(`/sys/class/net/${link}/ifindex`, 'utf8')
  } catch {
    return undefined
  }
}

/**
 * Runs in the mount namespace. Fixed paths that programs write to are mounted from the bed's folder or from memory, so
 * that beds do not share them and nothing of them remains. Mounts are shared inside, for mount propagation to pods, and
 * are slaves of those outside, so that none is visible there.
 */
const mountScript = [
  'set -e',
  'mount --make-rshared /',
  'mount --bind "$1" /var/lib',
  'mount --bind "$2" /var/log',
  'mount -t tmpfs -o mode=755 tmpfs /run',
  'mkdir -p /run/lock',
  'echo 1 > /proc/sys/net/ipv4/ip_forward',
  // Otherwise the service rules do not apply to the replies of bridged pods.
  'if [ -e /proc/sys/net/bridge/bridge-nf-call-iptables ]; then echo 1 > /proc/sys/net/bridge/bridge-nf-call-iptables; fi',
].join('\n')

export const createNamespaces = async (paths: BedPaths, cgroup: string, signal: AbortSignal): Promise<Namespaces> => {
  for (const hidden of ['/run/', '/var/lib/', '/var/log/'])
    if (paths.folder.startsWith(hidden))
      throw new BedProblem(`A bed's folder cannot be in ${hidden}.`, 'Set HANGAR_CACHE to another folder.')
  await mkdir(paths.varLib, { recursive: true })
  await mkdir(paths.varLog, { recursive: true })

  const own = ['--mount', '--net', '--pid', '--ipc', '--fork', '--propagation', 'slave', '--mount-proc']
  const holder = spawn('unshare', [...own, '--', programPath('pause'), 'init'], { stdio: ['pipe', 'pipe', 'pipe'] })
  const exited = once(holder, 'exit')
  try {
    await ready(holder, signal)
    const children = await readFile(`/proc/${holder.pid}/task/${holder.pid}/children`, 'utf8')
    const init = processId(Number(children.trim().split(' ')[0]))
    const inside = ['-t', String(init.pid), '-m', '-n', '-p', '--']
    await must('nsenter', [...inside, 'sh', '-c', mountScript, 'sh', paths.varLib, paths.varLog], signal)
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
      // The kernel removes it with the namespace, a moment later.
      const isGone = async () => indexOf(addresses.hostInterface) !== index
      await until(`The end of ${addresses.hostInterface}`, isGone, goneLimitMs, AbortSignal.timeout(2 * goneLimitMs))
    }
    return { init, addresses, end }
  } catch (error) {
    holder.stdin.destroy()
    throw error
  }
}

/** Waits for the first line of the process that holds the namespaces. */
const ready = (holder: ChildProcess, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    let output = ''
    const stop = () => reject(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
    holder.stderr?.on('data', (text: Buffer) => {
      output = (output + text.toString()).slice(-500)
    })
    holder.stdout?.once('data', () => {
      signal.removeEventListener('abort', stop)
      resolve()
    })
    holder.once('error', reject)
    holder.once('exit', () =>
      reject(new BedProblem(`The bed's namespaces could not be created: ${output.trim()}`, 'It needs root.')),
    )
  })
