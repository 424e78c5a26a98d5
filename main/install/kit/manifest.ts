import { z } from 'zod'
import { Problem } from '../../../preload/contract/problem.ts'
import { Slug } from '../../../preload/contract/words.ts'
import { exceedsJsonLimits } from '../../lib/json-limits.ts'
import { tarFileLimitBytes } from '../../lib/tar.ts'
import { sha256 } from '../digest.ts'

const Digest = z.string().regex(/^sha256:[0-9a-f]{64}$/)
const Size = z.int().min(0).max(tarFileLimitBytes)

/** Of a kit as a whole. An image of a node has some hundred megabytes. */
export const kitLimits = {
  manifestBytes: 16 * 1_048_576,
  signatureBytes: 4_096,
  files: 20_000,
  images: 500,
  totalBytes: 100 * 1_073_741_824,
} as const
const jsonLimits = { values: 500_000, depth: 64 }

export const kitPaths = {
  manifest: 'kit.json',
  signature: 'kit.json.minisig',
  layout: 'oci-layout',
  index: 'index.json',
  profile: 'profile/profile.yaml',
} as const

export const blobPath = (digest: string): string => `blobs/sha256/${digest.replace(/^sha256:/, '')}`

/** A text of the values of a release that makes a part of an image reference. */
const Edit = z.strictObject({
  path: z.array(z.string().max(200)).min(1).max(32),
  /** The reference of the image. */
  image: z.string().max(1_000),
  /** `name`: registry and repository in one text. */
  part: z.literal(['reference', 'name', 'registry', 'repository', 'tag', 'digest']),
})
export type KitEdit = z.infer<typeof Edit>

const Image = z.strictObject({
  /** As the charts or the profile name it. */
  reference: z.string().max(1_000),
  /** Path in a registry, without its host. */
  repository: z
    .string()
    .regex(/^[a-z0-9]+([._/-]+[a-z0-9]+)*$/)
    .max(255),
  tag: z.string().regex(/^\w[\w.-]{0,127}$/),
  /** Of the manifest or index that is in the kit. */
  digest: Digest,
  mediaType: z.string().max(200),
  /** Of the index that it was chosen from, if only some platforms are in the kit. */
  indexDigest: Digest.optional(),
})
export type KitImage = z.infer<typeof Image>

const Chart = z.strictObject({
  release: Slug,
  name: z
    .string()
    .regex(/^[A-Za-z0-9][\w.-]*$/)
    .max(200),
  version: z.string().max(200),
  /** Of the OCI artifact, and of the .tgz in it. */
  digest: Digest,
  archive: Digest,
  edits: z.array(Edit).max(1_000),
})

const File = z.strictObject({ path: z.string().max(200), size: Size, sha256: z.string().regex(/^[0-9a-f]{64}$/) })
export type KitFile = z.infer<typeof File>

/** `kit.json`: what is in a kit. The signature is over its bytes, and it pins every other file. */
export const KitManifest = z.strictObject({
  schemaVersion: z.literal(1),
  /** Of the profile. */
  name: Slug,
  title: z.string().max(500),
  /** Empty: all that the images have. */
  platforms: z.array(z.string().max(100)).max(20),
  images: z.array(Image).max(kitLimits.images),
  /** Reference of the image of the profile's probes. */
  probeImage: z.string().max(1_000).optional(),
  charts: z.array(Chart).max(200),
  /** Certificate authorities (PEM) that the profile names by the path of a file; absent: none. */
  certificates: z
    .array(z.strictObject({ path: z.string().max(1_000), digest: Digest }))
    .max(50)
    .optional(),
  /** In the order of the archive. */
  files: z.array(File).max(kitLimits.files),
})
export type KitManifest = z.infer<typeof KitManifest>

/** Pure: the same manifest always has the same bytes. */
export const manifestText = (manifest: KitManifest): Buffer =>
  Buffer.from(`${JSON.stringify(KitManifest.parse(manifest), undefined, 1)}\n`)

/** Throws KIT_INVALID. Pure. */
export function parseManifest(text: Buffer): KitManifest {
  const invalid = (why: string) => new Problem('KIT_INVALID', `The manifest of the kit ${why}.`)
  if (exceedsJsonLimits(text, jsonLimits)) throw invalid('has too many values')
  let value: unknown
  try {
    value = JSON.parse(text.toString('utf8'))
  } catch {
    throw invalid('is not JSON')
  }
  const parsed = KitManifest.safeParse(value)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw invalid(`is not valid: ${issue?.path.join('.')}: ${issue?.message}`)
  }
  const fault = faultOf(parsed.data)
  if (fault !== undefined) throw invalid(fault)
  return parsed.data
}

/** What the types do not express. Pure. */
function faultOf({ files, images, charts, certificates = [], probeImage }: KitManifest): string | undefined {
  const paths = new Set<string>()
  let total = 0
  for (const { path, size, sha256: digest } of files) {
    if (paths.has(path)) return `lists ${path} twice`
    paths.add(path)
    total += size
    const isNamed = path === kitPaths.layout || path === kitPaths.index || path === kitPaths.profile
    if (!isNamed && path !== blobPath(digest)) return `lists ${JSON.stringify(path)}, which is no file of a kit`
  }
  if (total > kitLimits.totalBytes) return `lists more than ${kitLimits.totalBytes / 1_073_741_824} GiB`
  const required = [
    kitPaths.layout,
    kitPaths.index,
    kitPaths.profile,
    ...images.map(({ digest }) => blobPath(digest)),
    ...charts.flatMap(({ digest, archive }) => [blobPath(digest), blobPath(archive)]),
    ...certificates.map(({ digest }) => blobPath(digest)),
  ]
  const missing = required.find((path) => !paths.has(path))
  if (missing !== undefined) return `does not list ${missing}, which it needs`
  const references = new Set(images.map(({ reference }) => reference))
  const named = [...charts.flatMap(({ edits }) => edits.map(({ image }) => image)), ...(probeImage ? [probeImage] : [])]
  const unknown = named.find((image) => !references.has(image))
  return unknown === undefined ? undefined : `names an image that it does not have: ${unknown}`
}

/** `oci-layout` (https://github.com/opencontainers/image-spec/blob/main/image-layout.md). */
export const layoutText = Buffer.from('{"imageLayoutVersion":"1.0.0"}')

/** `index.json`: every image and chart by its name, for programs such as skopeo and oras. Pure. */
export function indexText(
  entries: readonly {
    readonly name: string
    readonly mediaType: string
    readonly digest: string
    readonly size: number
  }[],
): Buffer {
  const manifests = entries.map(({ name, mediaType, digest, size }) => ({
    mediaType,
    digest,
    size,
    annotations: { 'org.opencontainers.image.ref.name': name },
  }))
  return Buffer.from(
    JSON.stringify({ schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests }),
  )
}

/** The file of a content in memory. Pure. */
export const fileOf = (path: string, content: Buffer): KitFile => ({
  path,
  size: content.length,
  sha256: sha256(content),
})
