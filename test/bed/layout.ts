import { join } from 'node:path'
import { cacheRoot } from '../../scripts/build-programs.ts'

/** Each bed on a machine has a slot, from which all addresses and names that must be unique are derived. */
export type Addresses = {
  readonly slot: number
  /** The node: API server, kubelet and node ports. */
  readonly node: string
  /** This computer, as pods and the node see it. */
  readonly host: string
  readonly nodeNetwork: string
  readonly serviceNetwork: string
  /** The `kubernetes` service: always the first of the service network. */
  readonly apiService: string
  readonly dnsService: string
  /** Of all pods; the real node's are in `podNetwork`, those of simulated nodes in `simulatedNetwork`. */
  readonly clusterNetwork: string
  readonly podNetwork: string
  readonly simulatedNetwork: string
  /** At most 15 characters (IFNAMSIZ). */
  readonly hostInterface: string
}

export const slotCount = 100
const firstSecondByte = 100

export const addressesOf = (slot: number): Addresses => {
  const net = `10.${firstSecondByte + slot}`
  return {
    slot,
    node: `${net}.0.1`,
    host: `${net}.0.2`,
    nodeNetwork: `${net}.0.0/24`,
    serviceNetwork: `${net}.16.0/20`,
    apiService: `${net}.16.1`,
    dnsService: `${net}.16.10`,
    clusterNetwork: `${net}.128.0/17`,
    podNetwork: `${net}.128.0/24`,
    simulatedNetwork: `${net}.192.1/18`,
    hostInterface: `hangar${slot}`,
  }
}

export const bedsFolder = (): string => join(cacheRoot(), 'beds')

/** Outside the bed's folder, which is removed when a start fails: then this log is needed. */
export const supervisorLog = (name: string): string => join(bedsFolder(), `${name}.log`)

/** A bed's cgroup, relative to the root of each hierarchy: unique, also among beds that have ended. */
export const cgroupOf = (name: string, supervisorPid: number): string => `hangar-${name}-${supervisorPid}`

export type BedPaths = ReturnType<typeof bedPaths>

/** The files and folders of a bed. */
export const bedPaths = (name: string) => {
  const folder = join(bedsFolder(), name)
  return {
    folder,
    record: join(folder, 'bed.json'),
    control: join(folder, 'control.sock'),
    certificates: join(folder, 'certificates'),
    kubeconfig: join(folder, 'kubeconfig'),
    kubeletKubeconfig: join(folder, 'kubelet.kubeconfig'),
    logs: join(folder, 'logs'),
    etcd: join(folder, 'etcd'),
    /** Mounted at /var/lib and /var/log in the bed's mount namespace. */
    varLib: join(folder, 'var-lib'),
    varLog: join(folder, 'var-log'),
    containerd: join(folder, 'containerd'),
    cni: join(folder, 'cni'),
    /** containerd reads `HOST:PORT/hosts.toml` in it before it pulls. */
    registries: join(folder, 'registries'),
    volumes: join(folder, 'volumes'),
    hosts: join(folder, 'hosts'),
  }
}

/** A bed's name is also a folder name and a host name. */
export const isBedName = (name: string): boolean => /^[a-z0-9]([a-z0-9-]{0,28}[a-z0-9])?$/.test(name)
