import { createHash } from 'node:crypto'
import { Problem } from '../../preload/contract/problem.ts'
import type { Consent, ConsentAnswer, Grant } from '../../preload/contract/trust.ts'
import { type Demand, demandsOf, type Permit, refuseWithoutConsent } from '../lib/kubernetes/consent.ts'
import type { UsableContext } from './kubeconfigs.ts'

/** The remembered decisions. */
interface GrantStore {
  list(): Promise<readonly Grant[]>
  add(grant: Grant): Promise<void>
}

export interface ConsentOptions {
  readonly grants: GrantStore
  /** Kubeconfig files that the command line trusts (`--trust-exec`), absolute. */
  readonly trustedFiles?: readonly string[] | undefined
  /** Asks the user in a terminal. Absent: a call that needs consent fails with CONSENT_NEEDED. */
  readonly ask?: ((contextName: string, consent: Consent, signal: AbortSignal) => Promise<ConsentAnswer>) | undefined
}

/** What the user allows of a consent that was shown. */
export interface Allowance {
  readonly consentId: string
  /** Also other contexts of the file, as far as they use known programs. */
  readonly wholeFile: boolean
  /** Names of additional variables, of those that were offered. */
  readonly variables: readonly string[]
}

/** What a context demands, and what of it the user has allowed. */
export interface Decision {
  /** Undefined: the context demands nothing that the user has to allow. */
  readonly consent?: Consent
  readonly permit: Permit
}

interface Source {
  /** The file that defines the user entry. */
  readonly file: string
  /** Of KUBECONFIG or ~/.kube/config, which kubectl uses without a question. */
  readonly isOwn: boolean
}

/**
 * Pure. A token file of the user's own kubeconfig needs no consent. Known programs of the user's own kubeconfig are covered
 * by a grant for the file; every other demand, and every demand of another file, by a grant for that very demand.
 */
export function decide(
  demands: readonly Demand[],
  { file, isOwn }: Source,
  grants: readonly Grant[],
  trustedFiles: readonly string[],
): Decision {
  const asked = demands.filter((demand) => needsConsent(demand, isOwn))
  const signIns = grants.filter((grant) => grant.kind === 'sign-in')
  const allowedById = new Set(signIns.flatMap(({ demands: ids }) => ids))
  const fileIsTrusted = trustedFiles.includes(file)
  const knownAreAllowed = isOwn && grants.some((grant) => grant.kind === 'kubeconfig' && grant.file === file)
  const isAllowed = ({ id, known }: Demand): boolean =>
    fileIsTrusted || allowedById.has(id) || (known && knownAreAllowed)
  const permit: Permit = {
    demands: demands.filter((demand) => !asked.includes(demand) || isAllowed(demand)).map(({ id }) => id),
    variables: signIns
      .filter(({ demands: ids }) => demands.some(({ id }) => ids.includes(id)))
      .flatMap(({ variables }) => variables),
  }
  const [first, ...rest] = asked
  if (first === undefined) return { permit }
  const ids = asked.map(({ id }) => id)
  const consent: Consent = {
    id: createHash('sha256').update(JSON.stringify(ids)).digest('hex').slice(0, 32),
    given: asked.every(isAllowed),
    file,
    items: [first.item, ...rest.map(({ item }) => item)],
    wholeFile: isOwn && asked.every(({ known }) => known),
    variables: asked.flatMap(({ variables }) => variables),
  }
  return { consent, permit }
}

/** Asks for, checks and remembers the user's consent to what contexts demand. */
export class Consents {
  readonly #options: ConsentOptions
  /** Allowed for this process only. */
  readonly #once: Grant[] = []
  /** Ids of consents that the user refused in this process: each is asked once. */
  readonly #refused = new Set<string>()
  #asking: Promise<unknown> = Promise.resolve()

  constructor(options: ConsentOptions) {
    this.#options = options
  }

  /** What each of the contexts demands, in their order. The decisions of the user are read once for all. */
  async decideAll(
    contexts: readonly UsableContext[],
    environment: Readonly<Record<string, string | undefined>>,
  ): Promise<Decision[]> {
    const grants = await this.#grants()
    return await Promise.all(
      contexts.map(async (context) =>
        this.#decide(context, (await this.#demandsOf(context, environment)).demands, grants),
      ),
    )
  }

  /** The permit of a context. Where a terminal can ask, it asks for what is missing. Throws CONSENT_NEEDED on refusal. */
  async permit(
    context: UsableContext,
    environment: Readonly<Record<string, string | undefined>>,
    signal: AbortSignal,
  ): Promise<Permit> {
    const { ask } = this.#options
    const { demands } = await this.#demandsOf(context, environment)
    // One question at a time, and none that an earlier answer has settled.
    const turn = this.#asking.then(async () => {
      const { consent, permit } = this.#decide(context, demands, await this.#grants())
      if (consent === undefined || consent.given) return permit
      const answer =
        ask === undefined || this.#refused.has(consent.id) ? 'no' : await ask(context.entry.name, consent, signal)
      if (answer === 'no') {
        this.#refused.add(consent.id)
        refuseWithoutConsent(context.entry.name, demands, permit)
        return permit
      }
      const grant = signInGrantOf(context, demands, { consentId: consent.id, variables: [] })
      if (answer === 'once') this.#once.push(grant)
      else await this.#options.grants.add(grant)
      return this.#decide(context, demands, await this.#grants()).permit
    })
    this.#asking = turn.catch(() => undefined)
    return await turn
  }

  /** Remembers the consent. Throws CONSENT_STALE if the context demands something else than what was shown. */
  async allow(
    context: UsableContext,
    environment: Readonly<Record<string, string | undefined>>,
    allowance: Allowance,
  ): Promise<void> {
    const { demands } = await this.#demandsOf(context, environment)
    const { consent } = this.#decide(context, demands, await this.#grants())
    const offered = allowance.variables.every((name) => consent?.variables.includes(name))
    if (consent === undefined || consent.id !== allowance.consentId || !offered) {
      throw new Problem('CONSENT_STALE', `What the context "${context.entry.name}" demands has changed.`)
    }
    const wholeFile = allowance.wholeFile && consent.wholeFile
    if (wholeFile) await this.#options.grants.add(fileGrantOf(context))
    // The grant of a file has no variables: those that the user selected belong to this program.
    if (!wholeFile || allowance.variables.length > 0)
      await this.#options.grants.add(signInGrantOf(context, demands, allowance))
  }

  async #demandsOf({ entry }: UsableContext, environment: Readonly<Record<string, string | undefined>>) {
    const { user, cluster } = entry
    return user === undefined || cluster === undefined ? { demands: [] } : await demandsOf(user, cluster, environment)
  }

  async #grants(): Promise<readonly Grant[]> {
    return [...(await this.#options.grants.list()), ...this.#once]
  }

  #decide({ entry, isOwn }: UsableContext, demands: readonly Demand[], grants: readonly Grant[]): Decision {
    return decide(demands, { file: fileOf(entry), isOwn }, grants, this.#options.trustedFiles ?? [])
  }
}

/** kubectl sends the token files of the user's own kubeconfig without a question. */
const needsConsent = ({ item }: Demand, isOwn: boolean): boolean => !(isOwn && item.kind === 'token-file')

const fileOf = ({ file, userFile }: UsableContext['entry']): string => userFile ?? file

function fileGrantOf({ entry }: UsableContext): Grant {
  const file = fileOf(entry)
  const id = createHash('sha256').update(file).digest('hex').slice(0, 32)
  return { kind: 'kubeconfig', id, file, at: new Date().toISOString() }
}

function signInGrantOf(
  { entry, isOwn }: UsableContext,
  all: readonly Demand[],
  { consentId, variables }: Pick<Allowance, 'consentId' | 'variables'>,
): Grant {
  const demands = all.filter((demand) => needsConsent(demand, isOwn))
  return {
    kind: 'sign-in',
    id: consentId,
    file: fileOf(entry),
    demands: demands.map(({ id }) => id),
    items: demands.map(({ item }) => item),
    variables: [...variables],
    at: new Date().toISOString(),
  }
}
