import { createHash } from 'node:crypto'
import { demandLines, programLines } from '../../preload/consent-text.ts'
import type { Context } from '../../preload/contract/clusters.ts'
import type { Plane } from '../../preload/contract/planes.ts'
import { Problem } from '../../preload/contract/problem.ts'
import type { ProfileChange } from '../../preload/contract/profile-change.ts'
import type { Consent, ProgramConsent } from '../../preload/contract/trust.ts'
import { changeLines } from '../../preload/profile-change-text.ts'
import { exactText } from '../../preload/visible-text.ts'
import type { Clusters } from '../clusters/clusters.ts'
import type { PlaneRows } from '../connectivity/connectivity.ts'
import { substituteText } from '../lib/rules/substitution.ts'
import type { Planes } from '../planes/planes.ts'
import type { Core, HelmConsent } from './core.ts'

/** A decision that the user makes outside of the window, where a script could make it. */
export interface Question {
  /** One sentence. */
  readonly message: string
  /** The facts, as lines. */
  readonly detail: string
  /** The button that agrees. */
  readonly accept: string
}

/** Asks the user of the computer; whether the user agrees. */
export type Confirm = (question: Question) => Promise<boolean>

export interface Decisions {
  allow: Clusters['allow']
  approveProfile(input: { readonly planeId: string; readonly digest: string }): Promise<void>
  allowHelm: HelmConsent['allow']
  /** Endpoints that no approved profile names get requests from this computer. Asked once for each table. */
  checkTable(table: Table, title: string): Promise<void>
  /** The credentials of the plane go to the cluster of its context. */
  setContext: Planes['setContext']
}

/**
 * The decisions of the window, each made by the user in answer to `confirm`. Absent: the host has no way to ask, and what the
 * window says counts. Throws NOT_CONFIRMED.
 */
export function confirmedDecisions(
  { clusters, approvals, planes, helmConsent }: Pick<Core, 'clusters' | 'approvals' | 'planes' | 'helmConsent'>,
  confirm: Confirm | undefined,
): Decisions {
  const approve: Decisions['approveProfile'] = async ({ planeId, digest }) =>
    approvals.approve(await planes.get(planeId), digest)
  if (confirm === undefined) {
    const { setContext } = planes
    const checkTable: Decisions['checkTable'] = () => Promise.resolve()
    return { allow: clusters.allow, approveProfile: approve, allowHelm: helmConsent.allow, setContext, checkTable }
  }
  let isAsking = false
  const confirmedTables = new Set<string>()

  /** One at a time: a script must not cover a question with another. */
  async function ask(confirmed: Confirm, question: Question): Promise<void> {
    if (isAsking) throw new Problem('NOT_CONFIRMED', 'Another question is open.')
    isAsking = true
    try {
      if (!(await confirmed(question))) throw new Problem('NOT_CONFIRMED', 'You did not confirm it.')
    } finally {
      isAsking = false
    }
  }

  return {
    async allow(input) {
      const { contexts } = await clusters.contexts()
      const context = contexts.find(({ id }) => id === input.contextId)
      const { name = '', consent } = context ?? {}
      if (consent?.id !== input.consentId)
        throw new Problem('CONSENT_STALE', `What the context "${name}" demands has changed.`)
      await ask(confirm, consentQuestion(name, consent, input.wholeFile, input.variables))
      await clusters.allow(input)
    },
    async approveProfile(input) {
      const change = await approvals.change(await planes.get(input.planeId))
      if (change === undefined) return
      if (change.digest !== input.digest)
        throw new Problem('PROFILE_CHANGED', `The profile of "${change.plane}" is not the one that was shown.`)
      await ask(confirm, profileQuestion(change))
      await approve(input)
    },
    async checkTable(table, title) {
      const { endpoints, settings, resolver } = table
      const digest = createHash('sha256').update(JSON.stringify({ endpoints, settings, resolver })).digest('hex')
      if (confirmedTables.has(digest)) return
      await ask(confirm, tableQuestion(table, title))
      confirmedTables.add(digest)
    },
    async setContext(input) {
      const [plane, { contexts }] = await Promise.all([planes.get(input.planeId), clusters.contexts()])
      const context = contexts.find(({ id }) => id === input.contextId)
      // One that does not exist, or cannot be used, is refused below.
      if (context !== undefined) await ask(confirm, contextQuestion(plane, context))
      return await planes.setContext(input)
    },
    async allowHelm(input) {
      const consent = await helmConsent.current()
      if (consent.id !== input.consentId) throw new Problem('CONSENT_STALE', `${consent.path} has changed.`)
      await ask(confirm, helmQuestion(consent))
      await helmConsent.allow(input)
    },
  }
}

function consentQuestion(
  context: string,
  consent: Consent,
  wholeFile: boolean,
  variables: readonly string[],
): Question {
  return {
    message: `Allow the sign-in to ${exactText(context)}?`,
    detail: detailOf([
      `The kubeconfig ${exactText(consent.file)} demands to:`,
      ...demandLines(consent.items),
      ...(variables.length === 0 ? [] : [`The program also gets: ${exactText(variables.join(', '))}.`]),
      ...(wholeFile ? ['Also for other contexts of this kubeconfig that sign in with a known program.'] : []),
    ]),
    accept: 'Allow sign-in',
  }
}

const contextQuestion = (plane: Plane, { name, server, file }: Context): Question => ({
  message: `Use another cluster for ${exactText(plane.name)}?`,
  detail: detailOf([
    `Context: ${exactText(name)}`,
    `Server: ${exactText(server)}`,
    `Kubeconfig: ${exactText(file)}`,
    `Until now: ${exactText(plane.contextName)}`,
    'The next install or check sends the credentials of this plane there.',
  ]),
  accept: 'Use context',
})

type Table = Pick<PlaneRows, 'endpoints' | 'settings' | 'resolver'>

function tableQuestion({ endpoints, settings, resolver }: Table, title: string): Question {
  const text = (template: string): string => substituteText(template, settings).text
  const destinations = endpoints
    .flatMap((endpoint) => [endpoint, ...endpoint.companions])
    .map(({ host, port, protocol }) => `${protocol} ${text(host)}${port === undefined ? '' : `:${text(String(port))}`}`)
  return {
    message: `Check the endpoints of ${exactText(title)} from this computer?`,
    detail: detailOf([
      'Hangar connects to these destinations, without any credential:',
      ...[...new Set(destinations)].map(exactText),
      ...(resolver === undefined ? [] : [`Names are resolved by ${exactText(text(resolver))}.`]),
    ]),
    accept: 'Check endpoints',
  }
}

const helmQuestion = (consent: ProgramConsent): Question => ({
  message: 'Allow Hangar to run this helm?',
  detail: detailOf(programLines(consent)),
  accept: 'Allow helm',
})

function profileQuestion(change: ProfileChange): Question {
  return {
    message: `Approve the profile ${exactText(change.profile)} for ${exactText(change.plane)}?`,
    detail: detailOf(changeLines(change).map(exactText)),
    accept: 'Approve profile',
  }
}

/** A message box does not scroll. */
const lineLimit = 30
const lineCharacters = 400

/** A longer text is shortened, and says so; the window shows all of it. */
function detailOf(lines: readonly string[]): string {
  const shown = lines
    .slice(0, lineLimit)
    .map((line) =>
      line.length <= lineCharacters
        ? line
        : `${line.slice(0, lineCharacters)} … and ${line.length - lineCharacters} more characters, shown in the window`,
    )
  const more = lines.length - shown.length
  return [...shown, ...(more > 0 ? [`… and ${more} more lines, shown in the window.`] : [])].join('\n')
}
