import type { Result, StageResult, Vantage } from '../../../../preload/contract/connectivity.ts'
import type { Companion, Plan } from '../../plan/plan.ts'
import type { ProbeContext, Target } from '../../probe/target.ts'

/** A row that a probe elsewhere is to ask: plain JSON. */
export interface WorkRow {
  readonly id: string
  readonly target: Target
  readonly companions: readonly Companion[]
}

/** All that the probe is told, in one file that is mounted beside it. It may hold a client's key. */
export interface Work {
  readonly schemaVersion: 1
  readonly vantage: Vantage
  readonly rows: readonly WorkRow[]
  readonly context: ProbeContext
}

/** What the probe prints, a line each; nothing else of its output is read. */
export type WorkEvent =
  | { readonly kind: 'begin'; readonly node: string }
  | { readonly kind: 'stage'; readonly endpoint: string; readonly stage: StageResult }
  | { readonly kind: 'result'; readonly result: Result }
  /** Why it could not do its work. */
  | { readonly kind: 'fault'; readonly says: string }
  | { readonly kind: 'end' }

export type WorkLine = WorkEvent & { readonly schemaVersion: 1 }

/** The part of a plan that is asked for from elsewhere; what is settled without asking stays here. */
export const workRow = (id: string, plan: Plan): WorkRow | undefined =>
  plan.kind === 'probe' ? { id, target: plan.target, companions: plan.companions } : undefined

/** Whether it holds what only a Secret may hold: a key, or a password for a proxy. */
export function holdsSecret({ rows, context }: Work): boolean {
  const { httpsProxy, httpProxy } = context.proxies
  return (
    rows.some(({ target }) => target.clientCertificate !== undefined) ||
    [httpsProxy, httpProxy].some((proxy) => proxy.includes('@'))
  )
}

/** The same without its secrets, to be shown and handed on. */
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
