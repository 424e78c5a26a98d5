import { at, type KubernetesObject, listAt, textAt } from '../../observe/kubernetes-object.ts'
import { parseImage } from './image-reference.ts'
import { imagesOf, type PlacedPods } from './pods.ts'

/**
 * Images that an operator makes pods with: charts name them in custom resources, and in arguments and variables of the operator.
 * Only where the field is known to be an image:
 * - a list `containers` or `initContainers`, as in every pod template;
 * - `image` or `imageName` of a custom resource, as a reference or as a map of `registry`, `repository`, `tag` and `digest`;
 * - an argument such as `--acme-http01-solver-image=…` (cert-manager) or `--prometheus-config-reloader=…` (Prometheus operator);
 * - a variable `RELATED_IMAGE_…` (https://olm.operatorframework.io, images for offline use).
 * Each once, without those of `pods`. Pure.
 */
export function operatorImages(objects: readonly KubernetesObject[], pods: PlacedPods): string[] {
  const own = new Set(imagesOf(pods))
  const found = [
    ...objects.filter(isCustom).flatMap((object) => [...imagesIn(at(object, 'spec'))]),
    ...pods.flatMap(({ spec }) => containersOf(spec).flatMap(imagesOfOperator)),
  ]
  return [...new Set(found)].filter((image) => !own.has(image))
}

/** Groups of Kubernetes itself have no dot, or end with `.k8s.io`; what others define there has no images. */
function isCustom({ apiVersion = '', kind }: KubernetesObject): boolean {
  const [group = ''] = apiVersion.includes('/') ? apiVersion.split('/') : ['']
  return group.includes('.') && !group.endsWith('.k8s.io') && kind !== 'CustomResourceDefinition'
}

const depthLimit = 30
const imageKey = /^(image|imageName)$/

function* imagesIn(value: unknown, depth = 0): Generator<string> {
  if (typeof value !== 'object' || value === null || depth > depthLimit) return
  for (const [key, inner] of Object.entries(value)) {
    const image = imageKey.test(key) ? (exactImage(inner) ?? composedImage(inner)) : undefined
    if (image !== undefined) yield image
    else yield* imagesIn(inner, depth + 1)
  }
}

/** With a tag or a digest: without one it can be anything, such as the name of a disk. */
function exactImage(value: unknown): string | undefined {
  if (typeof value !== 'string' || !/[:@]/.test(value.slice(value.lastIndexOf('/') + 1))) return undefined
  return parseImage(value) === undefined ? undefined : value
}

function composedImage(value: unknown): string | undefined {
  const repository = textAt(value, 'repository')
  if (repository === undefined || repository === '') return undefined
  const text = (field: string): string => String(at(value, field) ?? '')
  const [registry, tag, digest] = [text('registry'), text('tag'), text('digest')]
  const name = registry === '' ? repository : `${registry}/${repository}`
  return exactImage(`${name}${tag === '' ? '' : `:${tag}`}${digest === '' ? '' : `@${digest}`}`)
}

const containersOf = (spec: unknown): readonly unknown[] => [
  ...listAt(spec, 'initContainers'),
  ...listAt(spec, 'containers'),
]

const imageArgument = /^--?[\w.-]*(?:image|config-reloader)[\w.-]*=(.+)$/i

function imagesOfOperator(container: unknown): string[] {
  const words = [...listAt(container, 'command'), ...listAt(container, 'args')]
  const named = words.flatMap((word) => imageArgument.exec(String(word))?.[1] ?? [])
  const variables = listAt(container, 'env')
    .filter((variable) => textAt(variable, 'name')?.startsWith('RELATED_IMAGE_'))
    .flatMap((variable) => textAt(variable, 'value') ?? [])
  // Of an argument, only a reference with its registry: `--image-pull-policy=a:b` is none.
  return [...named, ...variables].filter((text) => text.includes('/') && exactImage(text) !== undefined)
}
