import type { Stage } from '../../../preload/contract/connectivity.ts'
import type { Verdict } from '../../../preload/contract/words.ts'
import type { Facts } from './facts.ts'
import { detect, type Judgement, passed, withCause } from './judge/detector.ts'
import { addressesIn, dnsWarnings, judgeDns } from './judge/dns.ts'
import { judgeIdentity } from './judge/identity.ts'
import { judgeProxy } from './judge/proxy.ts'
import { judgeTcp } from './judge/tcp.ts'
import { judgeTls } from './judge/tls.ts'
import type { Target } from './target.ts'

/** The stages that use the network, in their order. */
export const probedStages = ['dns', 'tcp', 'proxy', 'tls', 'identity'] as const satisfies readonly Stage[]
export type ProbedStage = (typeof probedStages)[number]

const judges = {
  dns: judgeDns,
  tcp: judgeTcp,
  proxy: judgeProxy,
  tls: judgeTls,
  identity: judgeIdentity,
} satisfies Record<ProbedStage, (facts: Facts, target: Target) => Judgement>

/** The judgement of one stage, given the stages before it. Pure. */
export function judgeStage(stage: ProbedStage, facts: Facts, target: Target): Judgement {
  const judgement = judgeRoute(stage, facts, target)
  const starvation = facts.starved?.[stage]
  if (starvation === undefined || !isMissingAnswer(judgement, facts)) return judgement
  const { message, details } = judgement
  // A warning about a missing answer is no finding about a connection that works.
  if (judgement.verdict === 'warn') return { ...passed(message), ...(details === undefined ? {} : { details }) }
  const { ms, lostMs } = starvation
  return withCause(
    'local.starved',
    `the probe did not run for ${Math.round(lostMs)} of ${Math.round(ms)} ms, so a missing answer proves nothing: ${message}`,
  )
}

/** Causes that mean that something did not come in time, as opposed to an answer that shows a fault. */
const missingAnswers: ReadonlySet<string> = new Set([
  'dns.timeout',
  'tcp.timeout',
  'ipv6.black-hole',
  'proxy.unreachable',
  'tls.stalled',
  'mtu.black-hole',
  'identity.silent',
  'idle.cut',
])
const isMissingAnswer = ({ cause }: Judgement, { proxy }: Facts): boolean =>
  missingAnswers.has(cause) || (cause === 'proxy.upstream' && proxy?.kind === 'timeout')

/** A proxy that fails although NO_PROXY seems to exempt the host: the setting is the cause. */
function judgeRoute(stage: ProbedStage, facts: Facts, target: Target): Judgement {
  const judgement = judgeAnswers(stage, facts, target)
  const { noProxyRange, noProxyMiss } = facts
  const isOfProxy = judgement.verdict === 'fail' && judgement.cause.startsWith('proxy.')
  if (noProxyMiss !== undefined && isOfProxy)
    return withCause(
      'proxy.no-proxy',
      `NO_PROXY has "${noProxyMiss.entry}", which ${noProxyMiss.why}; ${judgement.message}`,
    )
  if (noProxyRange === undefined || !isOfProxy) return judgement
  const addresses = addressesIn(facts.direct?.dns).join(', ')
  return withCause(
    'proxy.no-proxy',
    `NO_PROXY has ${noProxyRange} for ${addresses}, and programs apply it to hosts written as addresses only, not to ${target.host}; ${judgement.message}`,
  )
}

/** The judgement of a stage whose process ran all the time. */
function judgeAnswers(stage: ProbedStage, facts: Facts, target: Target): Judgement {
  const judgement = judges[stage](facts, target)
  if (judgement.verdict !== 'fail') return judgement
  if ((stage === 'dns' || stage === 'tcp') && facts.proxyName !== undefined) {
    return withCause('proxy.unreachable', `${facts.proxyName}: ${judgement.message}`)
  }
  if (facts.proxyWouldReach?.reached === true && (stage === 'dns' || stage === 'tcp')) {
    if (facts.proxyWouldReach.unused === 'unset')
      return withCause(
        'proxy.unset',
        `${facts.proxyWouldReach.name} of HTTP_PROXY reaches it, and HTTPS_PROXY is not set; directly: ${judgement.message}`,
      )
    return withCause(
      'proxy.ignored',
      `${facts.proxyWouldReach.name} reaches it, and this component does not use that proxy; directly: ${judgement.message}`,
    )
  }
  return judgement
}

/** The one cause of an endpoint: its first failure, else its first warning, else the cause of a pass. Pure. */
export function judge(facts: Facts, target: Target): Pick<Judgement, 'verdict' | 'cause'> {
  const stages = probedStages.map((stage) => judgeStage(stage, facts, target))
  const first = (verdict: Verdict): Judgement | undefined =>
    stages.find((stage) => stage.verdict === verdict && stage.cause !== '')
  const decisive =
    first('fail') ?? first('unknown') ?? first('warn') ?? detect(dnsWarnings, facts, target) ?? first('pass')
  return decisive ?? { verdict: facts.identity === undefined ? 'unknown' : 'pass', cause: '' }
}
