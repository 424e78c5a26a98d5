import type { Stage } from '../../../preload/contract/connectivity.ts'
import type { Verdict } from '../../../preload/contract/words.ts'
import type { Facts } from './facts.ts'
import { detect, type Judgement, withCause } from './judge/detector.ts'
import { dnsWarnings, judgeDns } from './judge/dns.ts'
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
  const judgement = judges[stage](facts, target)
  if (judgement.verdict !== 'fail') return judgement
  if ((stage === 'dns' || stage === 'tcp') && facts.proxyName !== undefined) {
    return withCause('proxy.unreachable', `${facts.proxyName}: ${judgement.message}`)
  }
  if (facts.proxyWouldReach?.reached === true && (stage === 'dns' || stage === 'tcp')) {
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
