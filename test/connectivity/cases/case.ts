import { type Cause, causes } from '../../../main/connectivity/probe/causes.ts'
import type { Issued } from '../../peers/authority.ts'

/** Fields of an endpoint in a list. Default: an HTTPS row at `far.hangar.test` that trusts the test authority. */
export type EndpointFields = Readonly<Record<string, unknown>>

/** The servers of a case, and the endpoint that connects to them. */
export interface Setup {
  readonly row: EndpointFields
  /** Address of the DNS server. Default: one that resolves the server's name. `system`: that of the case's network. */
  readonly resolver?: string
  /** The environment of the component: proxy settings. */
  readonly env?: Readonly<Record<string, string>>
  /** The stored credential of the endpoint's `clientCertificate`; absent: none. */
  readonly credential?: Issued
  /** The command that starts the check in the network of the case, or under its limits. */
  readonly inside?: readonly string[]
  /** How long long-lived connections are held idle, in seconds. */
  readonly holdSeconds?: number
  /** The number of files that the check can open; only where it runs as a program (`inside`). */
  readonly filesLeft?: number
}

/** What a case needs of the machine beyond Node. */
export type Need =
  | 'ipv6'
  | 'unresponsive'
  | 'env'
  | 'network'
  | 'coredns'
  | 'squid'
  | 'mitmdump'
  | 'rabbitmq'
  | 'servers'

/** One situation, and the verdict that a check must give. */
export interface Case {
  /** The situation, as a noun phrase. */
  readonly name: string
  /** `verdict cause`. */
  readonly expected: string
  /** Empty: the check passes. */
  readonly cause: Cause | ''
  /** Causes that the case resembles and must not be reported as. */
  readonly near: readonly Cause[]
  /** Whether the component would work in this situation, which the benchmark compares the verdict with. */
  readonly works: boolean
  readonly needs: readonly Need[]
  readonly setUp: () => Promise<Setup>
}

interface More {
  readonly near?: readonly Cause[]
  readonly works?: boolean
  readonly needs?: readonly Need[]
}

/** A case that has a cause. Whether the component works follows from the cause's verdict, unless the case says otherwise. */
export function fault(cause: Cause, name: string, setUp: Case['setUp'], more: More = {}): Case {
  const { verdict } = causes[cause]
  const works = verdict === 'pass' || verdict === 'warn'
  return { name, expected: `${verdict} ${cause}`, cause, near: [], works, needs: [], setUp, ...more }
}

/** A case that resembles some causes and passes. */
export function fine(near: readonly Cause[], name: string, setUp: Case['setUp'], more: More = {}): Case {
  return { name, expected: 'pass', cause: '', near, works: true, needs: [], setUp, ...more }
}

const light: readonly Need[] = ['ipv6', 'unresponsive', 'env']

/** Whether it starts programs or its own network, which take seconds of processor time each. */
export const isHeavy = ({ needs }: Case): boolean => needs.some((need) => !light.includes(need))
