import { cp, mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../../scripts/run.ts'
import { BedProblem } from './bed-problem.ts'
import type { BedPaths } from './layout.ts'
import { type Namespaces, nodeInterface } from './namespaces.ts'
import { ciliumCompilers } from './prerequisites.ts'
import type { Processes } from './processes.ts'
import { ciliumFolder } from './programs.ts'
import { nodeName } from './real-node.ts'
import { until } from './until.ts'

/**
 * The agent gets a /proc of symbolic links in its own mount namespace. It requires /proc/modules, which a kernel without
 * modules lacks, and sets two sysctls of the whole machine (pkg/datapath/loader/base.go), which are files of its own here.
 */
const agentScript = `set -e
mkdir -p /run/kernel
mount -t proc proc /run/kernel
mount -t tmpfs -o mode=755 tmpfs /proc
for entry in /run/kernel/*; do ln -s "$entry" /proc/; done
[ -e /proc/modules ] || : > /proc/modules
rm /proc/sys
mkdir -p /proc/sys/kernel
for entry in /run/kernel/sys/*; do [ "$entry" = /run/kernel/sys/kernel ] || ln -s "$entry" /proc/sys/; done
for entry in /run/kernel/sys/kernel/*; do ln -s "$entry" /proc/sys/kernel/; done
for name in unprivileged_bpf_disabled timer_migration; do
  [ -e /proc/sys/kernel/$name ] || continue
  value=$(cat /proc/sys/kernel/$name)
  rm /proc/sys/kernel/$name
  echo "$value" > /proc/sys/kernel/$name
done
exec "$@"
`

// The datapath is compiled when the agent starts.
const startLimitMs = 240_000

const inside = ({ init }: Namespaces): string[] => ['-t', String(init.pid), '-m', '-n', '-p', '--']

/**
 * Runs Cilium's operator and agent beside the kubelet, as in pods on the node's network; returns once the agent reports
 * that it is healthy. The fixed paths that it writes to (/run, /var/lib, /sys/fs/bpf) belong to the bed.
 */
export const startCilium = async (
  paths: BedPaths,
  namespaces: Namespaces,
  processes: Processes,
  signal: AbortSignal,
): Promise<void> => {
  const programs = ciliumFolder()
  await cp(join(programs, 'bpf'), join(paths.varLib, 'cilium', 'bpf'), { recursive: true })
  // It looks for compilers without a version in their names. Few versions work: 16 does, 19 does not.
  const compilers = join(paths.folder, 'compilers')
  await mkdir(compilers)
  for (const [name, path] of Object.entries(ciliumCompilers)) await symlink(path, join(compilers, name))

  const mount = ['mount', '-t', 'bpf', 'bpf', '/sys/fs/bpf']
  const { code, stderr } = await run('nsenter', [...inside(namespaces), ...mount], { signal })
  if (code !== 0) throw new BedProblem(`This kernel has no file system for BPF: ${stderr.trim()}`)

  const env = {
    K8S_NODE_NAME: nodeName,
    PATH: `${compilers}:${programs}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
  }
  const both = [
    `--k8s-kubeconfig-path=${paths.kubeconfig}`,
    '--enable-ipv6=false',
    '--ipam=kubernetes',
    '--identity-allocation-mode=crd',
  ]
  processes.start({ name: 'cilium-operator', program: join(programs, 'cilium-operator'), args: both, env })
  const agent = [
    join(programs, 'cilium-agent'),
    ...both,
    '--routing-mode=tunnel',
    '--tunnel-protocol=vxlan',
    '--kube-proxy-replacement=false',
    `--devices=${nodeInterface}`,
    '--enable-l7-proxy=true',
    '--enable-hubble=true',
    '--enable-endpoint-health-checking=false',
    '--enable-health-checking=false',
  ]
  const isolated = ['--mount', '--propagation', 'slave', '--', 'sh', '-c', agentScript, 'sh']
  processes.start({ name: 'cilium-agent', program: 'unshare', args: [...isolated, ...agent], env })
  const ask = ['nsenter', [...inside(namespaces), join(programs, 'cilium-dbg'), 'status', '--brief']] as const
  await until(
    "Cilium's good health",
    async () => (await run(...ask, { signal })).code === 0,
    startLimitMs,
    signal,
  ).catch(async (error) => {
    signal.throwIfAborted()
    throw new BedProblem(`${error.message}\n${await processes.logTail('cilium-agent')}`)
  })
}
