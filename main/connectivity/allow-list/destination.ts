import type { Verdict } from '../../../preload/contract/words.ts'

/** The result of the last run for a destination. */
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
  /** The endpoint's id; for a further host of it: ENDPOINT/HOST. */
  readonly id: string
  readonly component: string
  readonly componentTitle: string
  readonly title: string
  /**
   * `row`: an endpoint. `companion`: a host that the endpoint also needs. `discovered`: a response in the last run names
   * it. `nodes`: a host that every node needs.
   */
  readonly kind: 'row' | 'companion' | 'discovered' | 'nodes'
  readonly why: string
  /** The client, as text. */
  readonly source: string
  readonly direction: string
  readonly scope: string
  /** A lower-case name or an address; empty: unknown. */
  readonly host: string
  /** Why `host` is empty, and what to do; empty if the host is known. */
  readonly unresolvedReason: string
  readonly port: number
  readonly transport: 'tcp' | 'udp' | 'tcp+udp'
  readonly protocol: string
  readonly tls: boolean
  readonly inspection: 'never' | 'with-ca'
  /** The component uses proxy settings. */
  readonly honoursProxy: boolean
  /** The proxy of the connection; undefined: direct. */
  readonly proxy: ProxyPlace | undefined
  readonly required: boolean
  /** CIDR ranges that the vendor publishes. */
  readonly addressRanges: readonly string[]
  readonly evidence: readonly Evidence[]
  /** For readers; can be empty. */
  readonly note: string
}

export interface ProxyPlace {
  readonly host: string
  readonly port: number
}

/** The pods that a policy selects. */
export interface Workload {
  readonly component: string
  readonly componentTitle: string
  readonly kind: string
  readonly name: string
  /** Empty: unknown. */
  readonly namespace: string
  /** Labels that select only its pods; undefined: unknown. Never empty. */
  readonly labels: Readonly<Record<string, string>> | undefined
  /** Services that belong to the same component. */
  readonly services: readonly { readonly namespace: string; readonly name: string }[]
  /** Its pods use the host network: policies for pods do not apply. */
  readonly hostNetwork: boolean
}

/** The pods of a Service that an endpoint uses. A policy applies to the pods, not to the Service. */
export interface Backend {
  readonly selector: Readonly<Record<string, string>>
  readonly ports: readonly number[]
}

export interface ApiServer {
  readonly address: string
  readonly port: number
}

/** The content of an allow-list, before rendering. */
export interface AllowListSubject {
  /** Of the plane, the profile or the endpoint list file. */
  readonly title: string
  readonly version: string
  readonly madeAt: string
  /** Start of the last run; empty: there was none. */
  readonly checkedAt: string
  readonly destinations: readonly Destination[]
  readonly workloads: readonly Workload[]
  /** By host of the endpoint, if the cluster was read. */
  readonly backends: Readonly<Record<string, Backend>>
  /** Addresses of the API server: its Service and the endpoints behind it; empty: unknown. */
  readonly apiServers: readonly ApiServer[]
}

const isOutbound = ({ direction }: Destination): boolean => direction === 'outbound'
/** Its host is known, so that it gets a rule. */
export const isKnown = (each: Destination): boolean => isOutbound(each) && each.host !== ''
/** Its host is unknown, so that it gets no rule yet. */
export const isUnresolved = (each: Destination): boolean => isOutbound(each) && each.host === ''
/** One address as a range. */
export const hostCidr = (address: string): string => `${address}/${address.includes(':') ? 128 : 32}`
