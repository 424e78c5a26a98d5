import { getObject } from '../../lib/kubernetes/objects.ts'
import { type LeaseState, leaseName, leaseState, thisHolder } from '../lease.ts'
import { kinds } from '../observe/kinds.ts'
import type { ObservedRelease } from '../observe/observe.ts'
import { isForeign } from '../observe/releases.ts'
import { type Check, pass } from './check.ts'
import type { Facts } from './facts.ts'

/** No operation has this id, so that every valid lease counts as held. */
const noOperation = ''

type Standing = 'absent' | 'ours' | 'foreign' | 'interrupted'

function standingOf({ history, flux }: ObservedRelease, profile: string): Standing {
  const isFlux = flux !== undefined && flux.state !== 'absent'
  const last = history.at(-1)
  if (isFlux ? flux.profile !== profile : isForeign(history, profile)) return 'foreign'
  if (last === undefined) return 'absent'
  return last.status.startsWith('pending-') || last.status === 'uninstalling' ? 'interrupted' : 'ours'
}

function describe({ history, flux }: ObservedRelease): string {
  if (flux !== undefined && flux.state !== 'absent') return `HelmRelease, ${flux.state}`
  const last = history.at(-1)
  return `${last?.status}, revision ${last?.revision}`
}

async function planeLease({ client, session }: Facts, signal: AbortSignal): Promise<LeaseState> {
  const [namespace] = session.installation.namespaces
  const lease = namespace && (await getObject(client, kinds.lease, { namespace, name: leaseName }, signal))
  // The operation checks whether the holder's process still runs; here every lease that has not expired counts.
  return lease ? leaseState(lease, thisHolder(noOperation), Date.now(), () => false) : { state: 'free' }
}

export const releaseExists: Check = {
  id: 'release.exists',
  title: 'Existing releases',
  strict: true,
  async run(facts, signal) {
    const { releases: planned, profile } = facts.session.installation
    const { releases: observed } = await facts.observed()
    const releases = planned.map(({ namespace, name }) => {
      const release = observed.get(name) ?? { history: [] }
      return { standing: standingOf(release, profile), line: `${namespace}/${name}: ${describe(release)}` }
    })
    const linesOf = (standing: Standing): string[] =>
      releases.filter((release) => release.standing === standing).map(({ line }) => line)
    const [foreign, interrupted, ours] = [linesOf('foreign'), linesOf('interrupted'), linesOf('ours')]
    const lease = await planeLease(facts, signal)
    const evidence = [...foreign, ...interrupted, ...ours].join('\n')
    if (foreign.length > 0) {
      const hint = 'Choose another namespace in the profile, or uninstall the release if it is not needed.'
      return { verdict: 'fail', message: `Not part of this plane: ${foreign.join('; ')}.`, hint, evidence }
    }
    if (lease.state === 'held') {
      return {
        verdict: 'warn',
        message: `${lease.holder.split('/')[0]} has been working on this plane since ${lease.since}.`,
        hint: 'Wait until that operation ends, or contact its owner.',
        evidence: lease.holder,
      }
    }
    if (interrupted.length > 0) {
      const hint = 'The install recovers them first.'
      return { verdict: 'warn', message: `Interrupted: ${interrupted.join('; ')}.`, hint, evidence }
    }
    return pass(ours.length === 0 ? 'None exists yet.' : `${ours.length} releases of this plane exist.`, evidence)
  },
}
