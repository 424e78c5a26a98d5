import { groupOf, resourceOf } from '../../lib/kubernetes/discovery.ts'
import { type KubernetesObject, textAt } from '../observe/kubernetes-object.ts'
import { type Check, pass, skipped } from './check.ts'

/** The kinds that Hangar applies for a release that Flux installs. */
const fluxResources = ['helmreleases.helm.toolkit.fluxcd.io', 'ocirepositories.source.toolkit.fluxcd.io']

const resourceDefinedBy = (definition: KubernetesObject): string =>
  `${textAt(definition, 'spec', 'names', 'plural')}.${textAt(definition, 'spec', 'group')}`
const kindDefinedBy = (definition: KubernetesObject): string =>
  `${textAt(definition, 'spec', 'names', 'kind')}.${textAt(definition, 'spec', 'group')}`

export const crdRequired: Check = {
  id: 'crd.required',
  title: 'Required custom resources',
  strict: true,
  limitMs: 15_000,
  async run(facts) {
    const [desired, rendered, discovery] = await Promise.all([facts.desired(), facts.rendered(), facts.discovery()])
    const served = new Set(discovery.resources.map(({ plural, apiVersion }) => `${plural}.${groupOf(apiVersion)}`))
    const usesFlux = desired.releases.some(({ via }) => via === 'flux')
    // Definitions in the plane's own charts need not exist before the install.
    const objects = [...rendered.values()].flat()
    const definitions = objects.filter(({ kind }) => kind === 'CustomResourceDefinition')
    const ownResources = new Set(definitions.map(resourceDefinedBy))
    const required = [...facts.session.loaded.profile.requirements.customResources, ...(usesFlux ? fluxResources : [])]
    const missingResources = required.filter((name) => !served.has(name) && !ownResources.has(name))
    const ownKinds = new Set(definitions.map(kindDefinedBy))
    const missingKinds = objects
      .filter(
        (object) =>
          resourceOf(discovery, object) === undefined &&
          !ownKinds.has(`${object.kind}.${groupOf(object.apiVersion ?? '')}`),
      )
      .map(({ apiVersion, kind }) => `${kind} of ${apiVersion}`)
    const missing = [...new Set([...missingResources, ...missingKinds])]
    if (missing.length === 0) {
      return required.length === 0 && definitions.length === 0
        ? skipped('The plane needs no custom resources.')
        : pass('All custom resources exist, or the charts of the plane define them.')
    }
    return {
      verdict: 'fail',
      message: `The cluster does not serve ${missing.join(', ')}.`,
      hint: 'First install what defines them, such as cert-manager, Flux or the Gateway API.',
      evidence: missing.join('\n'),
    }
  },
}
