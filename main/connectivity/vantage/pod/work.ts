import type { Result, StageResult, Vantage } from '../../../../preload/contract/connectivity.ts'
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

/** Whether it holds a key or a proxy's password, which must be in a Secret. */
export function holdsSecret({ plans, context }: Work): boolean {
  const { httpsProxy, httpProxy } = context.proxies
  return (
    plans.some(({ target }) => target.clientCertificate !== undefined) ||
    [httpsProxy, httpProxy].some((proxy) => proxy.includes('@'))
  )
}

/** The same without its secrets, for display and export. */
export function withoutSecrets({ plans, context, ...rest }: Work): Work {
  const strip = (target: Target): Target =>
    target.clientCertificate === undefined
      ? target
      : { ...target, clientCertificate: undefined, clientCertificateMissing: true }
  const clean = (proxy: string): string => proxy.replace(/^([a-z0-9.+-]*:\/\/)?[^/]*@/i, '$1')
  const { httpsProxy, httpProxy, noProxy } = context.proxies
  return {
    ...rest,
    plans: plans.map((plan) => ({
      ...plan,
      target: strip(plan.target),
      companions: plan.companions.map((companion) => ({ ...companion, target: strip(companion.target) })),
    })),
    context: { ...context, proxies: { httpsProxy: clean(httpsProxy), httpProxy: clean(httpProxy), noProxy } },
  }
}
