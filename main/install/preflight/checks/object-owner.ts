import { nameOf } from '../../observe/kubernetes-object.ts'
import type { LiveObject } from '../../observe/live-objects.ts'
import { type CheckOutcome, defineCheck, pass, skipped, summary } from '../check.ts'

const helmLabel = 'app.kubernetes.io/managed-by'
const nameAnnotation = 'meta.helm.sh/release-name'
const namespaceAnnotation = 'meta.helm.sh/release-namespace'
/** Labels by which other tools mark what they own. */
const otherOwners: readonly (readonly [string, string])[] = [
  ['kustomize.toolkit.fluxcd.io/name', 'a Kustomization of Flux'],
  ['argocd.argoproj.io/instance', 'Argo CD'],
  ['olm.owner', 'the Operator Lifecycle Manager'],
]

/**
 * Who owns a live object, by helm's rule (helm's pkg/action/validate.go): without its label and both annotations helm refuses to
 * adopt it. Undefined: the release itself.
 */
function otherOwner({ live, release, releaseNamespace }: LiveObject): string | undefined {
  if (typeof live === 'string') return undefined
  const { labels = {}, annotations = {} } = live.metadata ?? {}
  const owner = annotations[nameAnnotation]
  if (owner === undefined || labels[helmLabel] !== 'Helm') {
    const tool = otherOwners.find(([label]) => labels[label] !== undefined)?.[1]
    return (
      tool ??
      (labels[helmLabel] === undefined ? 'no helm release' : `no helm release (managed by ${labels[helmLabel]})`)
    )
  }
  const inNamespace = annotations[namespaceAnnotation] ?? ''
  return owner === release && inNamespace === releaseNamespace ? undefined : `release ${inNamespace}/${owner}`
}

/** Pure. `definitions`: names of definitions in `crds/`, which helm leaves as they are. */
export function compareOwners(objects: readonly LiveObject[], definitions: ReadonlySet<string>): CheckOutcome {
  if (objects.length === 0) return skipped('The cluster serves none of the kinds of the charts yet.')
  const concerned = objects.filter(
    ({ object }) => !(object.kind === 'CustomResourceDefinition' && definitions.has(nameOf(object))) && !isHook(object),
  )
  const foreign = concerned.flatMap((each) => {
    const owner = otherOwner(each)
    const { object, namespace, live } = each
    const where = typeof live === 'object' && live.metadata?.namespace === undefined ? '' : `${namespace}/`
    return owner === undefined ? [] : [`${object.kind} ${where}${nameOf(object)}: ${owner}`]
  })
  if (foreign.length > 0) {
    return {
      verdict: 'fail',
      message: `Objects of the charts exist and belong to others: ${summary(foreign, 3)}.`,
      hint: 'Helm refuses to install over them. Rename them in the values, use another namespace, or uninstall their owner.',
      evidence: foreign.join('\n'),
    }
  }
  const unreadable = concerned.filter(({ live }) => live === 'unreadable')
  if (unreadable.length > 0) {
    return {
      verdict: 'unknown',
      message: `${unreadable.length} of ${concerned.length} objects cannot be read.`,
      hint: 'Ask the cluster administrator for the verb "get" on the kinds in the evidence.',
      evidence: [...new Set(unreadable.map(({ object }) => object.kind))].join('\n'),
    }
  }
  return pass(`None of the ${concerned.length} objects belongs to another owner.`)
}

/** Helm deletes and creates hooks without asking who owns them. */
const isHook = ({ metadata }: LiveObject['object']): boolean => metadata?.annotations?.['helm.sh/hook'] !== undefined

export const objectOwner = defineCheck({
  id: 'object.owner',
  title: 'Owners of objects',
  category: 'ownership',
  severity: 'strict',
  needs: ['liveObjects', 'chartDefinitions'],
  about:
    'Reads each object that the charts render. If it exists, it must carry the label and the annotations of its release; otherwise helm refuses the whole release (`invalid ownership metadata`).',
  remedy:
    'The evidence names the owner. Uninstall that release, choose another name or namespace, or, if the object is to become part of the plane, set `app.kubernetes.io/managed-by=Helm` and the annotations `meta.helm.sh/release-name` and `meta.helm.sh/release-namespace` on it.',
  decide: ({ liveObjects, chartDefinitions }) =>
    compareOwners(liveObjects, new Set(chartDefinitions.map(({ definition }) => nameOf(definition)))),
})
