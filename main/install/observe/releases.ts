import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import { z } from 'zod'
import type { KubernetesClient } from '../../lib/kubernetes/client.ts'
import { isConflict } from '../../lib/kubernetes/failure.ts'
import { getObject, listObjects } from '../../lib/kubernetes/objects.ts'
import { parseManifest } from '../plan/manifest.ts'
import { kinds } from './kinds.ts'
import { type KubernetesObject, nameOf, textAt } from './kubernetes-object.ts'

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

/** One revision in Helm's history: what its Secret's labels and, for the last one, its record say. Never its values. */
export interface Revision {
  readonly secret: string
  readonly revision: number
  readonly status: HelmStatus
  readonly labels: Readonly<Record<string, string>>
  /** Milliseconds since 1970, when it was last written. */
  readonly changedAt: number
  /** Of the last revision: `name-version` of its chart. */
  readonly chart?: string
  /** Of the last revision: what Helm noted, such as "Install complete". */
  readonly description?: string
  /** Of the last revision: what it made, and what Helm never removes. */
  readonly objects?: readonly KubernetesObject[]
  readonly customResourceDefinitions?: readonly string[]
}

/** Oldest first; empty where there is no such release. */
export type History = readonly Revision[]

const recordLimitBytes = 32 * 1_048_576
const unzip = promisify(gunzip)
const zip = promisify(gzip)

/** Helm gzips its record, writes base64 and puts that into a Secret, whose data are base64 once more (storage/driver/util.go). */
async function readRecord(data: string): Promise<unknown> {
  const inner = Buffer.from(data, 'base64').toString('utf8')
  const plain = await unzip(Buffer.from(inner, 'base64'), { maxOutputLength: recordLimitBytes })
  return JSON.parse(plain.toString('utf8'))
}

async function writeRecord(record: unknown): Promise<string> {
  const packed = await zip(JSON.stringify(record), { level: 9 })
  return Buffer.from(packed.toString('base64')).toString('base64')
}

/** What is read of Helm's own record; the rest of it (values, manifest) is left alone. */
const Record = z.looseObject({
  info: z.looseObject({ status: z.string(), description: z.string().optional() }),
  manifest: z.string().optional(),
  chart: z
    .looseObject({
      metadata: z.looseObject({ name: z.string(), version: z.string() }).optional(),
      files: z.array(z.looseObject({ name: z.string(), data: z.string() })).nullish(),
    })
    .optional(),
})

/** Files of `crds/` are kept with the chart; their content is base64. */
function crdsOf(record: z.infer<typeof Record>): string[] {
  const files = (record.chart?.files ?? []).filter(({ name }) => /^crds\/.*\.ya?ml$/.test(name))
  return files.flatMap(({ data }) => parseManifest(Buffer.from(data, 'base64').toString('utf8')).map(nameOf))
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
  // A record that cannot be read costs only its chart's name: the labels decide.
  const record = await readRecord(textAt(last.secret, 'data', 'release') ?? '').then(
    (value) => Record.safeParse(value).data,
    () => undefined,
  )
  const { name: chart, version } = record?.chart?.metadata ?? {}
  const described: Revision = {
    ...last.revision,
    chart: chart && `${chart}-${version}`,
    description: record?.info.description,
    objects: parseManifest(record?.manifest ?? ''),
    customResourceDefinitions: record && crdsOf(record),
  }
  return [...sorted.slice(0, -1).map(({ revision }) => revision), described]
}

/**
 * Turns a pending revision into a failed one, as Helm would have done had it lived (and as Flux does). Helm refuses to
 * upgrade over a pending one, and has nothing to roll back to where no revision was ever good.
 * Returns false where someone else changed it meanwhile.
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
  const description = `Unlocked from "${revision.status}" by Hangar: the helm that was at work is gone`
  const release = await writeRecord({ ...record, info: { ...record.info, status: 'failed', description } })
  const body = {
    ...secret,
    metadata: { ...secret.metadata, labels: { ...secret.metadata?.labels, status: 'failed' } },
    data: { release },
  }
  try {
    // It carries its resourceVersion, so nobody else's change is lost.
    await client.request('PUT', `/api/v1/namespaces/${namespace}/secrets/${revision.secret}`, { body }, signal)
    return true
  } catch (error) {
    if (isConflict(error)) return false
    throw error
  }
}
