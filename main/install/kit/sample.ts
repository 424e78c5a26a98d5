import { createKey, type SecretKey, signatureText } from '../../lib/minisign.ts'
import { sha256 } from '../digest.ts'
import {
  blobPath,
  fileOf,
  indexText,
  type KitFile,
  type KitManifest,
  kitPaths,
  layoutText,
  manifestText,
} from './manifest.ts'

const config = Buffer.from('{"architecture":"amd64","os":"linux"}')
const layer = Buffer.from('a layer')
const chart = Buffer.from('a chart')
const profile = Buffer.from('name: web\n')
const imageManifest = Buffer.from('{"a":"manifest"}')
const chartManifest = Buffer.from('{"a":"chart manifest"}')

const digest = (content: Buffer): string => `sha256:${sha256(content)}`
const blobs = [config, layer, chart, imageManifest, chartManifest].toSorted((a, b) => (sha256(a) < sha256(b) ? -1 : 1))
const index = indexText([])

/** A small kit of one image and one chart, whose content is invented. */
export const sampleContents: ReadonlyMap<string, Buffer> = new Map([
  [kitPaths.layout, layoutText],
  [kitPaths.index, index],
  [kitPaths.profile, profile],
  ...blobs.map((content) => [blobPath(sha256(content)), content] as const),
])

export const sampleManifest: KitManifest = {
  schemaVersion: 1,
  name: 'web',
  title: 'Web',
  platforms: [],
  images: [
    {
      reference: 'registry.test/web:1',
      repository: 'web',
      tag: '1',
      digest: digest(imageManifest),
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
    },
  ],
  charts: [
    {
      release: 'web',
      name: 'web',
      version: '1.0.0',
      digest: digest(chartManifest),
      archive: digest(chart),
      edits: [{ path: ['image'], image: 'registry.test/web:1', part: 'reference' }],
    },
  ],
  files: [...sampleContents].map(([path, content]): KitFile => fileOf(path, content)),
}

export const sampleKey: SecretKey = createKey().key

/** The entries of a kit in their order. */
export function sampleEntries(
  manifest: KitManifest = sampleManifest,
  key = sampleKey,
): [path: string, content: Buffer][] {
  const text = manifestText(manifest)
  return [
    [kitPaths.manifest, text],
    [kitPaths.signature, Buffer.from(signatureText(text, key, 'kit web'))],
    ...sampleContents,
  ]
}
