import { Problem } from '../../../preload/contract/problem.ts'
import { inParallel } from '../../lib/concurrency/in-parallel.ts'
import { sha256 } from '../digest.ts'
import type { WantedBlob } from './download.ts'
import { childrenOf, choosePlatforms, isIndex } from './image-manifest.ts'
import { type KitImage, kitLimits } from './manifest.ts'
import { kitName } from './references.ts'
import type { RegistryClient, RegistryManifest, Repository } from './registry-client.ts'

/** An image with all that its digest stands for. */
export interface CollectedImage {
  readonly image: KitImage
  /** Manifests and indexes by their digest, the one of the image among them. */
  readonly manifests: ReadonlyMap<string, Buffer>
  readonly blobs: readonly WantedBlob[]
}

const imagesAtOnce = 4
const levels = 3
/** An image has one for each platform, and as many attestations. */
const manifestsAtMost = 500

/** Resolves each image to its digest and reads its manifests; nothing else is downloaded yet. Throws REGISTRY_*, INPUT_INVALID, KIT_TOO_LARGE. */
export async function collectImages(
  client: RegistryClient,
  references: readonly string[],
  platforms: readonly string[],
  signal: AbortSignal,
): Promise<CollectedImage[]> {
  if (references.length > kitLimits.images)
    throw new Problem(
      'KIT_TOO_LARGE',
      `The charts have ${references.length} images; a kit has ${kitLimits.images} at most.`,
    )
  const collected = await inParallel(references, imagesAtOnce, (reference) =>
    collectImage(client, reference, platforms, signal),
  )
  refuseCollision(collected.map(({ image }) => image))
  return collected
}

async function collectImage(
  client: RegistryClient,
  reference: string,
  platforms: readonly string[],
  signal: AbortSignal,
): Promise<CollectedImage> {
  const name = kitName(reference)
  if (name === undefined) throw new Problem('INPUT_INVALID', `${JSON.stringify(reference)} is not an image reference.`)
  const { registry, repository, tag } = name
  const at: Repository = { registry, repository }
  const [, digest] = reference.split('@')
  const root = await client.manifest(at, digest ?? tag ?? 'latest', signal)
  const manifests = new Map<string, Buffer>()
  const blobs = new Map<string, WantedBlob>()
  /** An index can name the same manifest many times, and that can be an index. */
  const asked = new Set<string>()

  async function follow({ mediaType, digest: own, content }: RegistryManifest, level: number): Promise<void> {
    manifests.set(own, content)
    const children = childrenOf(reference, mediaType, content)
    if (!isIndex(mediaType)) {
      for (const child of children) blobs.set(child.digest, { at, digest: child.digest, size: child.size })
      return
    }
    if (level === levels)
      throw new Problem('REGISTRY_REFUSED', `The index of ${reference} has more than ${levels} levels.`)
    await inParallel(children, imagesAtOnce, async (child) => {
      if (asked.has(child.digest)) return
      asked.add(child.digest)
      if (asked.size > manifestsAtMost)
        throw new Problem('REGISTRY_REFUSED', `${reference} has more than ${manifestsAtMost} manifests.`)
      const found = await client.manifest(at, child.digest, signal)
      // The index, not the answer, says what it is.
      await follow({ ...found, mediaType: child.mediaType }, level + 1)
    })
  }

  const chosen = await choose(client, at, reference, root, platforms, signal)
  await follow(chosen, 1)
  const image: KitImage = {
    reference,
    repository,
    tag: tag ?? `kit-${chosen.digest.slice('sha256:'.length, 'sha256:'.length + 12)}`,
    digest: chosen.digest,
    mediaType: chosen.mediaType,
    ...(chosen.digest !== root.digest && { indexDigest: root.digest }),
  }
  return { image, manifests, blobs: [...blobs.values()] }
}

/** The manifest that the kit has for the image: that of the registry, or one for the chosen platforms. */
async function choose(
  client: RegistryClient,
  at: Repository,
  reference: string,
  root: RegistryManifest,
  platforms: readonly string[],
  signal: AbortSignal,
): Promise<RegistryManifest> {
  if (!isIndex(root.mediaType)) return root
  const choice = choosePlatforms(reference, root.content, platforms)
  if (choice.kind === 'whole') return root
  if (choice.kind === 'some')
    return { mediaType: root.mediaType, digest: `sha256:${sha256(choice.index)}`, content: choice.index }
  const { digest, mediaType } = choice.manifest
  return { ...(await client.manifest(at, digest, signal)), mediaType }
}

/** Two registries can have the same path and tag; in the registry of the kit they would be one name. Pure. */
function refuseCollision(images: readonly KitImage[]): void {
  const named = new Map<string, KitImage>()
  for (const image of images) {
    const name = `${image.repository}:${image.tag}`
    const other = named.get(name)
    if (other !== undefined && other.digest !== image.digest) {
      const both = `${other.reference} and ${image.reference}`
      throw new Problem(
        'INPUT_INVALID',
        `${both} are different images that would have the same name, ${name}, in the registry.`,
      )
    }
    named.set(name, image)
  }
}
