import { createReadStream } from 'node:fs'
import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Problem } from '../../../preload/contract/problem.ts'
import type { Profile, Release } from '../../../preload/contract/profiles.ts'
import type { JsonObject } from '../../../preload/contract/words.ts'
import { archiveFiles, archiveLimitBytes } from '../../lib/chart-archive.ts'
import { inParallel } from '../../lib/concurrency/in-parallel.ts'
import { isRelativePath, readRegularFile } from '../../lib/contained-file.ts'
import { makePrivateFolder } from '../../lib/files.ts'
import { type ChartFolders, readLocalChart } from '../../lib/local-chart.ts'
import { withLock } from '../../lib/lock.ts'
import { type SecretKey, signatureText } from '../../lib/minisign.ts'
import { rootFiles } from '../../lib/rules/root-files.ts'
import { substituteValue } from '../../lib/rules/substitution.ts'
import { sha256 } from '../digest.ts'
import type { Helm } from '../helm/helm.ts'
import { readManifest } from '../observe/read-manifest.ts'
import { fetchChart, type LocalChart } from '../plan/charts.ts'
import { valuesOf } from '../plan/desired.ts'
import { mergeValues } from '../plan/values.ts'
import { operatorImages } from '../preflight/rules/operator-images.ts'
import { imagesOf, placedObjects, podsOf } from '../preflight/rules/pods.ts'
import { type ChartArtifact, chartArtifact, chartDefaults, chartMetadata, packChart } from './chart-artifact.ts'
import { type CollectedImage, collectImages } from './collect-images.ts'
import { cachedFile, downloadBlob, type WantedBlob } from './download.ts'
import { findImageEdits, withEdits } from './image-edits.ts'
import { type Source, writeKit } from './kit-file.ts'
import {
  blobPath,
  fileOf,
  indexText,
  type KitEdit,
  type KitFile,
  type KitImage,
  type KitManifest,
  kitLimits,
  kitPaths,
  layoutText,
  manifestText,
} from './manifest.ts'
import { kitName } from './references.ts'
import { createRegistryClient, type RegistryOptions } from './registry-client.ts'

/** What a kit is built from. */
export interface KitContent {
  readonly profile: Profile
  /** Of the profile's file. */
  readonly text: string
  /** Certificates (PEM) by the path that the profile names. */
  readonly roots: Readonly<Record<string, string>>
  readonly folders: ChartFolders
  /** Complete. */
  readonly settings: JsonObject
  /** Of chart values, by release. */
  readonly overrides: Readonly<Record<string, JsonObject>>
}

export interface KitBuild {
  readonly file: string
  readonly key: SecretKey
  /** Such as `linux/amd64`; empty: all that the images have. */
  readonly platforms: readonly string[]
  /** Images that no chart renders, such as those that an operator creates pods with. */
  readonly images: readonly string[]
  /** Of the cluster that the charts are rendered for. */
  readonly kubernetesVersion: string
  readonly registry: RegistryOptions
}

interface KitProgress {
  readonly phase: 'charts' | 'images' | 'download' | 'write' | 'verify' | 'push'
  /** Bytes. */
  readonly done: number
  readonly total: number
}
export type ReportKit = (progress: KitProgress) => void

export interface BuiltKit {
  readonly manifest: KitManifest
  /** SHA-256 of `kit.json`, hexadecimal. */
  readonly digest: string
  readonly bytes: number
}

interface RenderedImages {
  readonly ofPods: readonly string[]
  /** Those that an operator makes pods with. */
  readonly ofOperators: readonly string[]
}

interface BuiltChart {
  readonly release: string
  readonly chart: LocalChart
  readonly artifact: ChartArtifact
  readonly edits: readonly KitEdit[]
  readonly images: readonly string[]
}

const chartsAtOnce = 4
const blobsAtOnce = 4
/** For the proof that the edits have their effect: where it is, matters to no chart. */
const provenAt = { registry: 'kit.invalid', prefix: 'proof' }

/**
 * Collects a profile, its charts and their images into one file. An interrupted one continues where it stopped. Throws HELM_*,
 * REGISTRY_*, KIT_IMAGE_FIXED, KIT_TOO_LARGE, INPUT_INVALID.
 */
export async function buildKit(
  helm: Helm,
  home: string,
  content: KitContent,
  build: KitBuild,
  signal: AbortSignal,
  report: ReportKit,
): Promise<BuiltKit> {
  const { profile, settings } = content
  refuseMissingRoots(content)
  report({ phase: 'charts', done: 0, total: 0 })
  // Which values make the images is found out before anything is downloaded.
  const charts = await inParallel(profile.releases, chartsAtOnce, (release) =>
    buildChart(helm, home, content, release, build, signal),
  )
  const probeImage = String(substituteValue(profile.probeImage ?? '', settings) ?? '')
  const rendered = charts.flatMap(({ images }) => images)
  const references = [...new Set([...rendered, ...(probeImage === '' ? [] : [probeImage]), ...build.images])].toSorted()
  const cache = join(home, 'kit')
  await makePrivateFolder(cache)
  const client = createRegistryClient(build.registry)
  try {
    return await withLock(join(cache, 'lock'), async () => {
      report({ phase: 'images', done: 0, total: 0 })
      const images = await collectImages(client, references, build.platforms, signal)
      const wanted = new Map(images.flatMap(({ blobs }) => blobs.map((blob) => [blob.digest, blob] as const)))
      const total = sizeOf(wanted)
      let done = 0
      await inParallel([...wanted.values()], blobsAtOnce, (blob) =>
        downloadBlob(client, blob, cache, signal, (bytes) => {
          done += bytes
          report({ phase: 'download', done, total })
        }),
      )
      const built = await write(content, build, { charts, images, wanted, cache, probeImage }, signal, report)
      for (const digest of wanted.keys()) await rm(cachedFile(cache, digest), { force: true })
      return built
    })
  } finally {
    await client.close()
  }
}

/**
 * A file of certificates that is not there would be missing where the kit is installed. An absolute path is one of the place where
 * the check runs, such as that of a service account in a pod. Throws FILE_UNREADABLE.
 */
function refuseMissingRoots({ profile, roots }: KitContent): void {
  const missing = rootFiles(profile).find((path) => isRelativePath(path) && !Object.hasOwn(roots, path))
  if (missing === undefined) return
  const message = `The profile trusts the certificates in ${JSON.stringify(missing)}, which has none or cannot be read.`
  throw new Problem('FILE_UNREADABLE', message)
}

function sizeOf(blobs: ReadonlyMap<string, WantedBlob>): number {
  let total = 0
  for (const { size } of blobs.values()) total += size
  if (total <= kitLimits.totalBytes) return total
  const limit = `${kitLimits.totalBytes / 1_073_741_824} GiB`
  throw new Problem(
    'KIT_TOO_LARGE',
    `The images have ${Math.round(total / 1_073_741_824)} GiB; a kit has ${limit} at most.`,
  )
}

async function buildChart(
  helm: Helm,
  home: string,
  { folders, settings, overrides }: KitContent,
  release: Release,
  { kubernetesVersion: version, images: named }: Pick<KitBuild, 'kubernetesVersion' | 'images'>,
  signal: AbortSignal,
): Promise<BuiltChart> {
  const { name, namespace } = release
  const chart = await fetchChart(release.chart, { helm, home, ...folders }, signal)
  const fetched = await readRegularFile(chart.file, archiveLimitBytes)
  const files = await archiveFiles(fetched)
  const values = valuesOf(release, { settings, overrides })
  const render = async (given: JsonObject): Promise<RenderedImages> => {
    const cluster = { version, apiVersions: [] }
    const manifest = await helm.template({ name, namespace, file: chart.file, values: given }, cluster, signal)
    const objects = await readManifest(manifest, `what helm rendered for release ${name}`)
    const pods = podsOf(placedObjects({ releases: [release] }, new Map([[name, objects]])))
    return { ofPods: imagesOf(pods), ofOperators: operatorImages(objects, pods) }
  }
  const rendered = await render(values)
  const images = [...rendered.ofPods, ...rendered.ofOperators]
  const edits = findImageEdits(mergeValues(await chartDefaults(files), values), images)
  const proof = new Map(images.map((reference) => [reference, provenImage(reference)]))
  const moved = await render(withEdits(values, edits, proof, provenAt))
  // With --image, the user says that an operator gets its image from elsewhere.
  const mayStay = new Set([...rendered.ofOperators, ...moved.ofOperators].filter((image) => named.includes(image)))
  const checked = (all: readonly string[]): string[] => all.filter((image) => !mayStay.has(image))
  refuseFixed(release, checked(images), proof, checked([...moved.ofPods, ...moved.ofOperators]))
  const archive =
    'path' in release.chart ? await packedChart(folders, release.chart.path, chart.name, fetched) : fetched
  return { release: name, chart, edits, images, artifact: chartArtifact(chart, chartMetadata(files), archive) }
}

/** Helm writes the time into what it packs: a folder is packed anew. */
async function packedChart(folders: ChartFolders, path: string, name: string, fetched: Buffer): Promise<Buffer> {
  const source = await readLocalChart(folders, path)
  return source.kind === 'folder' ? await packChart(name, source.files) : fetched
}

function provenImage(reference: string): KitImage {
  const name = kitName(reference)
  const digest = `sha256:${sha256(reference)}`
  return { reference, repository: name?.repository ?? 'none', tag: name?.tag ?? 'kit', digest, mediaType: '' }
}

/** Throws KIT_IMAGE_FIXED if an image does not follow the values. */
function refuseFixed(
  { name }: Release,
  images: readonly string[],
  proof: ReadonlyMap<string, KitImage>,
  rendered: readonly string[],
): void {
  const digests = new Map([...proof.values()].map((image) => [image.digest, image]))
  const prefix = `${provenAt.registry}/${provenAt.prefix}/`
  const followed = new Set(
    rendered.flatMap((image) => {
      const found = digests.get(image.split('@')[1] ?? '')
      const isMoved = found !== undefined && /^[:@]/.test(image.replace(`${prefix}${found.repository}`, ''))
      return isMoved ? [found.reference] : []
    }),
  )
  const fixed = [
    ...images.filter((image) => !followed.has(image)),
    ...rendered.filter((image) => !image.startsWith(prefix)),
  ]
  const [first] = fixed
  if (first === undefined) return
  const evidence = [...new Set(fixed)].join('\n')
  const message = `No value of release ${name} moves the image ${first} to another registry.`
  throw new Problem('KIT_IMAGE_FIXED', message, evidence)
}

interface Parts {
  readonly charts: readonly BuiltChart[]
  readonly images: readonly CollectedImage[]
  readonly wanted: ReadonlyMap<string, WantedBlob>
  readonly cache: string
  readonly probeImage: string
}

async function write(
  { profile, text: profileText, roots }: KitContent,
  { file, key, platforms }: KitBuild,
  { charts, images, wanted, cache, probeImage }: Parts,
  signal: AbortSignal,
  report: ReportKit,
): Promise<BuiltKit> {
  const inMemory = new Map<string, Buffer>()
  for (const { manifests } of images) for (const content of manifests.values()) inMemory.set(sha256(content), content)
  for (const { artifact } of charts)
    for (const content of [artifact.manifest, artifact.config, artifact.archive]) inMemory.set(sha256(content), content)
  const certificates = Object.entries(roots).map(([path, pem]) => ({ path, content: Buffer.from(pem) }))
  for (const { content } of certificates) inMemory.set(sha256(content), content)
  const index = indexText([
    ...images.map(({ image, manifests }) => ({
      name: image.reference,
      mediaType: image.mediaType,
      digest: image.digest,
      size: manifests.get(image.digest)?.length ?? 0,
    })),
    ...charts.map(({ chart, artifact }) => ({
      name: `charts/${chart.name}:${chart.version}`,
      mediaType: artifact.mediaType,
      digest: `sha256:${sha256(artifact.manifest)}`,
      size: artifact.manifest.length,
    })),
  ])
  const named = new Map([
    [kitPaths.layout, layoutText],
    [kitPaths.index, index],
    [kitPaths.profile, Buffer.from(profileText)],
  ] as const)
  const blobs: KitFile[] = [
    ...[...inMemory].map(([digest, content]) => fileOf(blobPath(digest), content)),
    ...[...wanted.values()]
      .map(({ digest, size }) => ({ path: blobPath(digest), size, sha256: digest.slice('sha256:'.length) }))
      .filter(({ sha256: digest }) => !inMemory.has(digest)),
  ].toSorted((a, b) => (a.path < b.path ? -1 : 1))
  const manifest: KitManifest = {
    schemaVersion: 1,
    name: profile.name,
    title: profile.title,
    platforms: [...platforms].toSorted(),
    images: images.map(({ image }) => image),
    ...(probeImage !== '' && { probeImage }),
    charts: charts.map(({ release, chart, artifact, edits }) => ({
      release,
      name: chart.name,
      version: chart.version,
      digest: `sha256:${sha256(artifact.manifest)}`,
      archive: `sha256:${sha256(artifact.archive)}`,
      edits: [...edits],
    })),
    ...(certificates.length > 0 && {
      certificates: certificates.map(({ path, content }) => ({ path, digest: `sha256:${sha256(content)}` })),
    }),
    files: [...[...named].map(([path, content]) => fileOf(path, content)), ...blobs],
  }
  const text = manifestText(manifest)
  const digest = sha256(text)
  const signature = Buffer.from(signatureText(text, key, `kit ${profile.name} sha256:${digest}`))
  const source = ({ path, sha256: of }: KitFile): Source => {
    const content = [...named].find(([each]) => each === path)?.[1] ?? inMemory.get(of)
    return content === undefined
      ? (until) => createReadStream(cachedFile(cache, of), { signal: until })
      : () => [content]
  }
  let done = 0
  await writeKit(file, { text, signature, files: manifest.files }, source, signal, (bytes, total) => {
    done += bytes
    report({ phase: 'write', done, total })
  })
  return { manifest, digest, bytes: (await stat(file)).size }
}
