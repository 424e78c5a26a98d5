import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { stringify } from 'yaml'
import { run } from '../../scripts/run.ts'
import type { Api } from './api.ts'
import { baseTags } from './base-images.ts'
import { BedProblem } from './bed-problem.ts'
import type { Addresses, Places } from './layout.ts'
import type { Namespaces } from './namespaces.ts'
import type { Network } from './options.ts'
import type { Processes } from './processes.ts'
import { ciliumFolder, programPath } from './programs.ts'
import { until } from './until.ts'

export const nodeName = 'node-1'
/** Inside the bed's mount namespace, where /run is its own. */
const containerdSocket = '/run/containerd/containerd.sock'
const cniFolders = ['/usr/lib/cni', '/opt/cni/bin']

/**
 * Each pod on a wire of its own to the node ("ptp"), which routes: then service addresses work between pods of the one
 * node, which on a bridge they only do where the kernel has br_netfilter.
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

/** The plugin waits for the agent by itself. */
const ciliumNetwork = { cniVersion: '0.3.1', name: 'cilium', plugins: [{ type: 'cilium-cni' }] }

// restrict_oom_score_adj: without CAP_SYS_RESOURCE the sandbox's -998 is refused, and runc dies with
// "can't get final child's PID from pipe".
const containerdToml = (places: Places, pluginFolders: readonly string[]): string => `version = 3
root = ${JSON.stringify(places.containerd)}
state = "/run/containerd"
[grpc]
  address = "${containerdSocket}"
[plugins.'io.containerd.cri.v1.runtime']
  restrict_oom_score_adj = true
  [plugins.'io.containerd.cri.v1.runtime'.cni]
    bin_dirs = ${JSON.stringify(pluginFolders)}
    conf_dir = ${JSON.stringify(places.cni)}
[plugins.'io.containerd.cri.v1.images'.pinned_images]
  sandbox = "${baseTags.pause}"
`

const kubeletYaml = (places: Places, addresses: Addresses, cgroup: string): string =>
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
    resolvConf: join(places.folder, 'resolv.conf'),
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: join(places.certificates, 'ca.crt') },
    },
    containerRuntimeEndpoint: `unix://${containerdSocket}`,
    evictionHard: { 'memory.available': '100Mi', 'nodefs.available': '0%', 'imagefs.available': '0%' },
    imageGCHighThresholdPercent: 100,
    tlsCertFile: join(places.certificates, 'kubelet.crt'),
    tlsPrivateKeyFile: join(places.certificates, 'kubelet.key'),
    // Pods' secrets and config maps follow a change at once rather than within a minute.
    syncFrequency: '5s',
    fileCheckFrequency: '5s',
    maxPods: 200,
  })

// Generous: a machine that runs several beds and their tests at once is slow.
const startLimitMs = 180_000

const inside = ({ init }: Namespaces): string[] => ['-t', String(init.pid), '-m', '-n', '-p', '--']

/** Runs containerd's client inside the bed. */
export const ctr = async (namespaces: Namespaces, args: readonly string[], signal: AbortSignal): Promise<string> => {
  const client = [programPath('ctr'), '-a', containerdSocket, '-n', 'k8s.io', ...args]
  const { code, stdout, stderr } = await run('nsenter', [...inside(namespaces), ...client], { signal })
  if (code !== 0) throw new BedProblem(`ctr ${args.join(' ')} failed: ${stderr.trim().slice(-500)}`)
  return stdout
}

/** Starts containerd; returns once it answers. Needs nothing of the control plane. */
export const startContainerd = async (
  places: Places,
  network: Network,
  namespaces: Namespaces,
  processes: Processes,
  signal: AbortSignal,
): Promise<void> => {
  await mkdir(places.cni, { recursive: true })
  // There from the start: containerd does not notice one that appears later.
  const conflist = { bridge: networkOf(namespaces.addresses), cilium: ciliumNetwork, none: undefined }[network]
  if (conflist) await writeFile(join(places.cni, '10-bed.conflist'), JSON.stringify(conflist))
  const config = join(places.folder, 'containerd.toml')
  const pluginFolders = network === 'cilium' ? [...cniFolders, ciliumFolder()] : cniFolders
  await writeFile(config, containerdToml(places, pluginFolders))
  const shims = dirname(programPath('containerd-shim-runc-v2'))
  const path = `${shims}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`
  processes.start({ name: 'containerd', program: programPath('containerd'), args: ['-c', config], env: { PATH: path } })
  await until('An answer of containerd', () => ctr(namespaces, ['version'], signal), startLimitMs, signal)
}

/** Starts the kubelet and the service rules; returns once the node is ready (without a network: once it is there). */
export const startNode = async (
  places: Places,
  network: Network,
  { addresses }: Namespaces,
  cgroup: string,
  processes: Processes,
  api: Api,
  signal: AbortSignal,
): Promise<void> => {
  const config = join(places.folder, 'kubelet.yaml')
  await writeFile(config, kubeletYaml(places, addresses, cgroup))
  await writeFile(join(places.folder, 'resolv.conf'), `nameserver ${addresses.host}\n`)
  processes.start({
    name: 'kubelet',
    program: programPath('kubelet'),
    args: [
      `--config=${config}`,
      `--kubeconfig=${places.kubeletKubeconfig}`,
      `--hostname-override=${nodeName}`,
      `--node-ip=${addresses.node}`,
    ],
  })
  processes.start({
    name: 'kube-proxy',
    program: programPath('kube-proxy'),
    args: [
      `--kubeconfig=${places.kubeconfig}`,
      '--proxy-mode=iptables',
      `--hostname-override=${nodeName}`,
      `--cluster-cidr=${addresses.clusterNetwork}`,
      // Connection tracking limits belong to the whole machine.
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
    throw new BedProblem(`${error.message}\n${await processes.lastWords('kubelet')}`)
  })
  // What a cloud's controller would hand out; a network of one's own may ask for it.
  await api.patch(path, { spec: { podCIDR: addresses.podNetwork, podCIDRs: [addresses.podNetwork] } }, signal)
}
