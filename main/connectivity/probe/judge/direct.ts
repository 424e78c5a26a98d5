import type { Facts } from '../facts.ts'
import type { Target } from '../target.ts'
import { judgeDns } from './dns.ts'
import { describeAttempts } from './tcp.ts'

/** Behind a proxy: the result of a stage without the proxy, for information. It never changes a verdict. Pure. */
export function describeDirect(stage: 'dns' | 'tcp', { direct }: Facts, target: Target): string {
  const message = stage === 'dns' ? describeDns(direct, target) : describeAttempts(direct?.tcp)
  return message === '' ? '' : `for information, without the proxy: ${message}`
}

const describeDns = (direct: Facts['direct'], target: Target): string =>
  direct?.dns === undefined ? '' : judgeDns({ dns: direct.dns }, target).message
