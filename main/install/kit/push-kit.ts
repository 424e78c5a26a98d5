import { Problem } from '../../../preload/contract/problem.ts'
import { inParallel } from '../../lib/concurrency/in-parallel.ts'
import type { ReportKit } from './build-kit.ts'
import { chartTag } from './chart-artifact.ts'
import { childrenOf, type Descriptor, isIndex, manifestLimitBytes } from './image-manifest.ts'
import type { OpenedKit } from './kit-file.ts'
import { blobPath } from './manifest.ts'
import { type Destination, referenceIn, repositoryIn } from './references.ts'
import type { RegistryClient, Repository } from './registry-client.ts'

/** Where something of a kit is now. */
export interface PushedReference {
  readonly from: string
  readonly to: string
}

const blobsAtOnce = 4
const manifestType = 'application/vnd.oci.image.manifest.v1+json'

/** Pushes images and charts to a registry. What it has already is not sent again. Throws REGISTRY_*, KIT_CHANGED. */
export async function pushKit(
  kit: OpenedKit,
  destination: Destination,
  client: RegistryClient,
  signal: AbortSignal,
  report: ReportKit,
): Promise<PushedReference[]> {
  const { manifest } = kit
  const sizes = new Map(manifest.files.map(({ path, size }) => [path, size]))
  const total = manifest.files.reduce((sum, { size }) => sum + size, 0)
  let done = 0
  const counted = new Set<string>()
  const count = (digest: string): void => {
    if (counted.has(digest)) return
    counted.add(digest)
    done += sizes.get(blobPath(digest)) ?? 0
    report({ phase: 'push', done, total })
  }
  /** A repository of the registry that has the blob, from which others can take it over. */
  const owners = new Map<string, string>()

  const read = async (digest: string): Promise<Buffer> => {
    const size = sizes.get(blobPath(digest)) ?? 0
    if (size > manifestLimitBytes) throw new Problem('KIT_INVALID', `The manifest ${digest} is too large.`)
    return await kit.read(blobPath(digest))
  }

  async function pushBlob(at: Repository, { digest, size }: Descriptor): Promise<void> {
    const path = blobPath(digest)
    if (sizes.get(path) !== size)
      throw new Problem('KIT_INVALID', `The kit does not have ${digest} as its manifest says.`)
    if (!(await client.hasBlob(at, digest, signal)))
      await client.putBlob(at, { digest, size, content: () => kit.stream(path, signal) }, owners.get(digest), signal)
    owners.set(digest, at.repository)
    count(digest)
  }

  /** What a repository has got, with its name: an index can name the same manifest many times. */
  const known = new Set<string>()

  /** Children first: a registry refuses a manifest whose parts it does not have. */
  async function pushManifest(at: Repository, digest: string, mediaType: string, reference: string): Promise<void> {
    const name = `${at.repository} ${reference} ${digest}`
    if (known.has(name)) return
    known.add(name)
    const content = await read(digest)
    const children = childrenOf(reference, mediaType, content)
    if (isIndex(mediaType)) {
      for (const child of children) await pushManifest(at, child.digest, child.mediaType, child.digest)
    } else await inParallel(children, blobsAtOnce, (child) => pushBlob(at, child))
    await client.putManifest(at, reference, { mediaType, content }, signal)
    count(digest)
  }

  const { registry } = destination
  const pushed: PushedReference[] = []
  for (const image of manifest.images) {
    const at = { registry, repository: repositoryIn(destination, image.repository) }
    await pushManifest(at, image.digest, image.mediaType, image.tag)
    pushed.push({ from: image.reference, to: referenceIn(destination, image) })
  }
  for (const { name, version, digest } of manifest.charts) {
    const at = { registry, repository: repositoryIn(destination, `charts/${name}`) }
    await pushManifest(at, digest, manifestType, chartTag(version))
    pushed.push({
      from: `charts/${name}:${version}`,
      to: `oci://${registry}/${at.repository}:${chartTag(version)}@${digest}`,
    })
  }
  return pushed
}
