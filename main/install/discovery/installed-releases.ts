import { z } from 'zod'
import { Problem } from '../../../preload/contract/problem.ts'
import { JsonObject } from '../../../preload/contract/words.ts'
import { chartLimits } from '../../lib/chart-folder.ts'
import { inParallel } from '../../lib/concurrency/in-parallel.ts'
import type { InstalledRelease, InstalledReleases } from '../../lib/installed-release.ts'
import type { KubernetesClient } from '../../lib/kubernetes/client.ts'
import { isForbidden, isKindUnknown } from '../../lib/kubernetes/failure.ts'
import { listIfAllowed } from '../../lib/kubernetes/if-allowed.ts'
import { getObject } from '../../lib/kubernetes/objects.ts'
import { kinds } from '../observe/kinds.ts'
import { at, type KubernetesObject, nameOf, textAt } from '../observe/kubernetes-object.ts'
import { readManifest } from '../observe/read-manifest.ts'
import { exceedsLimits, readRecord } from '../observe/releases.ts'
import { chartOfRecord } from './recorded-chart.ts'

const releasesLimit = 200
/** Each record can expand to 32 MiB while it is read. */
const recordsAtOnce = 2

const Record = z.looseObject({
  info: z.looseObject({ first_deployed: z.string().optional() }),
  manifest: z.string().default(''),
  hooks: z.array(z.looseObject({ manifest: z.string() })).nullish(),
  config: JsonObject.nullish(),
  chart: z.unknown(),
})

type Unread = InstalledReleases['unread'][number]

/** The Secret of a release's last deployed revision. */
interface Found {
  readonly name: string
  readonly namespace: string
  readonly secret: string
  readonly flux: string | undefined
}

/**
 * The releases whose last revision is deployed, from helm's records. `namespaces`: where to search; empty: everywhere. Reads only.
 * Throws CLUSTER_*, also where this user may not list Secrets.
 */
export async function readInstalledReleases(
  client: KubernetesClient,
  namespaces: readonly string[],
  signal: AbortSignal,
): Promise<InstalledReleases> {
  const unread: Unread[] = []
  const records = await listRecords(client, namespaces, unread, signal)
  const found = deployedRecords(records, unread)
  for (const { namespace, name } of found.slice(releasesLimit))
    unread.push({
      place: `${namespace}/${name}`,
      text: '',
      why: `It is beyond the limit of ${releasesLimit} releases.`,
    })
  const read = await inParallel(found.slice(0, releasesLimit), recordsAtOnce, async (each) => {
    const release = await readOne(client, each, signal)
    if ('why' in release) unread.push(release)
    return 'why' in release ? [] : [release]
  })
  const releases = read.flat().toSorted((a, b) => (a.installedAt + a.name < b.installedAt + b.name ? -1 : 1))
  return { releases: withinLimit(releases, unread), unread }
}

/** Without their content. Throws CLUSTER_FORBIDDEN if this user may read none of them. */
async function listRecords(
  client: KubernetesClient,
  namespaces: readonly string[],
  unread: Unread[],
  signal: AbortSignal,
): Promise<KubernetesObject[]> {
  const selection = { labelSelector: 'owner=helm', metadataOnly: true }
  const permission = 'Helm keeps its releases in Secrets: listing and reading them ("list" and "get" of "secrets")'
  if (namespaces.length === 0) {
    const all = await listIfAllowed(client, kinds.secret, selection, signal)
    if (all !== undefined) return [...all]
    throw new Problem(
      'CLUSTER_FORBIDDEN',
      `${permission} in all namespaces is not permitted to this user. Name the namespaces of the plane, or use a context that may.`,
    )
  }
  const lists = await inParallel(namespaces, recordsAtOnce, async (namespace) => {
    const list = await listIfAllowed(client, kinds.secret, { ...selection, namespace }, signal)
    if (list === undefined)
      unread.push({ place: `namespace ${namespace}`, text: 'secrets', why: 'This user may not list Secrets in it.' })
    return list
  })
  if (lists.every((list) => list === undefined))
    throw new Problem('CLUSTER_FORBIDDEN', `${permission} in ${namespaces.join(', ')} is not permitted to this user.`)
  return lists.flatMap((list) => list ?? [])
}

/** Pure: of each release the last revision, if it is deployed. */
export function deployedRecords(records: readonly KubernetesObject[], unread: Unread[]): Found[] {
  const labelOf = ({ metadata }: KubernetesObject, key: string): string => metadata?.labels?.[key] ?? ''
  const versionOf = (record: KubernetesObject): number => Number(labelOf(record, 'version')) || 0
  const named = records.filter((record) => labelOf(record, 'name') !== '')
  const groups = Map.groupBy(named, (record) => `${record.metadata?.namespace ?? ''}/${labelOf(record, 'name')}`)
  return [...groups].flatMap(([key, all]): Found[] => {
    const last = all.toSorted((a, b) => versionOf(a) - versionOf(b)).at(-1)
    const status = last === undefined ? '' : labelOf(last, 'status')
    if (last === undefined || status !== 'deployed') {
      unread.push({ place: key, text: status, why: 'Its last revision is not deployed.' })
      return []
    }
    return [
      {
        name: labelOf(last, 'name'),
        namespace: last.metadata?.namespace ?? '',
        secret: nameOf(last),
        flux: last.metadata?.labels?.['helm.toolkit.fluxcd.io/name'],
      },
    ]
  })
}

async function readOne(
  client: KubernetesClient,
  found: Found,
  signal: AbortSignal,
): Promise<InstalledRelease | Unread> {
  const { name, namespace, secret, flux } = found
  const unread = (why: string): Unread => ({ place: `${namespace}/${secret}`, text: name, why })
  try {
    const object = await getObject(client, kinds.secret, { namespace, name: secret }, signal)
    const record = Record.parse(await readRecord(textAt(object, 'data', 'release') ?? ''))
    const chart = chartOfRecord(record.chart, record.manifest)
    const hooks = (record.hooks ?? []).map(({ manifest }) => manifest)
    const source = flux === undefined ? undefined : await sourceOf(client, found, signal)
    if (typeof source === 'string') return unread(source)
    return {
      name,
      namespace,
      secret,
      installedAt: timeOf(record.info.first_deployed),
      chart: { name: chart.name, version: chart.version },
      chartFiles: chart.files,
      missingCharts: chart.missing,
      values: record.config ?? {},
      objects: await readManifest([record.manifest, ...hooks].join('\n---\n'), `the manifest of release ${name}`),
      ...(source && { source }),
    }
  } catch (error) {
    if (signal.aborted) throw error
    if (isForbidden(error)) return unread('This user may not read this Secret ("get" of "secrets").')
    if (exceedsLimits(error)) return unread(error instanceof Problem ? error.message : 'Helm’s record is too large.')
    if (error instanceof Problem) throw error
    return unread('Helm’s record cannot be read.')
  }
}

const timeOf = (time = ''): string => {
  const date = new Date(time)
  return Number.isNaN(date.getTime()) ? '' : date.toISOString()
}

/** Where Flux fetches the chart, or why a profile cannot name it. */
async function sourceOf(
  client: KubernetesClient,
  { name, namespace, flux = name }: Found,
  signal: AbortSignal,
): Promise<InstalledRelease['source'] | string> {
  const other = `Flux installs it (HelmRelease ${flux}), and not from an OCIRepository beside it: a profile can name no other source.`
  try {
    const helmRelease = await getObject(client, kinds.helmRelease, { namespace, name: flux }, signal)
    const reference = at(helmRelease, 'spec', 'chartRef')
    const repository = textAt(reference, 'name')
    if (flux !== name || textAt(reference, 'kind') !== 'OCIRepository' || repository === undefined) return other
    if ((textAt(reference, 'namespace') ?? namespace) !== namespace) return other
    const object = await getObject(client, kinds.ociRepository, { namespace, name: repository }, signal)
    const url = textAt(object, 'spec', 'url')
    if (url === undefined || !url.startsWith('oci://')) return other
    const tag = textAt(object, 'spec', 'ref', 'tag')
    return { url, ...(tag !== undefined && { tag }), insecure: at(object, 'spec', 'insecure') === true }
  } catch (error) {
    if (isKindUnknown(error)) return other
    if (isForbidden(error)) return `Flux installs it. This user may not read the HelmRelease ${flux} or its source.`
    throw error
  }
}

/** All charts of a draft are in memory at once. */
function withinLimit(releases: readonly InstalledRelease[], unread: Unread[]): InstalledRelease[] {
  let bytes = 0
  return releases.flatMap((release) => {
    bytes += release.chartFiles.reduce((sum, { content }) => sum + content.length, 0)
    if (bytes <= chartLimits.totalBytes) return [release]
    const why = `The charts have more than ${chartLimits.totalBytes / 1_048_576} MiB together.`
    unread.push({ place: `${release.namespace}/${release.name}`, text: '', why })
    return []
  })
}
