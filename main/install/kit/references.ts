import { parseImage } from '../preflight/rules/image-reference.ts'
import type { KitEdit, KitImage } from './manifest.ts'

/** Where the content of a kit is, or will be. */
export interface Destination {
  /** Host, and port if it has one. */
  readonly registry: string
  /** A path before that of each image; can be empty. */
  readonly prefix: string
}

/** `registry.example.com:5000/path`; undefined if it is not one. Pure. */
export function parseDestination(text: string): Destination | undefined {
  const [registry = '', ...path] = text.replace(/\/$/, '').split('/')
  const prefix = path.join('/')
  const isHost = /^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:]{2,45}\])(:[0-9]{1,5})?$/i.test(registry)
  return isHost && /^([a-z0-9]+([._/-]+[a-z0-9]+)*)?$/.test(prefix) ? { registry, prefix } : undefined
}

export const destinationText = ({ registry, prefix }: Destination): string =>
  prefix === '' ? registry : `${registry}/${prefix}`

/** Registry, repository and tag of an image in a kit. The tag is for people: pods pull by the digest. Undefined if it is no reference. Pure. */
export function kitName(
  reference: string,
): { readonly registry: string; readonly repository: string; readonly tag: string | undefined } | undefined {
  const parsed = parseImage(reference)
  if (parsed === undefined) return undefined
  const [name = '', digest] = reference.split('@')
  const [, tag] = /:(\w[\w.-]{0,127})$/.exec(name.slice(name.lastIndexOf('/') + 1)) ?? []
  return {
    registry: parsed.registry,
    repository: parsed.repository,
    tag: tag ?? (digest === undefined ? 'latest' : undefined),
  }
}

/** The path of an image in the registry of a kit. */
export const repositoryIn = ({ prefix }: Destination, repository: string): string =>
  prefix === '' ? repository : `${prefix}/${repository}`

/** How pods name an image that is in the registry of a kit. Pure. */
export const referenceIn = (destination: Destination, { repository, tag, digest }: KitImage): string =>
  `${destination.registry}/${repositoryIn(destination, repository)}:${tag}@${digest}`

/** The text that makes this part of an image reference. A tag with a digest is resolved by the digest. Pure. */
export function partIn(destination: Destination, part: KitEdit['part'], image: KitImage): string {
  switch (part) {
    case 'reference':
      return referenceIn(destination, image)
    case 'name':
      return `${destination.registry}/${repositoryIn(destination, image.repository)}`
    case 'registry':
      return destination.registry
    case 'repository':
      return repositoryIn(destination, image.repository)
    case 'tag':
      return `${image.tag}@${image.digest}`
    case 'digest':
      return image.digest
  }
}
