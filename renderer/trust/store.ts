import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Context } from '../../preload/contract/clusters.ts'
import type { ProblemReport } from '../../preload/contract/problem.ts'
import type { Consent, Grant, ProgramConsent } from '../../preload/contract/trust.ts'
import type { Client } from '../lib/client.ts'
import { attempt } from '../lib/outcome.ts'

/** Does the user have to allow something before the credentials of this context are used? */
export const needsConsent = (context: Context | undefined): boolean => context?.consent?.given === false

/** What the user is asked to allow. */
export interface ConsentQuestion {
  readonly context: Context
  readonly consent: Consent
  /** What the context demands changed after it was shown. */
  readonly changed: boolean
  readonly retry: (() => void) | undefined
}

/** What the user selects in addition. */
interface ConsentOptions {
  /** The known credential programs of all contexts of the kubeconfig. */
  readonly wholeFile: boolean
  /** Names of variables of this computer. */
  readonly variables: readonly string[]
}

export interface TrustState {
  /** Newest first; undefined until loaded. */
  readonly grants: readonly Grant[] | undefined
  readonly problem: ProblemReport | undefined
  readonly question: ConsentQuestion | undefined
  load(): Promise<void>
  /**
   * Asks what the context demands by now. Without a demand that is not allowed yet, what was waiting continues; `retry`
   * repeats the action that needed the consent.
   */
  review(contextId: string, retry?: () => void): Promise<void>
  /** Allows nothing. */
  cancel(): void
  /** Allows what the question shows. If that has changed, the question shows the change instead. */
  allow(options: ConsentOptions): Promise<ProblemReport | undefined>
  revoke(id: string): Promise<ProblemReport | undefined>
  /** The helm on the PATH; undefined until loaded, and where there is none that may be allowed: `helmProblem` says why. */
  readonly helm: ProgramConsent | undefined
  readonly helmProblem: ProblemReport | undefined
  loadHelm(): Promise<void>
  /** Allows the helm that was shown. If it has changed, shows the change instead. */
  allowHelm(consentId: string): Promise<ProblemReport | undefined>
}

export type TrustStore = StoreApi<TrustState>

export interface TrustPorts {
  /** Continues what waited for the consent. */
  readonly onAllowed: () => void
  readonly onProblem: (problem: ProblemReport) => void
}

export const createTrustStore = (
  client: Pick<Client, 'trust' | 'clusters'>,
  { onAllowed, onProblem }: TrustPorts,
): TrustStore =>
  createStore<TrustState>()((set, get) => {
    /** Reads the contexts again, so that the question shows what they demand now. */
    async function ask(contextId: string, changed: boolean, retry: (() => void) | undefined): Promise<void> {
      const listed = await attempt(() => client.clusters.contexts())
      if (!listed.ok) return onProblem(listed.problem)
      const context = listed.value.contexts.find(({ id }) => id === contextId)
      const consent = context?.consent
      if (context !== undefined && consent?.given === false)
        return set({ question: { context, consent, changed, retry } })
      proceed(retry)
    }

    function proceed(retry: (() => void) | undefined): void {
      set({ question: undefined })
      onAllowed()
      retry?.()
    }

    return {
      grants: undefined,
      problem: undefined,
      question: undefined,
      async load() {
        const listed = await attempt(() => client.trust.list())
        if (!listed.ok) return set({ problem: listed.problem })
        set({ grants: listed.value.toSorted((left, right) => right.at.localeCompare(left.at)), problem: undefined })
      },
      review: (contextId, retry) => ask(contextId, false, retry),
      cancel: () => set({ question: undefined }),
      async allow({ wholeFile, variables }) {
        const { question } = get()
        if (question === undefined) return undefined
        const { context, consent, retry } = question
        const input = { contextId: context.id, consentId: consent.id, wholeFile, variables: [...variables] }
        const allowed = await attempt(() => client.clusters.allow(input))
        if (get().question !== question) return undefined
        if (!allowed.ok && allowed.problem.code !== 'CONSENT_STALE') return allowed.problem
        if (!allowed.ok) await ask(context.id, true, retry)
        else {
          proceed(retry)
          await get().load()
        }
        return undefined
      },
      async revoke(id) {
        const revoked = await attempt(() => client.trust.revoke({ id }))
        await get().load()
        if (get().helm !== undefined) await get().loadHelm()
        return revoked.ok ? undefined : revoked.problem
      },
      helm: undefined,
      helmProblem: undefined,
      async loadHelm() {
        const read = await attempt(() => client.trust.helm())
        set(read.ok ? { helm: read.value, helmProblem: undefined } : { helm: undefined, helmProblem: read.problem })
      },
      async allowHelm(consentId) {
        const allowed = await attempt(() => client.trust.allowHelm({ consentId }))
        await Promise.all([get().loadHelm(), get().load()])
        return allowed.ok ? undefined : allowed.problem
      },
    }
  })
