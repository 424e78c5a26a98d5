import type { IncomingMessage } from 'node:http'
import { Agent, request } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { KeyPair } from './certificates.ts'

/** The part of a Kubernetes object that a bed reads. */
export const KubeObject = z.looseObject({
  apiVersion: z.string().optional(),
  kind: z.string().optional(),
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string().optional(),
    uid: z.string().optional(),
    generation: z.number().optional(),
    resourceVersion: z.string().optional(),
    annotations: z.record(z.string(), z.string()).optional(),
    labels: z.record(z.string(), z.string()).optional(),
    deletionTimestamp: z.string().optional(),
  }),
  spec: z.record(z.string(), z.unknown()).optional(),
  status: z.record(z.string(), z.unknown()).optional(),
})
export type KubeObject = z.infer<typeof KubeObject>
const KubeList = z.looseObject({
  metadata: z.looseObject({ resourceVersion: z.string() }),
  items: z.array(KubeObject),
})
const WatchEvent = z.looseObject({ type: z.string(), object: z.unknown() })

/** The API server refused a request. */
class ApiRefusal extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.name = 'ApiRefusal'
    this.status = status
  }
}

type Change = { readonly kind: 'applied' | 'deleted'; readonly object: KubeObject }

export type Api = {
  get(path: string, signal: AbortSignal): Promise<KubeObject>
  list(path: string, signal: AbortSignal): Promise<KubeObject[]>
  /** Any path, as text. */
  read(path: string, signal: AbortSignal): Promise<string>
  /** Server-side apply: creates the object or updates it as given. */
  apply(object: Manifest, signal: AbortSignal): Promise<void>
  create(path: string, object: object, signal: AbortSignal): Promise<void>
  /** A merge patch (RFC 7386). */
  patch(path: string, patch: object, signal: AbortSignal): Promise<void>
  remove(path: string, signal: AbortSignal): Promise<void>
  /** All objects, then every change, across outages of the API server. Ends only by abort. */
  follow(path: string, signal: AbortSignal): AsyncGenerator<Change>
}

export type Manifest = {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [field: string]: unknown }
  readonly [field: string]: unknown
}

/** Kinds that beds and their tests write: plural, and whether they are namespaced. */
const kinds: Readonly<Record<string, readonly [plural: string, namespaced: boolean]>> = {
  Namespace: ['namespaces', false],
  Node: ['nodes', false],
  PersistentVolume: ['persistentvolumes', false],
  StorageClass: ['storageclasses', false],
  ClusterRole: ['clusterroles', false],
  ClusterRoleBinding: ['clusterrolebindings', false],
  CustomResourceDefinition: ['customresourcedefinitions', false],
  PersistentVolumeClaim: ['persistentvolumeclaims', true],
  Pod: ['pods', true],
  Service: ['services', true],
  ServiceAccount: ['serviceaccounts', true],
  ConfigMap: ['configmaps', true],
  Secret: ['secrets', true],
  Deployment: ['deployments', true],
  OCIRepository: ['ocirepositories', true],
  HelmChart: ['helmcharts', true],
  HelmRelease: ['helmreleases', true],
}

/** The path of an object in the API. */
const pathOf = ({ apiVersion, kind, metadata }: Manifest): string => {
  const [plural, namespaced] = kinds[kind] ?? []
  if (!plural) throw new Error(`The plural of kind ${kind} is unknown.`)
  const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
  const within = namespaced ? `/namespaces/${metadata.namespace ?? 'default'}` : ''
  return `${base}${within}/${plural}/${metadata.name}`
}

const answerLimitMs = 15_000
const againAfterMs = 250

const textOf = async (response: IncomingMessage): Promise<string> => {
  const parts: Buffer[] = []
  for await (const part of response) parts.push(part)
  return Buffer.concat(parts).toString('utf8')
}

async function* linesOf(response: IncomingMessage): AsyncGenerator<string> {
  let rest = ''
  response.setEncoding('utf8')
  for await (const part of response) {
    const lines = (rest + part).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
}

/** A client for one API server, with a client certificate. */
export const connectApi = (server: string, ca: string, keys: KeyPair): Api => {
  const agent = new Agent({ ca, cert: keys.certificate, key: keys.key, keepAlive: true, maxSockets: 40 })

  const send = (method: string, path: string, body: object | undefined, type: string, signal: AbortSignal) =>
    new Promise<IncomingMessage>((resolve, reject) => {
      const headers = { accept: 'application/json', ...(body ? { 'content-type': type } : {}) }
      const call = request(`${server}${path}`, { method, headers, agent, signal }, resolve)
      call.on('error', reject)
      call.end(body ? JSON.stringify(body) : undefined)
    })

  const fetchText = async (
    method: string,
    path: string,
    signal: AbortSignal,
    body?: object,
    type = 'application/json',
  ) => {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(answerLimitMs)])
    const response = await send(method, path, body, type, limit)
    const text = await textOf(response)
    const status = response.statusCode ?? 0
    if (status >= 300) throw new ApiRefusal(status, `${method} ${path}: ${status} ${text.slice(0, 500)}`)
    return text
  }

  const parse = async (answer: Promise<string>) => KubeObject.parse(JSON.parse(await answer))

  async function* once(path: string, known: Map<string, KubeObject>, signal: AbortSignal): AsyncGenerator<Change> {
    const list = KubeList.parse(JSON.parse(await fetchText('GET', path, signal)))
    const present = new Map(list.items.map((object) => [object.metadata.uid ?? '', object]))
    const deleted = [...known].filter(([uid]) => !present.has(uid))
    for (const [uid, object] of deleted) {
      known.delete(uid)
      yield { kind: 'deleted', object }
    }
    for (const [uid, object] of present) {
      known.set(uid, object)
      yield { kind: 'applied', object }
    }
    const query = `watch=1&allowWatchBookmarks=true&resourceVersion=${list.metadata.resourceVersion}`
    const response = await send('GET', `${path}?${query}`, undefined, '', signal)
    if (response.statusCode !== 200) throw new ApiRefusal(response.statusCode ?? 0, await textOf(response))
    for await (const line of linesOf(response)) {
      if (line === '') continue
      const event = WatchEvent.parse(JSON.parse(line))
      if (event.type === 'BOOKMARK') continue
      if (event.type === 'ERROR') return
      const object = KubeObject.parse(event.object)
      if (event.type === 'DELETED') known.delete(object.metadata.uid ?? '')
      else known.set(object.metadata.uid ?? '', object)
      yield { kind: event.type === 'DELETED' ? 'deleted' : 'applied', object }
    }
  }

  return {
    get: (path, signal) => parse(fetchText('GET', path, signal)),
    list: async (path, signal) => KubeList.parse(JSON.parse(await fetchText('GET', path, signal))).items,
    read: (path, signal) => fetchText('GET', path, signal),
    apply: async (object, signal) => {
      const path = `${pathOf(object)}?fieldManager=bed&force=true`
      await fetchText('PATCH', path, signal, object, 'application/apply-patch+yaml')
    },
    create: async (path, object, signal) => {
      await fetchText('POST', path, signal, object)
    },
    patch: async (path, patch, signal) => {
      await fetchText('PATCH', path, signal, patch, 'application/merge-patch+json')
    },
    remove: async (path, signal) => {
      await fetchText('DELETE', path, signal)
    },
    async *follow(path, signal) {
      const known = new Map<string, KubeObject>()
      while (!signal.aborted) {
        try {
          yield* once(path, known, signal)
        } catch (error) {
          signal.throwIfAborted()
          // The server is unreachable, or the resource version has expired: list again.
          if (error instanceof ApiRefusal && error.status === 403) throw error
        }
        await sleep(againAfterMs, undefined, { signal })
      }
    },
  }
}
