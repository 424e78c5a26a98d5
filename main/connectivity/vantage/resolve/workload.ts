import type { ProxyEnvironment } from '../../probe/target.ts'

/** The fields of a workload's pod template that are read here. */
export interface PodTemplate {
  readonly metadata?: {
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
  }
  readonly spec?: {
    readonly serviceAccountName?: string
    readonly hostNetwork?: boolean
    readonly nodeSelector?: Readonly<Record<string, string>>
    readonly tolerations?: readonly unknown[]
    readonly imagePullSecrets?: readonly { readonly name: string }[]
    readonly containers?: readonly Container[]
    readonly volumes?: readonly Volume[]
  }
}

interface Container {
  readonly env?: readonly {
    readonly name: string
    readonly value?: string
    readonly valueFrom?: { readonly configMapKeyRef?: { readonly name?: string; readonly key: string } }
  }[]
  readonly envFrom?: readonly { readonly prefix?: string; readonly configMapRef?: { readonly name?: string } }[]
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string; readonly subPath?: string }[]
}

interface Items {
  readonly name?: string
  readonly items?: readonly { readonly key: string; readonly path: string }[]
}
interface Volume {
  readonly name: string
  readonly configMap?: Items
  readonly projected?: { readonly sources?: readonly { readonly configMap?: Items }[] }
}

/** The data of a ConfigMap of the workload's namespace; undefined: it does not exist, or this user cannot read it. */
export type ReadConfigMap = (name: string) => Promise<Readonly<Record<string, string>> | undefined>

/** Labels and annotations that configure a pod's outbound connections in a mesh; none makes others connect to it. */
const meshKeys: ReadonlySet<string> = new Set([
  'sidecar.istio.io/inject',
  'istio.io/rev',
  'linkerd.io/inject',
  'traffic.sidecar.istio.io/includeOutboundIPRanges',
  'traffic.sidecar.istio.io/excludeOutboundIPRanges',
  'traffic.sidecar.istio.io/includeOutboundPorts',
  'traffic.sidecar.istio.io/excludeOutboundPorts',
  'config.linkerd.io/skip-outbound-ports',
  'config.linkerd.io/opaque-ports',
])

/** The labels or annotations that configure a mesh. Pure. */
export const meshSettings = (entries: Readonly<Record<string, string>> = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(entries).filter(([key]) => meshKeys.has(key)))

export interface ProxiesOfWorkload {
  readonly proxies: ProxyEnvironment
  /** Variables whose values are in a Secret, or cannot be read. */
  readonly unread: readonly string[]
}

const names = { httpsProxy: 'HTTPS_PROXY', httpProxy: 'HTTP_PROXY', noProxy: 'NO_PROXY' } as const

/** The proxy settings of the first container that has any, as plain values or from a ConfigMap. */
export async function proxiesOfWorkload(
  { spec = {} }: PodTemplate,
  readConfigMap: ReadConfigMap,
): Promise<ProxiesOfWorkload> {
  for (const container of spec.containers ?? []) {
    const { values, unread } = await environmentOf(container, readConfigMap)
    const read = (name: string): string => values[name] ?? values[name.toLowerCase()] ?? ''
    const proxies = {
      httpsProxy: read(names.httpsProxy),
      httpProxy: read(names.httpProxy),
      noProxy: read(names.noProxy),
    }
    if (unread.length > 0 || proxies.httpsProxy !== '' || proxies.httpProxy !== '') return { proxies, unread }
  }
  return { proxies: { httpsProxy: '', httpProxy: '', noProxy: '' }, unread: [] }
}

const isProxyName = (name: string): boolean => Object.values(names).some((known) => known === name.toUpperCase())

async function environmentOf({ env = [], envFrom = [] }: Container, readConfigMap: ReadConfigMap) {
  const values: Record<string, string> = {}
  const unread: string[] = []
  for (const { prefix = '', configMapRef } of envFrom) {
    const data = configMapRef?.name === undefined ? undefined : await readConfigMap(configMapRef.name)
    for (const [key, value] of Object.entries(data ?? {})) if (isProxyName(prefix + key)) values[prefix + key] = value
  }
  for (const { name, value, valueFrom } of env) {
    if (!isProxyName(name)) continue
    const ref = valueFrom?.configMapKeyRef
    const text = valueFrom === undefined ? (value ?? '') : ref?.name && (await readConfigMap(ref.name))?.[ref.key]
    if (text === undefined || text === '') delete values[name]
    if (typeof text === 'string' && text !== '') values[name] = text
    else if (valueFrom !== undefined) unread.push(name)
  }
  return { values, unread }
}

/** The ConfigMap and key behind a file in the workload's containers; undefined: it has another source. Pure. */
export function configMapFile(
  { spec = {} }: PodTemplate,
  path: string,
): { readonly name: string; readonly key: string } | undefined {
  for (const { volumeMounts = [] } of spec.containers ?? []) {
    // Of nested mounts, the deepest one provides the file.
    for (const mount of volumeMounts.toSorted((one, other) => other.mountPath.length - one.mountPath.length)) {
      const rest = below(mount.mountPath, path)
      if (rest === undefined) continue
      const inside = mount.subPath === undefined ? rest : [mount.subPath, rest].filter(Boolean).join('/')
      const volume = spec.volumes?.find(({ name }) => name === mount.name)
      const sources = [volume?.configMap, ...(volume?.projected?.sources ?? []).map(({ configMap }) => configMap)]
      return sources.flatMap((source) => itemAt(source, inside) ?? [])[0]
    }
  }
  return undefined
}

function below(folder: string, path: string): string | undefined {
  const start = folder.replace(/(?<!\/)\/+$/, '')
  if (path === start) return ''
  return path.startsWith(`${start}/`) ? path.slice(start.length + 1) : undefined
}

function itemAt(source: Items | undefined, path: string): { name: string; key: string } | undefined {
  if (source?.name === undefined) return undefined
  if (source.items === undefined) return { name: source.name, key: path }
  const item = source.items.find((one) => one.path === path)
  return item && { name: source.name, key: item.key }
}
