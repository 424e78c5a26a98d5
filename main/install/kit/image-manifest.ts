import { z } from 'zod'
import { Problem } from '../../../preload/contract/problem.ts'
import { exceedsJsonLimits } from '../../lib/json-limits.ts'
import { tarFileLimitBytes } from '../../lib/tar.ts'

/** https://github.com/opencontainers/image-spec/blob/main/descriptor.md */
const Descriptor = z.looseObject({
  mediaType: z.string().max(200),
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/, 'a SHA-256 digest'),
  size: z.int().min(0).max(tarFileLimitBytes),
  platform: z.looseObject({ os: z.string(), architecture: z.string(), variant: z.string().optional() }).optional(),
})
export type Descriptor = z.infer<typeof Descriptor>

/** The specification recommends that registries accept at least this. */
export const manifestLimitBytes = 4 * 1_048_576
const jsonLimits = { values: 100_000, depth: 32 }

const indexTypes: ReadonlySet<string> = new Set([
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
])
const manifestTypes: ReadonlySet<string> = new Set([
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
])

export const isIndex = (mediaType: string): boolean => indexTypes.has(mediaType)

const Index = z.looseObject({ manifests: z.array(Descriptor).max(1_000) })
const Manifest = z.looseObject({ config: Descriptor, layers: z.array(Descriptor).max(1_000) })

/** What a manifest or index refers to. Throws REGISTRY_REFUSED; `image` names it. Pure. */
export function childrenOf(image: string, mediaType: string, content: Buffer): Descriptor[] {
  if (isIndex(mediaType)) return parsed(image, content, Index).manifests
  if (!manifestTypes.has(mediaType))
    throw new Problem('REGISTRY_REFUSED', `${image} has a manifest of a type that kits do not carry: ${mediaType}.`)
  const { config, layers } = parsed(image, content, Manifest)
  return [config, ...layers]
}

function parsed<Schema extends z.ZodType>(image: string, content: Buffer, schema: Schema): z.infer<Schema> {
  const invalid = (why: string) => new Problem('REGISTRY_REFUSED', `The manifest of ${image} ${why}.`)
  if (exceedsJsonLimits(content, jsonLimits)) throw invalid('has too many values')
  let value: unknown
  try {
    value = JSON.parse(content.toString('utf8'))
  } catch {
    throw invalid('is not JSON')
  }
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw invalid(`is not valid: ${issue?.path.join('.')}: ${issue?.message}`)
}

/** `linux/arm64/v8`, as `docker pull --platform` takes it. */
const platformName = ({ platform }: Descriptor): string =>
  platform === undefined
    ? 'unknown'
    : [platform.os, platform.architecture, platform.variant].filter((part) => part !== undefined).join('/')

/** `linux/arm64` is also every variant of it. */
const isPlatform = (descriptor: Descriptor, wanted: string): boolean => {
  const name = platformName(descriptor)
  return name === wanted || name.startsWith(`${wanted}/`)
}

/** What of an index goes into a kit. */
export type Choice =
  /** The index itself, with all that it refers to: its digest is the vendor's. */
  | { readonly kind: 'whole' }
  /** One manifest of it, whose digest is the vendor's too. */
  | { readonly kind: 'one'; readonly manifest: Descriptor }
  /** A smaller index, which is new and has a digest of its own. */
  | { readonly kind: 'some'; readonly index: Buffer; readonly manifests: readonly Descriptor[] }

/**
 * Chooses the platforms of an index; without any, all of it. A registry does not accept an index without its manifests, so that
 * one for some platforms is made anew. Throws INPUT_INVALID for a platform that the image does not have. Pure.
 */
export function choosePlatforms(image: string, index: Buffer, platforms: readonly string[]): Choice {
  const { manifests, ...rest } = parsed(image, index, Index)
  if (platforms.length === 0) return { kind: 'whole' }
  const missing = platforms.find((platform) => !manifests.some((each) => isPlatform(each, platform)))
  if (missing !== undefined) {
    const has = [...new Set(manifests.map(platformName))].filter((name) => !name.startsWith('unknown')).join(', ')
    throw new Problem('INPUT_INVALID', `${image} has no platform ${missing}; it has ${has}.`)
  }
  const chosen = manifests.filter((each) => platforms.some((platform) => isPlatform(each, platform)))
  const [only] = chosen
  if (chosen.length === manifests.length) return { kind: 'whole' }
  if (chosen.length === 1 && only !== undefined) return { kind: 'one', manifest: only }
  return { kind: 'some', index: Buffer.from(JSON.stringify({ ...rest, manifests: chosen })), manifests: chosen }
}
