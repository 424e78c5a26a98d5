import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Addresses are the same in every such network, because the networks are isolated from each other and the machine. */
const nearAddress = '10.99.1.2'
export const farAddress = '10.99.2.2'
const nearAddress6 = 'fd99:1::2'
export const farAddress6 = 'fd99:2::2'
/** An address without a route. */
export const noAddress = '192.0.2.1'

/** Network namespaces of a component, a server, and a router with a firewall between them. */
export interface Network {
  /** Command prefix that runs a program in the component's namespace, with its /etc/resolv.conf. */
  readonly near: readonly string[]
  readonly far: readonly string[]
  /** Adds nftables rules for packets that the router forwards, or that the component's machine sends. */
  filter(where: 'router' | 'near', ...rules: readonly string[]): Promise<void>
  /** Runs one command in a namespace. */
  command(where: 'router' | 'near' | 'far', ...command: readonly string[]): Promise<string>
  /** The kernel then removes the interfaces and rules. */
  end(): Promise<void>
}

export const hasNetworks = (): boolean =>
  process.platform === 'linux' &&
  process.getuid?.() === 0 &&
  ['/usr/sbin/nft', '/usr/sbin/iptables', '/usr/bin/nsenter', '/usr/bin/setpriv'].every((path) => existsSync(path))

/** A process that holds a network and mount namespace, and ends when this process ends for any reason. */
async function hold(): Promise<ChildProcess & { readonly pid: number }> {
  const command = ['--pdeathsig', 'KILL', '--', 'unshare', '--net', '--mount', '--propagation', 'private']
  const child = spawn('setpriv', [...command, 'sh', '-c', 'echo up; exec sleep infinity'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  if (child.pid === undefined) throw new Error('no namespace')
  return Object.assign(child, { pid: child.pid })
}

const enter = (pid: number): readonly string[] => ['nsenter', '-t', String(pid), '-n', '-m', '--']

/** Requires root on Linux. `resolvConf`: the content of the component's /etc/resolv.conf. */
export async function createNetwork(resolvConf = ''): Promise<Network> {
  const holders = await Promise.all([hold(), hold(), hold()])
  const [near, router, far] = holders
  const at = { near: enter(near.pid), router: enter(router.pid), far: enter(far.pid) }
  const command: Network['command'] = async (where, ...args) => {
    const [first = '', ...rest] = [...at[where], ...args]
    return (await run(first, rest)).stdout
  }
  const script = (where: 'router' | 'near' | 'far', ...lines: readonly string[]): Promise<string> =>
    command(where, 'sh', '-ec', lines.join('\n'))
  const end = async (): Promise<void> => {
    await Promise.all(
      holders.map(async (holder) => {
        const exited = once(holder, 'exit')
        holder.kill('SIGKILL')
        await exited
      }),
    )
  }
  try {
    await script(
      'router',
      `ip link add near0 type veth peer name wire0 netns ${near.pid}`,
      `ip link add far0 type veth peer name wire0 netns ${far.pid}`,
      'sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1',
      'ip link set lo up; ip link set near0 up; ip link set far0 up',
      'ip addr add 10.99.1.1/24 dev near0; ip addr add 10.99.2.1/24 dev far0',
      'ip addr add fd99:1::1/64 dev near0 nodad; ip addr add fd99:2::1/64 dev far0 nodad',
    )
    const configure = (own: string, own6: string, other: string, router4: string, router6: string): string[] => [
      'ip link set lo up; ip link set wire0 up',
      `ip addr add ${own}/24 dev wire0; ip addr add ${own6}/64 dev wire0 nodad`,
      `ip route add 10.99.${other}.0/24 via ${router4}; ip route add fd99:${other}::/64 via ${router6}`,
    ]
    await Promise.all([
      script(
        'near',
        ...configure(nearAddress, nearAddress6, '2', '10.99.1.1', 'fd99:1::1'),
        // A file in memory, mounted over that of the machine in this namespace only.
        'mount -t tmpfs -o size=64k tmpfs /mnt',
        `printf %s ${JSON.stringify(Buffer.from(resolvConf).toString('base64'))} | base64 -d > /mnt/resolv.conf`,
        'mount --bind /mnt/resolv.conf /etc/resolv.conf',
      ),
      script('far', ...configure(farAddress, farAddress6, '1', '10.99.2.1', 'fd99:2::1')),
    ])
  } catch (error) {
    await end()
    throw error
  }
  return {
    near: at.near,
    far: at.far,
    command,
    async filter(where, ...rules) {
      const hook = where === 'near' ? 'output' : 'forward'
      const chain = ['table inet rules {', 'chain rules {', `type filter hook ${hook} priority 0`, ...rules, '}', '}']
      await script(where, "nft -f - <<'END'", ...chain, 'END')
    },
    end,
  }
}
