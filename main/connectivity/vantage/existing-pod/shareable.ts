import type { UnprobedPlan } from '../../plan/plan.ts'
import { proxyFor } from '../../probe/proxy/proxy-choice.ts'
import type { ProxyEnvironment, Target } from '../../probe/target.ts'
import { holdsSecretPath, type Work, withoutSecrets } from '../pod/work.ts'

/** Who can exec into a pod, or writes its image, can read what is sent to it. */
export interface ShareableWork {
  /** Contains no secret. */
  readonly work: Work
  /** Endpoints that a check without their secret would describe wrongly. */
  readonly withheld: readonly UnprobedPlan[]
}

/** Splits a work into what may be sent to a pod that Hangar did not create, and the rest. Pure. */
export function shareableWork(work: Work): ShareableWork {
  const { proxies } = work.context
  const checked = work.plans.map((plan) => {
    const secrets = [plan.target, ...plan.companions.map(({ target }) => target)].map((each) => secretOf(each, proxies))
    return { plan, secret: secrets.find((secret) => secret !== undefined) }
  })
  return {
    work: withoutSecrets({
      ...work,
      plans: checked.filter(({ secret }) => secret === undefined).map(({ plan }) => plan),
    }),
    withheld: checked.flatMap(({ plan: { id }, secret }) =>
      secret === undefined
        ? []
        : [
            {
              kind: 'unknown',
              id,
              cause: 'vantage.limited',
              why: `${secret} is not sent to a pod that Hangar did not create`,
            },
          ],
    ),
  }
}

function secretOf(target: Target, proxies: ProxyEnvironment): string | undefined {
  if (target.clientCertificate !== undefined) return 'its client certificate'
  if (target.credential !== undefined) return 'its credential'
  if (holdsSecretPath(target)) return 'the secret in its path'
  const proxy = proxyFor(target, proxies)
  return proxy.kind === 'proxy' && proxy.login !== undefined ? 'the password of its proxy' : undefined
}
