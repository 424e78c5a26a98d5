import { at, type KubernetesObject, listAt, nameOf } from '../../observe/kubernetes-object.ts'
import type { PlacedObject } from '../../observe/live-objects.ts'
import { type CheckOutcome, defineCheck, notPermitted, pass, skipped, summary } from '../check.ts'

/** Controllers of which a cluster has one: two of them act on the same objects. */
const controllers: readonly { readonly name: string; readonly image: RegExp }[] = [
  { name: 'cert-manager', image: /cert-manager-controller(:|@|$)/ },
  { name: 'Flux helm-controller', image: /(^|\/)helm-controller(:|@|$)/ },
  { name: 'Flux source-controller', image: /(^|\/)source-controller(:|@|$)/ },
  { name: 'External Secrets Operator', image: /(^|\/)external-secrets(:|@|$)/ },
  { name: 'Cilium operator', image: /cilium\/operator/ },
  { name: 'Envoy Gateway', image: /envoyproxy\/gateway(:|@|$)/ },
  { name: 'kgateway', image: /(^|\/)kgateway(:|@|$)/ },
  { name: 'Prometheus Operator', image: /(^|\/)prometheus-operator(:|@|$)/ },
]

interface Found {
  readonly name: string
  readonly image: string
  readonly namespace: string
  readonly object: KubernetesObject
}

const foundIn = (objects: readonly { readonly namespace: string; readonly object: KubernetesObject }[]): Found[] =>
  objects.flatMap(({ namespace, object }) =>
    listAt(object, 'spec', 'template', 'spec', 'containers').flatMap((container) => {
      const image = String(at(container, 'image') ?? '')
      const known = controllers.find((each) => each.image.test(image))
      return known === undefined ? [] : [{ name: known.name, image, namespace, object }]
    }),
  )

/** Pure. `deployments`: of the whole cluster. */
export function compareControllers(
  placed: readonly PlacedObject[],
  deployments: readonly KubernetesObject[],
): CheckOutcome {
  const planned = foundIn(placed)
  const existing = foundIn(deployments.map((object) => ({ namespace: object.metadata?.namespace ?? '', object })))
  const shown = existing.map(
    ({ name, image, namespace, object }) => `${name}: ${namespace}/${nameOf(object)}, ${image}`,
  )
  if (planned.length === 0) {
    return existing.length === 0
      ? skipped('The plane brings no controller of which a cluster has one.')
      : pass(`Found: ${summary([...new Set(existing.map(({ name }) => name))], 8)}.`, shown.join('\n'))
  }
  const doubled = planned.flatMap(({ name, namespace, object }) =>
    existing
      .filter((each) => each.name === name && !(each.namespace === namespace && nameOf(each.object) === nameOf(object)))
      .map((each) => `${name} runs already: ${each.namespace}/${nameOf(each.object)}, ${each.image}`),
  )
  if (doubled.length === 0) return pass('No controller of the plane runs twice.', shown.join('\n'))
  return {
    verdict: 'fail',
    message: `${summary(doubled, 3)}.`,
    hint: 'Leave the release out of the profile and use the existing one, or uninstall the existing one, with its owner’s consent.',
    evidence: doubled.join('\n'),
  }
}

export const controllerExisting = defineCheck({
  id: 'controller.existing',
  title: 'Existing controllers',
  category: 'ownership',
  severity: 'strict',
  needs: ['placed', 'deployments'],
  about:
    'cert-manager, Flux, the External Secrets Operator, gateways and similar controllers act on objects of the whole cluster. If a chart brings one that runs already elsewhere, both act on the same objects.',
  remedy:
    'Use the existing one: remove the release from a copy of the profile, and check that its version suits the plane. AKS and Azure Arc install Flux as the extension `microsoft.flux`, in the namespace `flux-system`.',
  decide: ({ placed, deployments }) =>
    deployments === undefined ? notPermitted('list deployments') : compareControllers(placed, deployments),
})
