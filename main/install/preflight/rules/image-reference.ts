import { type KubernetesObject, listAt } from '../../observe/kubernetes-object.ts'

export interface ImageReference {
  /** As it is written in the pod. */
  readonly image: string
  /** Host, and port if it has one, of the registry's API. */
  readonly registry: string
  readonly repository: string
  /** A tag, or a digest such as `sha256:…`. */
  readonly version: string
}

/** Docker Hub's images name no registry, and its API has another host than its name. */
const dockerHub = 'registry-1.docker.io'

/**
 * Pure: as containerd reads it (github.com/distribution/reference). The first part is a registry if it contains a dot or a
 * colon, or is `localhost`. Undefined if it is not a reference.
 */
export function parseImage(image: string): ImageReference | undefined {
  const [, name = '', tag, digest] =
    /^([^@\s]+?)(?::([\w][\w.-]{0,127}))?(?:@(sha\d+:[0-9a-f]{32,128}))?$/.exec(image) ?? []
  const parts = name.split('/')
  const [first = ''] = parts
  const isRegistry = parts.length > 1 && (/[.:]/.test(first) || first === 'localhost')
  const registry = !isRegistry || first === 'docker.io' || first === 'index.docker.io' ? dockerHub : first
  const path = (isRegistry ? parts.slice(1) : parts).join('/')
  const repository = registry === dockerHub && !path.includes('/') ? `library/${path}` : path
  if (!/^[a-z0-9]+([._/-]+[a-z0-9]+)*$/.test(repository)) return undefined
  return { image, registry, repository, version: digest ?? tag ?? 'latest' }
}

/** The name by which a node lists an image: with its registry, and its tag or digest. */
function nodeName({ registry, repository, version }: ImageReference): string {
  const name = `${registry === dockerHub ? 'docker.io' : registry}/${repository}`
  return `${name}${version.includes(':') ? '@' : ':'}${version}`
}

/** Pure: the images that every node has already. A node lists its 50 largest. */
export function presentImages(images: readonly string[], nodes: readonly KubernetesObject[]): Set<string> {
  const lists = nodes.map(
    (node) => new Set(listAt(node, 'status', 'images').flatMap((each) => listAt(each, 'names').map(String))),
  )
  return new Set(
    images.filter((image) => {
      const reference = parseImage(image)
      return reference !== undefined && lists.length > 0 && lists.every((list) => list.has(nodeName(reference)))
    }),
  )
}

/** Whether the registry is on the node itself, such as a mirror that listens there. */
export const isOnNode = ({ registry }: ImageReference): boolean => /^(localhost|127\.|\[::1\])/.test(registry)
