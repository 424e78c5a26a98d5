import { connect } from 'node:net'
import { missingPrograms, type ProgramName } from '../../bed/programs.ts'
import { hasMitmproxy } from '../../peers/mitmproxy.ts'
import { hasNetworks } from '../../peers/network.ts'
import { serverPrograms } from '../../peers/peers.ts'
import { findRabbitmq } from '../../peers/rabbitmq.ts'
import { hasSquid } from '../../peers/squid.ts'
import type { Case, Need } from './case.ts'

const hasIpv6 = await new Promise<boolean>((resolve) => {
  const socket = connect({ host: '::1', port: 1 })
  socket.once('error', (error) => resolve('code' in error && error.code === 'ECONNREFUSED'))
  socket.once('connect', () => resolve(true))
})

/** A test does not build them: that takes minutes, or waits for a build of another process. */
const unbuilt = (programs: readonly ProgramName[]): string => {
  const missing = missingPrograms(programs)
  return missing.length === 0 ? '' : `${missing.join(' and ')} not built: \`node scripts/prepare.ts\` builds them`
}

const unmetNeeds: Readonly<Record<Need, string>> = {
  ipv6: hasIpv6 ? '' : 'no IPv6',
  unresponsive: process.platform === 'linux' ? '' : 'Linux alone drops what a full queue cannot take',
  env: process.platform === 'win32' ? 'Windows has no env(1)' : '',
  network: hasNetworks() ? '' : 'networks of its own need root on Linux',
  coredns: unbuilt(['coredns']),
  squid: hasSquid() ? '' : 'Squid is not installed',
  mitmdump: hasMitmproxy() ? '' : 'mitmproxy is not installed',
  servers: unbuilt(serverPrograms),
  rabbitmq: findRabbitmq() === undefined ? 'RabbitMQ is not installed' : '',
}

/** Why this machine cannot run a case, for the test's name; empty where it can. */
export function missingNeeds({ needs }: Pick<Case, 'needs'>): string {
  const missing = needs.map((need) => unmetNeeds[need]).filter((why) => why !== '')
  return missing.length === 0 ? '' : ` (${missing.join(', ')})`
}
