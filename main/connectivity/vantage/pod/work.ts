import type { Result, StageResult, Vantage } from '../../../../preload/contract/connectivity.ts'
import type { Companion, Plan } from '../../plan/plan.ts'
import type { ProbeContext, Target } from '../../probe/target.ts'

/** An endpoint for a probe that runs elsewhere: plain JSON. */
export interface WorkRow {
  readonly id: string
  readonly target: Target
  readonly companions: readonly Companion[]
}

/** The probe's input, in one file that is mounted beside it. It can hold a client's key. */
export interface Work {
  readonly schemaVersion: 1
  readonly vantage: Vantage
  readonly rows: readonly WorkRow[]
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

/** Undefined for a plan that needs no probe. */
export const workRow = (id: string, plan: Plan): WorkRow | undefined =>
  plan.kind === 'probe' ? { id, target: plan.target, companions: plan.companions } : undefined

/** Whether it holds a key or a proxy's password, which must be in a Secret. */
export function holdsSecret({ rows, context }: Work): boolean {
  const { httpsProxy, httpProxy } = context.proxies
  return (
    rows.some(({ target }) => target.clientCertificate !== undefined) ||
    [httpsProxy, httpProxy].some((proxy) => proxy.includes('@'))
  )
}

/** The same without its secrets, for display and export. */
export function withoutSecrets({ rows, context, ...rest }: Work): Work {
  const strip = (target: Target): Target =>
    target.clientCertificate === undefined
      ? target
      : { ...target, clientCertificate: undefined, clientCertificateMissing: true }
  const clean = (proxy: string): string => proxy.replace(/^([a-z0-9.+-]*:\/\/)?[^/]*@/i, '$1')
  const { httpsProxy, httpProxy, noProxy } = context.proxies
  return {
    ...rest,
    rows: rows.map((row) => ({
      ...row,
      target: strip(row.target),
      companions: row.companions.map((companion) => ({ ...companion, target: strip(companion.target) })),
    })),
    context: { ...context, proxies: { httpsProxy: clean(httpsProxy), httpProxy: clean(httpProxy), noProxy } },
  }
}
