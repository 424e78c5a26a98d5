import type { Verdict } from '../../../preload/contract/words.ts'

/** What the last run saw of a destination. */
export interface Evidence {
  readonly at: string
  /** "computer laptop". */
  readonly from: string
  readonly verdict: Verdict
  readonly cause: string
  readonly addresses: readonly string[]
}

/** A line of an allow-list: one host and port, for one component. */
export interface Destination {
  /** Of the row, and with what it brings along. */
  readonly id: string
  readonly component: string
  readonly componentTitle: string
  readonly title: string
  /**
   * `row`: of the table. `companion`: the row needs it too. `discovered`: an answer of the last run refers to it.
   * `nodes`: what the nodes need whatever they run.
   */
  readonly kind: 'row' | 'companion' | 'discovered' | 'nodes'
  readonly why: string
  /** Who connects, in words. */
  readonly source: string
  readonly direction: string
  readonly scope: string
  /** A name in lower case or an address, nothing else; empty: nobody has said yet. */
  readonly host: string
  /** Where `host` is empty: what to find out. */
  readonly ask: string
  readonly port: number
  readonly transport: 'tcp' | 'udp' | 'tcp+udp'
  readonly protocol: string
  readonly tls: boolean
  readonly inspection: 'never' | 'with-ca'
  /** The component takes proxy settings. */
  readonly honoursProxy: boolean
  /** The proxy that it goes through; undefined: straight. */
  readonly proxy: ProxyPlace | undefined
  readonly required: boolean
  /** CIDR ranges that the vendor gives. */
  readonly addressRanges: readonly string[]
  readonly evidence: readonly Evidence[]
  /** For a reader; may be empty. */
  readonly note: string
}

export interface ProxyPlace {
  readonly host: string
  readonly port: number
}

/** The pods that a policy is for. */
export interface Workload {
  readonly component: string
  readonly componentTitle: string
  readonly kind: string
  readonly name: string
  /** Empty: not known. */
  readonly namespace: string
  /** Labels that select its pods and no others; undefined: not known. Never empty. */
  readonly labels: Readonly<Record<string, string>> | undefined
  /** Services that belong to the same component. */
  readonly services: readonly { readonly namespace: string; readonly name: string }[]
  /** Its pods are in the network of their nodes: no policy for pods reaches them. */
  readonly hostNetwork: boolean
}

/** A Service inside the cluster that a row goes to. A policy sees what is behind it. */
export interface Backend {
  readonly selector: Readonly<Record<string, string>>
  readonly ports: readonly number[]
}

export interface ApiServer {
  readonly address: string
  readonly port: number
}

/** All that an allow-list is made from. */
export interface AllowListSubject {
  /** Of the plane, the profile or the file. */
  readonly title: string
  readonly version: string
  readonly madeAt: string
  /** When the last run began; empty: there was none. */
  readonly checkedAt: string
  readonly destinations: readonly Destination[]
  readonly workloads: readonly Workload[]
  /** By host of the row, where the cluster was asked. */
  readonly backends: Readonly<Record<string, Backend>>
  /** Where the API server is, before and after its Service; empty: not known. */
  readonly apiServers: readonly ApiServer[]
}

const isOutbound = ({ direction }: Destination): boolean => direction === 'outbound'
/** A rule can be made of it. */
export const isKnown = (each: Destination): boolean => isOutbound(each) && each.host !== ''
/** Somebody has to say first what it is. */
export const isUnresolved = (each: Destination): boolean => isOutbound(each) && each.host === ''
/** One address as a range. */
export const hostCidr = (address: string): string => `${address}/${address.includes(':') ? 128 : 32}`
