import { Problem } from '../../../preload/contract/problem.ts'
import type { KubernetesClient } from './client.ts'
import { isGone, isNotFound } from './failure.ts'
import { findResource, type Kind, type KubernetesObject, type ObjectName, resourcePath } from './resources.ts'

/** What a list selects. Without a namespace: all namespaces. */
export interface Selection {
  readonly namespace?: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
  /** Without spec, data and status. */
  readonly metadataOnly?: boolean
}

/** A page as large as kubectl's: a cluster of 20,000 pods is 40 of them. */
const pageSize = 500
/** More objects than this need a watch instead of a list. */
const listLimit = 100_000
/** A server may send smaller pages than it was asked for, also empty ones; one that never ends is no API server. */
const pagesLimit = 2_000
const listTries = 3
/** What a list that is kept as a whole may have: 20,000 pods have 200 MB. */
const listLimitBytes = 256 * 1024 * 1024

interface Page {
  readonly metadata: { readonly resourceVersion?: string; readonly continue?: string }
  readonly items: readonly Partial<KubernetesObject>[] | null
}

/** One object, or undefined where there is none. */
export async function getObject<Shape extends KubernetesObject = KubernetesObject>(
  client: KubernetesClient,
  kind: Kind,
  name: ObjectName,
  signal: AbortSignal,
): Promise<Shape | undefined> {
  const type = await findResource(client, kind, signal)
  try {
    return await client.request<Shape>('GET', resourcePath(type, name), {}, signal)
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}

/** All objects of a kind, read in pages. Starts again when the pages expire (410). */
export async function listObjects<Shape extends KubernetesObject = KubernetesObject>(
  client: KubernetesClient,
  kind: Kind,
  selection: Selection,
  signal: AbortSignal,
): Promise<Shape[]> {
  const type = await findResource(client, kind, signal)
  const { objects } = await listPath(client, resourcePath(type, selection), selection, signal)
  return objects.map((object) => ({ ...object, apiVersion: type.apiVersion, kind: type.kind })) as Shape[] // named by the caller for its kind
}

/**
 * A whole collection, and the version from which a watch continues. Throws ANSWER_TOO_LARGE beyond 100,000 objects, and beyond
 * 256 MiB: each page alone may be as large as any response.
 */
async function listPath(
  client: KubernetesClient,
  path: string,
  selection: Omit<Selection, 'namespace'>,
  signal: AbortSignal,
): Promise<{ objects: Partial<KubernetesObject>[]; resourceVersion: string }> {
  let objects: Partial<KubernetesObject>[] = []
  let version = ''
  for await (const page of listPages(client, path, { ...selection, limitBytes: listLimitBytes }, signal)) {
    if (page.isFirst) objects = []
    objects.push(...page.objects)
    version = page.resourceVersion
  }
  return { objects, resourceVersion: version }
}

interface ListedSelection extends Omit<Selection, 'namespace'> {
  /** Of all pages together. */
  readonly limitBytes?: number
}

export interface ListedPage {
  readonly objects: readonly Partial<KubernetesObject>[]
  /** The collection is listed from its start: what earlier pages contained counts no more. */
  readonly isFirst: boolean
  readonly isLast: boolean
  /** After the last page: the version from which a watch continues. */
  readonly resourceVersion: string
}

/**
 * A collection page by page. When the pages expire (410), it begins again with larger pages, of which fewer can expire.
 * Throws ANSWER_TOO_LARGE beyond 100,000 objects.
 */
export async function* listPages(
  client: KubernetesClient,
  path: string,
  { labelSelector, fieldSelector, metadataOnly, limitBytes = Number.POSITIVE_INFINITY }: ListedSelection,
  signal: AbortSignal,
): AsyncGenerator<ListedPage, void> {
  let next: string | undefined
  let count = 0
  let pages = 0
  let bytes = 0
  const accept = metadataOnly ? metadataList : undefined
  for (let tries = 1; ; ) {
    const onSize = (ofPage: number): void => {
      bytes = ofPage + (next === undefined ? 0 : bytes)
      if (bytes > limitBytes)
        throw new Problem('ANSWER_TOO_LARGE', `The list at ${path} is larger than ${limitBytes / 1024 / 1024} MiB.`)
    }
    const query = { limit: pageSize * 4 ** (tries - 1), continue: next, labelSelector, fieldSelector }
    try {
      const page = await client.request<Page>('GET', path, { query, timeoutMs: pageLimitMs, accept, onSize }, signal)
      const isFirst = next === undefined
      const objects = page.items ?? []
      count = objects.length + (isFirst ? 0 : count)
      pages += 1
      if (count > listLimit) throw new Problem('ANSWER_TOO_LARGE', `More than ${listLimit} objects at ${path}.`)
      if (pages > pagesLimit) throw new Problem('ANSWER_TOO_LARGE', `More than ${pagesLimit} pages at ${path}.`)
      next = page.metadata.continue === '' ? undefined : page.metadata.continue
      yield { objects, isFirst, isLast: next === undefined, resourceVersion: page.metadata.resourceVersion ?? '' }
      if (next === undefined) return
    } catch (error) {
      if (!isGone(error) || tries >= listTries) throw error
      tries += 1
      next = undefined
    }
  }
}
const pageLimitMs = 30_000
const metadataList = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1'

/**
 * Deletes one object. `foreground` returns at once too; the object then exists until its dependents are deleted.
 * False when it did not exist.
 */
export async function deleteObject(
  client: KubernetesClient,
  kind: Kind,
  name: ObjectName,
  options: { readonly propagation?: 'background' | 'foreground' | 'orphan'; readonly uid?: string },
  signal: AbortSignal,
): Promise<boolean> {
  const type = await findResource(client, kind, signal)
  const body = {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    propagationPolicy: policies[options.propagation ?? 'background'],
    ...(options.uid === undefined ? {} : { preconditions: { uid: options.uid } }),
  }
  try {
    await client.request('DELETE', resourcePath(type, name), { body }, signal)
    return true
  } catch (error) {
    if (isNotFound(error)) return false
    throw error
  }
}
const policies = { background: 'Background', foreground: 'Foreground', orphan: 'Orphan' } as const

/** Removes one finalizer of an object that is being deleted. Throws CLUSTER_REFUSED if the object changed since it was read. */
export async function removeFinalizer(
  client: KubernetesClient,
  object: KubernetesObject,
  name: ObjectName,
  finalizer: string,
  signal: AbortSignal,
): Promise<void> {
  const type = await findResource(client, object, signal)
  const { resourceVersion, finalizers } = object.metadata
  const kept = Array.isArray(finalizers) ? finalizers.filter((each) => each !== finalizer) : []
  const body = { metadata: { resourceVersion, finalizers: kept } }
  const contentType = 'application/merge-patch+json'
  await client.request('PATCH', resourcePath(type, name), { body, contentType }, signal)
}

/** Creates an object; for reviews (SelfSubjectAccessReview) the returned object contains the decision. */
export async function createObject<Shape extends KubernetesObject = KubernetesObject>(
  client: KubernetesClient,
  object: ObjectToCreate,
  signal: AbortSignal,
): Promise<Shape> {
  const type = await findResource(client, object, signal)
  const namespace = object.metadata?.namespace
  return await client.request<Shape>('POST', resourcePath(type, { namespace }), { body: object }, signal)
}

/** An object to create: the API server can generate the name. */
export interface ObjectToCreate extends Kind {
  readonly metadata?: {
    readonly name?: string
    readonly generateName?: string
    readonly namespace?: string
    readonly [field: string]: unknown
  }
  readonly [field: string]: unknown
}
