import { addressKind, authority } from '../addresses.ts'
import type { Attempt, DialOutcome, Facts, TcpFacts } from '../facts.ts'
import type { Target } from '../target.ts'
import { type Detector, detect, type Judgement, passed, skipped } from './detector.ts'
import { misleadingDns } from './dns.ts'

const describeAttempt = ({ address, outcome, code, ms }: Attempt, port: number): string =>
  `${authority(address, port)} ${outcome}${code === '' ? '' : ` (${code})`} after ${ms} ms`

/** Each address that was tried and its outcome; empty when none was. */
export const describeAttempts = (tcp: TcpFacts | undefined): string =>
  tcp === undefined ? '' : tcp.attempts.map((attempt) => describeAttempt(attempt, tcp.port)).join('; ')

/** A detector for connections that failed, with at least one attempt of these outcomes. */
const failedWith = (cause: Detector['cause'], ...outcomes: readonly DialOutcome[]): Detector => ({
  cause,
  match: ({ tcp }) => {
    if (tcp === undefined || tcp.connected !== undefined) return undefined
    return tcp.attempts.some(({ outcome }) => outcomes.includes(outcome)) ? describeAttempts(tcp) : undefined
  },
})

/** A response is stronger evidence than a timeout, and a timeout than a family that this machine does not have. */
const tcpDetectors: readonly Detector[] = [
  failedWith('local.sockets', 'no-sockets'),
  failedWith('tcp.refused', 'refused'),
  failedWith('tcp.reset', 'reset'),
  failedWith('tcp.timeout', 'timeout'),
  failedWith('tcp.unreachable', 'unreachable', 'no-route', 'error'),
]

const tcpWarnings: readonly Detector[] = [
  {
    cause: 'flaky',
    match: ({ tcp }) =>
      tcp?.earlierFailure === undefined
        ? undefined
        : `the first of 2 connections failed: ${tcp.earlierFailure}; this is the second`,
  },
  {
    cause: 'ipv6.black-hole',
    match: ({ tcp, proxyName }) => {
      if (tcp?.connected?.family !== 4 || proxyName !== undefined) return undefined
      const ipv6 = tcp.attempts.filter(({ family, address }) => family === 6 && addressKind(address) !== 'unspecified')
      const timedOut = ipv6.length > 0 && ipv6.every(({ outcome }) => outcome === 'timeout')
      return timedOut
        ? `${ipv6.map((attempt) => describeAttempt(attempt, tcp.port)).join('; ')}, while IPv4 connects`
        : undefined
    },
  },
]

export function judgeTcp(facts: Facts, target: Target): Judgement {
  const { tcp } = facts
  if (tcp === undefined) return skipped('not tried')
  const failure = detect(tcpDetectors, facts, target)
  if (failure !== undefined) return failure.verdict === 'unknown' ? failure : (misleadingDns(facts, 'tcp') ?? failure)
  const warning = detect(tcpWarnings, facts, target)
  const { connected } = tcp
  const message = `connected to ${authority(connected?.address ?? '', tcp.port)} from ${connected?.localAddress}; ${describeAttempts(tcp)}`
  return warning === undefined ? passed(message) : { ...warning, message: `${warning.message}; ${message}` }
}
