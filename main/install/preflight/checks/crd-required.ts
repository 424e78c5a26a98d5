import { groupOf, resourceOf } from '../../../lib/kubernetes/discovery.ts'
import { type KubernetesObject, textAt } from '../../observe/kubernetes-object.ts'
import { defineCheck, pass, skipped } from '../check.ts'

/** The kinds that Hangar applies for a release that Flux installs. */
const fluxResources = ['helmreleases.helm.toolkit.fluxcd.io', 'ocirepositories.source.toolkit.fluxcd.io']

const resourceDefinedBy = (definition: KubernetesObject): string =>
  `${textAt(definition, 'spec', 'names', 'plural')}.${textAt(definition, 'spec', 'group')}`
const kindDefinedBy = (definition: KubernetesObject): string =>
  `${textAt(definition, 'spec', 'names', 'kind')}.${textAt(definition, 'spec', 'group')}`

export const crdRequired = defineCheck({
  id: 'crd.required',
  title: 'Required custom resources',
  category: 'ownership',
  severity: 'strict',
  needs: ['profile', 'desired', 'rendered', 'discovery'],
  about:
    'The cluster serves each custom resource that the profile requires and each kind that the charts render, or a chart of the plane defines it. Without it helm ends with `no matches for kind`.',
  remedy:
    'Install what defines the kind first: cert-manager, Flux, the Gateway API or the Prometheus operator. If the cluster serves the group in another version only, the chart or that component is too old.',
  decide({ profile, desired, rendered, discovery }) {
    const served = new Set(discovery.resources.map(({ plural, apiVersion }) => `${plural}.${groupOf(apiVersion)}`))
    const usesFlux = desired.releases.some(({ via }) => via === 'flux')
    // Definitions in the plane's own charts need not exist before the install.
    const objects = [...rendered.values()].flat()
    const definitions = objects.filter(({ kind }) => kind === 'CustomResourceDefinition')
    const ownResources = new Set(definitions.map(resourceDefinedBy))
    const required = [...profile.requirements.customResources, ...(usesFlux ? fluxResources : [])]
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
})
