import type { Result, StageResult, Vantage } from '../../../../preload/contract/connectivity.ts'
import { redact, withoutUserInfo } from '../../../lib/rules/redaction.ts'
import type { ProbePlan } from '../../plan/plan.ts'
import type { ProbeContext, Target } from '../../probe/target.ts'

/** The probe's input, in one file that is mounted beside it. It can hold a client's key. */
export interface Work {
  readonly schemaVersion: 1
  readonly vantage: Vantage
  readonly plans: readonly ProbePlan[]
  readonly context: ProbeContext
}

/** The probe prints one line of JSON for each; other output is ignored. */
export type WorkEvent =
  | { readonly kind: 'begin'; readonly node: string }
  | { readonly kind: 'stage'; readonly endpoint: string; readonly stage: StageResult }
  | { readonly kind: 'result'; readonly result: Result }
  /** Why the probe could not run. */
  | { readonly kind: 'fault'; readonly message: string }
  | { readonly kind: 'end' }

export type WorkLine = WorkEvent & { readonly schemaVersion: 1 }

export const holdsSecretPath = ({ path = '' }: Target): boolean => redact(path) !== path

/** Whether it holds a key, a credential, a proxy's password or a secret in a path, which must be in a Secret. */
export function holdsSecret({ plans, context }: Work): boolean {
  const { httpsProxy, httpProxy } = context.proxies
  const targets = plans.flatMap(({ target, companions }) => [target, ...companions.map((each) => each.target)])
  const isSecret = ({ clientCertificate, credential }: Target): boolean =>
    (clientCertificate ?? credential) !== undefined
  return (
    targets.some((target) => isSecret(target) || holdsSecretPath(target)) ||
    [httpsProxy, httpProxy].some((proxy) => proxy.includes('@'))
  )
}

/** The same without its secrets, for display and export. */
export function withoutSecrets({ plans, context, ...rest }: Work): Work {
  const strip = ({ clientCertificate, clientCertificateMissing, path, ...target }: Target): Target => ({
    ...target,
    path: path === undefined ? undefined : redact(path),
    clientCertificate: undefined,
    clientCertificateMissing: clientCertificateMissing || clientCertificate !== undefined,
    credential: undefined,
  })
  const { httpsProxy, httpProxy, noProxy } = context.proxies
  return {
    ...rest,
    plans: plans.map((plan) => ({
      ...plan,
      target: strip(plan.target),
      companions: plan.companions.map((companion) => ({ ...companion, target: strip(companion.target) })),
    })),
    context: {
      ...context,
      proxies: { httpsProxy: withoutUserInfo(httpsProxy), httpProxy: withoutUserInfo(httpProxy), noProxy },
    },
  }
}
