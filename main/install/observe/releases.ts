import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import { z } from 'zod'
import { Problem } from '../../../preload/contract/problem.ts'
import { JsonObject } from '../../../preload/contract/words.ts'
import { exceedsJsonLimits, responseLimits } from '../../lib/json-limits.ts'
import type { KubernetesClient } from '../../lib/kubernetes/client.ts'
import { isAlreadyExists, isConflict } from '../../lib/kubernetes/failure.ts'
import { getObject, listObjects } from '../../lib/kubernetes/objects.ts'
import type { Json } from '../../lib/rules/substitution.ts'
import { digestOf } from '../digest.ts'
import { labelKeys } from '../labels.ts'
import { kinds } from './kinds.ts'
import { asJson, type KubernetesObject, nameOf, textAt } from './kubernetes-object.ts'
import { readManifest } from './read-manifest.ts'

export const HelmStatus = z.literal([
  'unknown',
  'deployed',
  'uninstalled',
  'superseded',
  'failed',
  'uninstalling',
  'pending-install',
  'pending-upgrade',
  'pending-rollback',
])
export type HelmStatus = z.infer<typeof HelmStatus>

/** One revision of Helm's history, from the labels of its Secret and, for the last one, from its record. Never its values. */
export interface Revision {
  readonly secret: string
  readonly revision: number
  readonly status: HelmStatus
  readonly labels: Readonly<Record<string, string>>
  /** When it was last written, in milliseconds since 1970. */
  readonly changedAt: number
  /** Of the last revision: `damaged` if its record cannot be read, `missing` if there is none. Absent: it can be read. */
  readonly record?: 'damaged' | 'missing'
  /** Of the last revision: `name-version` of its chart. */
  readonly chart?: string
  /** Of the last revision: Helm's description, such as "Install complete". */
  readonly description?: string
  /** Of the last revision: the objects of its manifest. */
  readonly objects?: readonly KubernetesObject[]
  /** Of the last revision: of its values, as `valuesDigest` makes it. */
  readonly valuesDigest?: string
  /** Of the last revision: the objects of its hooks. */
  readonly hooks?: readonly KubernetesObject[]
  /** Of the last revision: from the chart's `crds/`, which Helm never deletes. */
  readonly customResourceDefinitions?: readonly string[]
}

/** Oldest first; empty if there is no such release. */
export type History = readonly Revision[]

/** Helm can do nothing with a revision without a record. */
export const isLost = ({ record }: Revision): boolean => record !== undefined

/** The revision to which helm can roll back. */
export const lastGoodRevision = (history: History): number | undefined =>
  history.findLast(({ status }) => status === 'deployed' || status === 'superseded')?.revision

/** A helm that works on a pending release has ended this long after the release's time limit. */
const graceMs = 60_000

/** From when on no helm can be working on a pending release, whatever started it; milliseconds since 1970. */
export const staleAtMs = ({ changedAt }: Pick<Revision, 'changedAt'>, timeoutSeconds: number): number =>
  changedAt + timeoutSeconds * 1_000 + graceMs

/** Whether Hangar wrote the revision: the next one of another helm, and every rollback, has the labels of an earlier one. */
export const hasOwnLabels = ({ labels, revision }: Pick<Revision, 'labels' | 'revision'>): boolean =>
  labels[labelKeys.revision] === undefined || labels[labelKeys.revision] === String(revision)

/** A release belongs to the plane if any revision has its profile's label, whichever computer installed it. */
export const isForeign = (history: History, profile: string): boolean =>
  history.length > 0 && history.every(({ labels }) => labels[labelKeys.profile] !== profile)

/** Whether a plane can take over the release: nobody else manages it, and no helm works on it. */
export function isAdoptable(history: History): boolean {
  const last = history.at(-1)
  const isManaged = ({ labels }: Revision) => Object.keys(labels).some((key) => managers.test(key))
  return last !== undefined && adoptableStatus.has(last.status) && !isLost(last) && !history.some(isManaged)
}

/** Labels of another plane of Hangar, and of Flux. */
const managers = /^(hangar\/profile|helm\.toolkit\.fluxcd\.io\/name)$/
const adoptableStatus = new Set<HelmStatus>(['deployed', 'failed', 'superseded'])

/** `agent-1.2.0, revision 3, deployed` */
export const describeRevision = ({ chart, revision, status }: Revision): string =>
  [chart, `revision ${revision}`, status].filter(Boolean).join(', ')

export function foreignRelease(
  { name, namespace }: { readonly name: string; readonly namespace: string },
  history: History,
): Problem {
  const last = history.at(-1)
  const isHangar = history.some(({ labels }) => labels[labelKeys.profile] !== undefined)
  const creator = last?.labels['helm.toolkit.fluxcd.io/name'] ? 'Flux' : isHangar ? 'another plane' : 'another helm'
  return new Problem(
    'RELEASE_FOREIGN',
    `Release ${name} in namespace ${namespace} was created by ${creator} and does not belong to this plane.`,
    last && describeRevision(last),
  )
}

const recordLimitBytes = 32 * 1_048_576
const unzip = promisify(gunzip)
const zip = promisify(gzip)

/**
 * Helm stores its record as base64 of gzip; the Secret's data is base64 of that (helm's storage/driver/util.go). It is
 * untrusted: a tenant who can write Secrets in the namespace can write it. Throws ANSWER_TOO_LARGE for too many values or levels.
 */
export async function readRecord(data: string): Promise<unknown> {
  const inner = Buffer.from(data, 'base64').toString('utf8')
  const plain = await unzip(Buffer.from(inner, 'base64'), { maxOutputLength: recordLimitBytes })
  if (exceedsJsonLimits(plain, responseLimits))
    throw new Problem('ANSWER_TOO_LARGE', "Helm's record of a release has too many values, or too many levels.")
  return JSON.parse(plain.toString('utf8'))
}

/** Pure: helm can read a record that is larger than what Hangar reads. */
export const exceedsLimits = (error: unknown): boolean =>
  error instanceof Problem || (error instanceof Error && Reflect.get(error, 'code') === 'ERR_BUFFER_TOO_LARGE')

async function writeRecord(record: unknown): Promise<string> {
  const compressed = await zip(JSON.stringify(record), { level: 9 })
  return Buffer.from(compressed.toString('base64')).toString('base64')
}

/** The parts of Helm's record that are read; all others, such as values, are left unchanged. */
const Record = z.looseObject({
  info: z.looseObject({ status: z.string(), description: z.string().optional() }),
  manifest: z.string().optional(),
  config: z.record(z.string(), z.unknown()).nullish(),
  hooks: z.array(z.looseObject({ manifest: z.string() })).nullish(),
  chart: z
    .looseObject({
      metadata: z.looseObject({ name: z.string(), version: z.string() }).optional(),
      files: z.array(z.looseObject({ name: z.string(), data: z.string() })).nullish(),
    })
    .optional(),
})

/** Names of charts have at most 250 characters, and Helm's descriptions one sentence and an error. */
const shownCharacters = 1_000

/** A text of a record that a tenant may have written, for one line. */
function shownText(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const line = text.slice(0, shownCharacters).replaceAll(/\s+/g, ' ')
  return text.length > shownCharacters ? `${line}…` : line
}

/** Of values without nulls and empty maps, which helm may drop. */
export const valuesDigest = (values: Readonly<Record<string, unknown>>): string =>
  digestOf(withoutEmpty(asJson(values)) ?? {})

function withoutEmpty(value: Json): Json | undefined {
  if (value === null) return undefined
  if (Array.isArray(value)) return value.map((item) => withoutEmpty(item) ?? null)
  if (typeof value !== 'object') return value
  const entries = Object.entries(value).flatMap(([name, inner]) => {
    const kept = withoutEmpty(inner)
    return kept === undefined ? [] : [[name, kept] as const]
  })
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}

/** The chart's `crds/` files are stored in the record; their content is base64. */
async function crdsOf(record: z.infer<typeof Record>): Promise<string[]> {
  const files = (record.chart?.files ?? []).filter(({ name }) => /^crds\/.*\.ya?ml$/.test(name))
  const texts = files.map(({ data }) => Buffer.from(data, 'base64').toString('utf8'))
  return (await readManifest(texts.join('\n---\n'), "the custom resource definitions of Helm's record")).map(nameOf)
}

function revisionOf(secret: KubernetesObject): Revision {
  const labels = secret.metadata?.labels ?? {}
  const changed = Number(labels.modifiedAt ?? labels.createdAt ?? Number.NaN) * 1_000
  const status = HelmStatus.safeParse(labels.status)
  return {
    secret: nameOf(secret),
    revision: Number(labels.version ?? 0),
    status: status.success ? status.data : 'unknown',
    labels,
    changedAt: Number.isFinite(changed) ? changed : Date.parse(secret.metadata?.creationTimestamp ?? ''),
  }
}

export async function observeRelease(
  client: KubernetesClient,
  { name, namespace }: { readonly name: string; readonly namespace: string },
  signal: AbortSignal,
): Promise<History> {
  const selection = { namespace, labelSelector: `owner=helm,name=${name}` }
  const sorted = (await listObjects(client, kinds.secret, selection, signal))
    .map((secret) => ({ secret, revision: revisionOf(secret) }))
    .sort((a, b) => a.revision.revision - b.revision.revision)
  const last = sorted.at(-1)
  if (last === undefined) return []
  const { record, isDamaged } = await readRecord(textAt(last.secret, 'data', 'release') ?? '').then(
    (value) => ({ record: Record.safeParse(value).data, isDamaged: !Record.safeParse(value).success }),
    (error: unknown) => ({ record: undefined, isDamaged: !exceedsLimits(error) }),
  )
  const { name: chart, version } = record?.chart?.metadata ?? {}
  const complete: Revision = {
    ...last.revision,
    ...(isDamaged && { record: 'damaged' as const }),
    chart: shownText(chart && `${chart}-${version}`),
    description: shownText(record?.info.description),
    valuesDigest: record && valuesDigest(record.config ?? {}),
    objects: await readManifest(record?.manifest ?? '', "the manifest of Helm's record"),
    hooks: await readManifest(
      (record?.hooks ?? []).map(({ manifest }) => manifest).join('\n---\n'),
      "the hooks of Helm's record",
    ),
    customResourceDefinitions: record && (await crdsOf(record)),
  }
  return [...sorted.slice(0, -1).map(({ revision }) => revision), complete]
}

/** The values that the last revision was installed with: from them, a plane that is connected infers its settings. */
export async function observeValues(
  client: KubernetesClient,
  { name, namespace }: { readonly name: string; readonly namespace: string },
  signal: AbortSignal,
): Promise<JsonObject | undefined> {
  const selection = { namespace, labelSelector: `owner=helm,name=${name}` }
  const secrets = await listObjects(client, kinds.secret, selection, signal)
  const last = secrets.toSorted((a, b) => revisionOf(a).revision - revisionOf(b).revision).at(-1)
  if (last === undefined) return undefined
  const record = await readRecord(textAt(last, 'data', 'release') ?? '').then(
    (value) => Record.safeParse(value).data,
    () => undefined,
  )
  return JsonObject.safeParse(record?.config).data
}

/**
 * Writes the record of a revision that has none, or a damaged one, as `failed`: helm then upgrades or uninstalls it. Only names
 * are recorded. Returns false if the Secret was changed in the meantime.
 */
export async function rebuildRecord(
  client: KubernetesClient,
  { name, namespace }: { readonly name: string; readonly namespace: string },
  { secret: secretName, revision, labels }: Revision,
  objects: readonly KubernetesObject[],
  signal: AbortSignal,
): Promise<boolean> {
  const existing = await getObject(client, kinds.secret, { namespace, name: secretName }, signal)
  const now = new Date().toISOString()
  const record = {
    name,
    namespace,
    version: revision,
    info: {
      first_deployed: now,
      last_deployed: now,
      deleted: '',
      status: 'failed',
      description: 'Record made again by Hangar from the objects in the cluster',
    },
    chart: { metadata: { apiVersion: 'v2', name, version: '0.0.0' }, templates: [], values: {} },
    config: {},
    manifest: objects.map((object) => `---\n${JSON.stringify(object)}\n`).join(''),
    apply_method: 'ssa',
  }
  const metadata = {
    ...existing?.metadata,
    name: secretName,
    namespace,
    labels: { ...labels, owner: 'helm', name, version: String(revision), status: 'failed', modifiedAt: seconds(now) },
  }
  const body = {
    ...kinds.secret,
    type: 'helm.sh/release.v1',
    ...existing,
    metadata,
    data: { release: await writeRecord(record) },
  }
  const path = `/api/v1/namespaces/${namespace}/secrets`
  try {
    if (existing === undefined) await client.request('POST', path, { body }, signal)
    else await client.request('PUT', `${path}/${secretName}`, { body }, signal)
    return true
  } catch (error) {
    if (isConflict(error) || isAlreadyExists(error)) return false
    throw error
  }
}

const seconds = (time: string): string => String(Math.floor(Date.parse(time) / 1_000))

/**
 * Changes the objects in the manifest of every readable revision: the text of each document by `change`, which removes it by
 * `undefined`.
 */
export async function changeManifests(
  client: KubernetesClient,
  { name, namespace }: { readonly name: string; readonly namespace: string },
  change: (document: string) => Promise<string | undefined>,
  signal: AbortSignal,
): Promise<void> {
  const selection = { namespace, labelSelector: `owner=helm,name=${name}` }
  for (const secret of await listObjects(client, kinds.secret, selection, signal)) {
    const record = await readRecord(textAt(secret, 'data', 'release') ?? '').then(
      (value) => Record.safeParse(value).data,
      () => undefined,
    )
    if (record?.manifest === undefined) continue
    const documents = record.manifest.split(/^---[ \t]*$/m)
    const changed = (await Promise.all(documents.map(change))).filter((each) => each !== undefined).join('---')
    if (changed === record.manifest) continue
    const body = { ...secret, data: { release: await writeRecord({ ...record, manifest: changed }) } }
    // The body has the resourceVersion, so that a concurrent change is not overwritten.
    await client.request('PUT', `/api/v1/namespaces/${namespace}/secrets/${nameOf(secret)}`, { body }, signal)
  }
}

/**
 * Sets a pending revision to `failed`, as Flux does. Helm refuses to upgrade over a pending revision, and without a good
 * revision there is no rollback. Returns false if the revision was changed in the meantime.
 */
export async function markFailed(
  client: KubernetesClient,
  namespace: string,
  revision: Revision,
  signal: AbortSignal,
): Promise<boolean> {
  const secret = await getObject(client, kinds.secret, { namespace, name: revision.secret }, signal)
  if (secret === undefined || revisionOf(secret).status !== revision.status) return false
  const record = Record.parse(await readRecord(textAt(secret, 'data', 'release') ?? ''))
  const description = `Unlocked from "${revision.status}" by Hangar: the helm process that worked on it has ended`
  const release = await writeRecord({ ...record, info: { ...record.info, status: 'failed', description } })
  const body = {
    ...secret,
    metadata: { ...secret.metadata, labels: { ...secret.metadata?.labels, status: 'failed' } },
    data: { release },
  }
  try {
    // The body has the resourceVersion, so that a concurrent change is not overwritten.
    await client.request('PUT', `/api/v1/namespaces/${namespace}/secrets/${revision.secret}`, { body }, signal)
    return true
  } catch (error) {
    if (isConflict(error)) return false
    throw error
  }
}
