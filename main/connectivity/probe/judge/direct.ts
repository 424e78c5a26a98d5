import type { Facts } from '../facts.ts'
import type { Target } from '../target.ts'
import { judgeDns } from './dns.ts'
import { attemptWords } from './tcp.ts'

/** Behind a proxy: what a stage would have seen of the destination itself, in words. It changes no verdict. Pure. */
export function directWords(stage: 'dns' | 'tcp', { direct }: Facts, target: Target): string {
  const says = stage === 'dns' ? dnsWords(direct, target) : attemptWords(direct?.tcp)
  return says === '' ? '' : `for information, the destination itself without the proxy: ${says}`
}

const dnsWords = (direct: Facts['direct'], target: Target): string =>
  direct?.dns === undefined ? '' : judgeDns({ dns: direct.dns }, target).says
