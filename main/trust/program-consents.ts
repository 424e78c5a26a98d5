import { createHash } from 'node:crypto'
import { Problem } from '../../preload/contract/problem.ts'
import type { ConsentAnswer, Grant, ProgramConsent } from '../../preload/contract/trust.ts'
import type { ProgramFile } from '../lib/program-file.ts'

export interface ProgramConsentOptions {
  /** The remembered decisions. */
  readonly grants: { list(): Promise<readonly Grant[]>; add(grant: Grant): Promise<void> }
  /** Files that the command line trusts (`--trust-exec`), absolute. */
  readonly trustedFiles: readonly string[]
  /** Asks the user in a terminal. Absent: a program that is not allowed fails with HELM_CONSENT_NEEDED. */
  readonly ask: ((consent: ProgramConsent, signal: AbortSignal) => Promise<ConsentAnswer>) | undefined
}

/** The user's consent to programs that Hangar starts for itself. */
export class ProgramConsents {
  readonly #options: ProgramConsentOptions
  /** Ids that the user allowed for this process only. */
  readonly #once = new Set<string>()
  /** Ids that the user refused in this process: each is asked once. */
  readonly #refused = new Set<string>()
  #asking: Promise<unknown> = Promise.resolve()

  constructor(options: ProgramConsentOptions) {
    this.#options = options
  }

  /** What the program is, and whether the user has allowed it. */
  async of({ path, realPath: file, sha256, isScript }: ProgramFile): Promise<ProgramConsent> {
    const { grants, trustedFiles } = this.#options
    const id = createHash('sha256')
      .update(JSON.stringify([path, file, sha256]))
      .digest('hex')
      .slice(0, 32)
    const given =
      [path, file].some((each) => trustedFiles.includes(each)) ||
      this.#once.has(id) ||
      (await grants.list()).some((grant) => grant.kind === 'program' && grant.id === id)
    return { id, given, path, file, sha256, isScript }
  }

  /** Asks where a terminal can. Throws HELM_CONSENT_NEEDED unless the user has allowed the program. */
  async permit(program: ProgramFile, signal: AbortSignal): Promise<void> {
    // One question at a time, and none that an earlier answer has settled.
    const turn = this.#asking.then(async () => {
      const consent = await this.of(program)
      if (consent.given) return
      const answer = await this.#answer(consent, signal)
      if (answer === 'no') throw notAllowed(consent)
      if (answer === 'once') this.#once.add(consent.id)
      else await this.#options.grants.add(grantOf(consent))
    })
    this.#asking = turn.catch(() => undefined)
    await turn
  }

  /** Remembers the consent. Throws CONSENT_STALE if the program is not the one that was shown. */
  async allow(program: ProgramFile, consentId: string): Promise<void> {
    const consent = await this.of(program)
    if (consent.id !== consentId) throw new Problem('CONSENT_STALE', `${program.path} has changed.`)
    await this.#options.grants.add(grantOf(consent))
  }

  async #answer(consent: ProgramConsent, signal: AbortSignal): Promise<ConsentAnswer> {
    const { ask } = this.#options
    if (ask === undefined || this.#refused.has(consent.id)) return 'no'
    const answer = await ask(consent, signal)
    if (answer === 'no') this.#refused.add(consent.id)
    return answer
  }
}

const notAllowed = ({ path, file, sha256 }: ProgramConsent): Problem =>
  new Problem('HELM_CONSENT_NEEDED', `You have not allowed Hangar to run ${path} yet.`, `${file}\nSHA-256 ${sha256}`)

const grantOf = ({ id, path, file, sha256 }: ProgramConsent): Grant => ({
  kind: 'program',
  id,
  path,
  file,
  sha256,
  at: new Date().toISOString(),
})
