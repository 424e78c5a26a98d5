import { connect } from 'node:net'
import { missingPrograms } from '../../bed/programs.ts'
import { hasMitmproxy } from '../../peers/mitmproxy.ts'
import { hasNetworks } from '../../peers/network.ts'
import { findRabbitmq } from '../../peers/rabbitmq.ts'
import { hasSquid } from '../../peers/squid.ts'
import type { Case, Need } from './case.ts'

const hasIpv6 = await new Promise<boolean>((resolve) => {
  const socket = connect({ host: '::1', port: 1 })
  socket.once('error', (error) => resolve('code' in error && error.code === 'ECONNREFUSED'))
  socket.once('connect', () => resolve(true))
})

const unmetNeeds: Readonly<Record<Need, string>> = {
  ipv6: hasIpv6 ? '' : 'no IPv6',
  unresponsive: process.platform === 'linux' ? '' : 'Linux alone drops what a full queue cannot take',
  env: process.platform === 'win32' ? 'Windows has no env(1)' : '',
  network: hasNetworks() ? '' : 'networks of its own need root on Linux',
  coredns: missingPrograms(['coredns']).length === 0 ? '' : 'CoreDNS is not built: `npm run bed -- up` builds it',
  squid: hasSquid() ? '' : 'Squid is not installed',
  mitmdump: hasMitmproxy() ? '' : 'mitmproxy is not installed',
  rabbitmq: findRabbitmq() === undefined ? 'RabbitMQ is not installed' : '',
}

/** Why this machine cannot run a case, for the test's name; empty where it can. */
export function missingNeeds({ needs }: Pick<Case, 'needs'>): string {
  const missing = needs.map((need) => unmetNeeds[need]).filter((why) => why !== '')
  return missing.length === 0 ? '' : ` (${missing.join(', ')})`
}
