import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { stringify } from 'yaml'
import { run } from '../../scripts/run.ts'
import type { Api } from './api.ts'
import { baseTags } from './base-images.ts'
import { BedProblem } from './bed-problem.ts'
import type { Addresses, BedPaths } from './layout.ts'
import type { Namespaces } from './namespaces.ts'
import type { BedOptions, Network } from './options.ts'
import type { Processes } from './processes.ts'
import { ciliumFolder, programPath } from './programs.ts'
import { until } from './until.ts'

export const nodeName = 'node-1'
/** In the bed's mount namespace, which has its own /run. */
const containerdSocket = '/run/containerd/containerd.sock'
const cniFolders = ['/usr/lib/cni', '/opt/cni/bin']

/**
 * Each pod has its own veth pair to the node (CNI "ptp"), which routes. Service addresses then work between pods of the
 * same node; on a bridge they would only where the kernel has br_netfilter.
 */
const networkOf = ({ podNetwork }: Addresses): object => ({
  cniVersion: '1.0.0',
  name: 'bed',
  plugins: [
    {
      type: 'ptp',
      ipMasq: true,
      ipam: { type: 'host-local', ranges: [[{ subnet: podNetwork }]], routes: [{ dst: '0.0.0.0/0' }] },
    },
    { type: 'portmap', capabilities: { portMappings: true } },
  ],
})

/** The plugin itself waits for the agent. */
const ciliumNetwork = { cniVersion: '0.3.1', name: 'cilium', plugins: [{ type: 'cilium-cni' }] }

// restrict_oom_score_adj: without CAP_SYS_RESOURCE the sandbox's -998 is refused, and runc dies with
// "can't get final child's PID from pipe".
const containerdToml = (paths: BedPaths, pluginFolders: readonly string[]): string => `version = 3
root = ${JSON.stringify(paths.containerd)}
state = "/run/containerd"
[grpc]
  address = "${containerdSocket}"
[plugins.'io.containerd.cri.v1.runtime']
  restrict_oom_score_adj = true
  [plugins.'io.containerd.cri.v1.runtime'.cni]
    bin_dirs = ${JSON.stringify(pluginFolders)}
    conf_dir = ${JSON.stringify(paths.cni)}
[plugins.'io.containerd.cri.v1.images'.pinned_images]
  sandbox = "${baseTags.pause}"
[plugins.'io.containerd.cri.v1.images'.registry]
  config_path = ${JSON.stringify(paths.registries)}
`

const kubeletYaml = (paths: BedPaths, addresses: Addresses, cgroup: string, logBytes: number): string =>
  stringify({
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    // Some machines still have cgroup version 1.
    failCgroupV1: false,
    failSwapOn: false,
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${cgroup}`,
    enforceNodeAllocatable: [],
    localStorageCapacityIsolation: false,
    address: addresses.node,
    clusterDNS: [addresses.dnsService],
    clusterDomain: 'cluster.local',
    resolvConf: join(paths.folder, 'resolv.conf'),
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: join(paths.certificates, 'ca.crt') },
    },
    containerRuntimeEndpoint: `unix://${containerdSocket}`,
    evictionHard: { 'memory.available': '100Mi', 'nodefs.available': '0%', 'imagefs.available': '0%' },
    imageGCHighThresholdPercent: 100,
    tlsCertFile: join(paths.certificates, 'kubelet.crt'),
    tlsPrivateKeyFile: join(paths.certificates, 'kubelet.key'),
    // Pods see changed secrets and config maps at once rather than within a minute.
    syncFrequency: '5s',
    fileCheckFrequency: '5s',
    maxPods: 200,
    ...(logBytes > 0 && { containerLogMaxSize: String(logBytes), containerLogMonitorInterval: '3s' }),
  })

// Long, because several beds and their tests may run at once.
const startLimitMs = 180_000

const inside = ({ init }: Namespaces): string[] => ['-t', String(init.pid), '-m', '-n', '-p', '--']

/** Runs containerd's client inside the bed. */
export const ctr = async (namespaces: Namespaces, args: readonly string[], signal: AbortSignal): Promise<string> => {
  const client = [programPath('ctr'), '-a', containerdSocket, '-n', 'k8s.io', ...args]
  const { code, stdout, stderr } = await run('nsenter', [...inside(namespaces), ...client], { signal })
  if (code !== 0) throw new BedProblem(`ctr ${args.join(' ')} failed: ${stderr.trim().slice(-500)}`)
  return stdout
}

/** Starts containerd; returns once it is ready. It does not depend on the control plane. */
export const startContainerd = async (
  paths: BedPaths,
  network: Network,
  namespaces: Namespaces,
  processes: Processes,
  signal: AbortSignal,
): Promise<void> => {
  await mkdir(paths.cni, { recursive: true })
  // Created first: containerd does not notice one that is added later.
  const conflist = { bridge: networkOf(namespaces.addresses), cilium: ciliumNetwork, none: undefined }[network]
  if (conflist) await writeFile(join(paths.cni, '10-bed.conflist'), JSON.stringify(conflist))
  const config = join(paths.folder, 'containerd.toml')
  const pluginFolders = network === 'cilium' ? [...cniFolders, ciliumFolder()] : cniFolders
  await writeFile(config, containerdToml(paths, pluginFolders))
  const shims = dirname(programPath('containerd-shim-runc-v2'))
  const path = `${shims}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`
  processes.start({ name: 'containerd', program: programPath('containerd'), args: ['-c', config], env: { PATH: path } })
  await until('An answer of containerd', () => ctr(namespaces, ['version'], signal), startLimitMs, signal)
}

/** Starts the kubelet and kube-proxy; returns once the node is ready (without a network: once it is registered). */
export const startNode = async (
  paths: BedPaths,
  { network, logBytes }: Pick<BedOptions, 'network' | 'logBytes'>,
  { addresses }: Namespaces,
  cgroup: string,
  processes: Processes,
  api: Api,
  signal: AbortSignal,
): Promise<void> => {
  const config = join(paths.folder, 'kubelet.yaml')
  await writeFile(config, kubeletYaml(paths, addresses, cgroup, logBytes))
  await writeFile(join(paths.folder, 'resolv.conf'), `nameserver ${addresses.host}\n`)
  processes.start({
    name: 'kubelet',
    program: programPath('kubelet'),
    args: [
      `--config=${config}`,
      `--kubeconfig=${paths.kubeletKubeconfig}`,
      `--hostname-override=${nodeName}`,
      `--node-ip=${addresses.node}`,
    ],
  })
  processes.start({
    name: 'kube-proxy',
    program: programPath('kube-proxy'),
    args: [
      `--kubeconfig=${paths.kubeconfig}`,
      '--proxy-mode=iptables',
      `--hostname-override=${nodeName}`,
      `--cluster-cidr=${addresses.clusterNetwork}`,
      // Connection tracking limits apply to the whole machine.
      '--conntrack-max-per-core=0',
      '--conntrack-tcp-timeout-established=0',
      '--conntrack-tcp-timeout-close-wait=0',
    ],
  })
  const path = `/api/v1/nodes/${nodeName}`
  await until(
    'A ready node',
    async () => {
      const { status } = await api.get(path, signal)
      const conditions: unknown = status?.conditions
      if (!Array.isArray(conditions)) return false
      return network === 'none' || conditions.some(({ type, status }) => type === 'Ready' && status === 'True')
    },
    startLimitMs,
    signal,
  ).catch(async (error) => {
    signal.throwIfAborted()
    throw new BedProblem(`${error.message}\n${await processes.logTail('kubelet')}`)
  })
  // A cloud controller would assign it; a network plugin may need it.
  await api.patch(path, { spec: { podCIDR: addresses.podNetwork, podCIDRs: [addresses.podNetwork] } }, signal)
}
