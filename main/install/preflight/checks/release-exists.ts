import type { ObservedRelease } from '../../observe/observe.ts'
import { isAdoptable, isForeign } from '../../observe/releases.ts'
import { defineCheck, pass } from '../check.ts'

type Standing = 'absent' | 'ours' | 'foreign' | 'adoptable' | 'interrupted'

function standingOf({ history, flux }: ObservedRelease, profile: string): Standing {
  const isFlux = flux !== undefined && flux.state !== 'absent'
  const last = history.at(-1)
  if (isFlux ? flux.profile !== profile : isForeign(history, profile))
    return !isFlux && isAdoptable(history) ? 'adoptable' : 'foreign'
  if (last === undefined) return 'absent'
  return last.status.startsWith('pending-') || last.status === 'uninstalling' ? 'interrupted' : 'ours'
}

function describe({ history, flux }: ObservedRelease): string {
  if (flux !== undefined && flux.state !== 'absent') return `HelmRelease, ${flux.state}`
  const last = history.at(-1)
  return `${last?.status}, revision ${last?.revision}`
}

export const releaseExists = defineCheck({
  id: 'release.exists',
  title: 'Existing releases',
  category: 'ownership',
  severity: 'strict',
  needs: ['installation', 'observed', 'lease'],
  about:
    'No release of Flux or of another plane has the name and namespace of one of the plane’s releases; one that another helm installed is named, since the plane takes it over; nobody else works on the plane; no release was left in the middle of an operation.',
  remedy:
    'Another namespace in the profile avoids a foreign release. An operation of someone else ends, or its Lease expires 30 s after its process has ended. The plan names how an interrupted release is recovered.',
  decide({ installation: { releases: planned, profile }, observed, lease }) {
    const releases = planned.map(({ namespace, name }) => {
      const release = observed.releases.get(name) ?? { history: [] }
      return { standing: standingOf(release, profile), line: `${namespace}/${name}: ${describe(release)}` }
    })
    const linesOf = (standing: Standing): string[] =>
      releases.filter((release) => release.standing === standing).map(({ line }) => line)
    const [foreign, interrupted, ours] = [linesOf('foreign'), linesOf('interrupted'), linesOf('ours')]
    const adoptable = linesOf('adoptable')
    const evidence = [...foreign, ...adoptable, ...interrupted, ...ours].join('\n')
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
    if (adoptable.length > 0) {
      const hint = 'The plan names each, and asks before the plane takes it over.'
      return { verdict: 'warn', message: `Installed by another helm: ${adoptable.join('; ')}.`, hint, evidence }
    }
    if (interrupted.length > 0) {
      const hint = 'The install recovers them first.'
      return { verdict: 'warn', message: `Interrupted: ${interrupted.join('; ')}.`, hint, evidence }
    }
    return pass(ours.length === 0 ? 'None exists yet.' : `${ours.length} releases of this plane exist.`, evidence)
  },
})
