import { getObject } from '../../lib/kubernetes/objects.ts'
import { isForeign } from '../decide.ts'
import { leaseName, readLease, thisHolder } from '../lease.ts'
import { kinds } from '../observe/kinds.ts'
import { type Check, pass } from './check.ts'

/** An operation that has no id yet holds nothing. */
const nobody = ''

export const releaseExists: Check = {
  id: 'release.exists',
  title: 'Releases of these names',
  strict: true,
  async look(facts, signal) {
    const { place } = facts.scene
    const { releases } = await facts.observed()
    const foreign: string[] = []
    const stuck: string[] = []
    const there: string[] = []
    for (const { name, namespace } of place.targets) {
      const { history = [], flux } = releases.get(name) ?? {}
      const last = history.at(-1)
      const said = `${namespace}/${name}: ${flux && flux.state !== 'absent' ? `HelmRelease, ${flux.state}` : `${last?.status}, revision ${last?.revision}`}`
      if (flux && flux.state !== 'absent' ? flux.profile !== place.profile : isForeign(history, place.profile))
        foreign.push(said)
      else if (last && (/^pending-/.test(last.status) || last.status === 'uninstalling')) stuck.push(said)
      else if (last) there.push(said)
    }
    const [first] = place.namespaces
    const lease = first && (await getObject(facts.client, kinds.lease, { namespace: first, name: leaseName }, signal))
    // Whether its process lives is for the operation to find out; here a lease that runs counts.
    const view = lease ? readLease(lease, thisHolder(nobody), Date.now(), () => false) : { state: 'free' as const }
    const evidence = [...foreign, ...stuck, ...there].join('\n')
    if (foreign.length > 0) {
      const hint = 'Choose another namespace in the profile, or remove the release if nobody needs it.'
      return { verdict: 'fail', message: `Not of this plane: ${foreign.join('; ')}.`, hint, evidence }
    }
    if (view.state === 'held') {
      const hint = 'Wait until it ends, or see who works there.'
      return {
        verdict: 'warn',
        message: `${view.holder.split('/')[0]} works on this plane since ${view.since}.`,
        hint,
        evidence: view.holder,
      }
    }
    if (stuck.length > 0) {
      const hint = 'Installing puts it right first.'
      return { verdict: 'warn', message: `Cut off before: ${stuck.join('; ')}.`, hint, evidence }
    }
    return pass(there.length === 0 ? 'None is there yet.' : `${there.length} of this plane are there.`, evidence)
  },
}
