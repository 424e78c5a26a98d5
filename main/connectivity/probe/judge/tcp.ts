import { addressKind, authority } from '../addresses.ts'
import type { Attempt, DialOutcome, Facts, TcpFacts } from '../facts.ts'
import type { Target } from '../target.ts'
import { type Detector, detect, type Judgement, passed, skipped } from './detector.ts'
import { misleadingDns } from './dns.ts'

const shown = ({ address, outcome, code, ms }: Attempt, port: number): string =>
  `${authority(address, port)} ${outcome}${code === '' ? '' : ` (${code})`} after ${ms} ms`

/** Each address that was tried and how it ended; empty when none was. */
export const describeAttempts = (tcp: TcpFacts | undefined): string =>
  tcp === undefined ? '' : tcp.attempts.map((one) => shown(one, tcp.port)).join('; ')

/** A detector for connections that never came about, with at least one attempt that ended so. */
const ended = (cause: Detector['cause'], ...outcomes: readonly DialOutcome[]): Detector => ({
  cause,
  match: ({ tcp }) => {
    if (tcp === undefined || tcp.connected !== undefined) return undefined
    return tcp.attempts.some(({ outcome }) => outcomes.includes(outcome)) ? describeAttempts(tcp) : undefined
  },
})

/** An answer says more than silence, and silence more than a family that this machine does not have. */
const tcpDetectors: readonly Detector[] = [
  ended('local.sockets', 'no-sockets'),
  ended('tcp.refused', 'refused'),
  ended('tcp.reset', 'reset'),
  ended('tcp.timeout', 'timeout'),
  ended('tcp.unreachable', 'unreachable', 'no-route', 'error'),
]

const tcpWarnings: readonly Detector[] = [
  {
    cause: 'flaky',
    match: ({ tcp }) =>
      tcp?.earlierFailure === undefined
        ? undefined
        : `1 of 2 connections was cut, and this is the second; the first: ${tcp.earlierFailure}`,
  },
  {
    cause: 'ipv6.black-hole',
    match: ({ tcp, proxyName }) => {
      if (tcp?.connected?.family !== 4 || proxyName !== undefined) return undefined
      const six = tcp.attempts.filter(({ family, address }) => family === 6 && addressKind(address) !== 'unspecified')
      const silent = six.length > 0 && six.every(({ outcome }) => outcome === 'timeout')
      return silent ? `${six.map((one) => shown(one, tcp.port)).join('; ')}, while IPv4 connects` : undefined
    },
  },
]

export function judgeTcp(facts: Facts, target: Target): Judgement {
  const { tcp } = facts
  if (tcp === undefined) return skipped('not tried')
  const found = detect(tcpDetectors, facts, target)
  if (found !== undefined) return found.verdict === 'unknown' ? found : (misleadingDns(facts, 'tcp') ?? found)
  const warning = detect(tcpWarnings, facts, target)
  const { connected } = tcp
  const message = `connected to ${authority(connected?.address ?? '', tcp.port)} from ${connected?.localAddress}; ${describeAttempts(tcp)}`
  return warning === undefined ? passed(message) : { ...warning, message: `${warning.message}; ${message}` }
}
