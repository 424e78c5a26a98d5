import { resourceOf } from '../observe/discovery.ts'
import { type KubernetesObject, textAt } from '../observe/kubernetes-object.ts'
import { type Check, pass, skipped } from './check.ts'

/** What Hangar itself applies for a release that is Flux's. */
const flux = ['helmreleases.helm.toolkit.fluxcd.io', 'ocirepositories.source.toolkit.fluxcd.io']

const definedBy = (definition: KubernetesObject): string =>
  `${textAt(definition, 'spec', 'names', 'plural')}.${textAt(definition, 'spec', 'group')}`
const kindDefinedBy = (definition: KubernetesObject): string =>
  `${textAt(definition, 'spec', 'names', 'kind')}.${textAt(definition, 'spec', 'group')}`

export const crdRequired: Check = {
  id: 'crd.required',
  title: 'Custom resources that must be there',
  strict: true,
  limitMs: 15_000,
  async look(facts) {
    const [wanted, rendered, discovery] = await Promise.all([facts.wanted(), facts.rendered(), facts.discovery()])
    const served = new Set(discovery.resources.map(({ plural, group }) => `${plural}.${group}`))
    const viaFlux = wanted.releases.some(({ via }) => via === 'flux')
    // Those that a release of the plane brings need not be there before.
    const objects = [...rendered.values()].flat()
    const definitions = objects.filter(({ kind }) => kind === 'CustomResourceDefinition')
    const brought = new Set(definitions.map(definedBy))
    const asked = [...facts.scene.loaded.profile.requirements.customResources, ...(viaFlux ? flux : [])]
    const missing = asked.filter((name) => !served.has(name) && !brought.has(name))
    const kinds = new Set(definitions.map(kindDefinedBy))
    const unknown = objects.filter((object) => {
      const [group = ''] = (object.apiVersion ?? '').split('/')
      return resourceOf(discovery, object) === undefined && !kinds.has(`${object.kind}.${group}`)
    })
    const unserved = new Set(unknown.map(({ apiVersion, kind }) => `${kind} of ${apiVersion}`))
    if (missing.length === 0 && unserved.size === 0) {
      return asked.length === 0 && definitions.length === 0
        ? skipped('The plane needs none.')
        : pass('All are there, or come with the plane.')
    }
    const lacking = [...new Set(missing), ...unserved]
    return {
      verdict: 'fail',
      message: `The cluster does not know ${lacking.join(', ')}.`,
      hint: 'Install what brings them first (cert-manager, Flux, the Gateway API, …).',
      evidence: lacking.join('\n'),
    }
  },
}
