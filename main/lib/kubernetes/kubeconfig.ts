import { dirname, isAbsolute, resolve } from 'node:path'
import { Problem } from '../../../preload/contract/problem.ts'
import { type RawEntry, readKubeconfigText, type TextFault } from './kubeconfig-text.ts'

/** One file's text, and where it stands: relative paths inside it are against its folder. */
export interface KubeconfigText {
  readonly file: string
  readonly text: string
}

export interface ClusterEntry {
  readonly server: string
  /** File or PEM text of the authority; neither: the system's. */
  readonly authorityFile?: string
  readonly authority?: string
  readonly insecure: boolean
  readonly serverName?: string
  readonly proxyUrl?: string
  readonly uncompressed: boolean
}

export interface ExecPlugin {
  readonly apiVersion: string
  readonly command: string
  readonly args: readonly string[]
  readonly environment: readonly { readonly name: string; readonly value: string }[]
  readonly installHint?: string
  readonly provideClusterInfo: boolean
  readonly interactiveMode?: string
}

/** How a user proves who it is. Text of keys and tokens is PEM or plain, already out of its base64. */
export interface UserEntry {
  readonly token?: string
  readonly tokenFile?: string
  readonly certificate?: string
  readonly certificateFile?: string
  readonly key?: string
  readonly keyFile?: string
  readonly username?: string
  readonly password?: string
  readonly exec?: ExecPlugin
  readonly provider?: { readonly name: string; readonly config: Readonly<Record<string, string>> }
  readonly impersonate?: { readonly user: string; readonly uid?: string; readonly groups: readonly string[] }
}

export interface ContextEntry {
  readonly name: string
  readonly file: string
  /** Line of the entry in its file, from 1. */
  readonly line: number
  readonly clusterName: string
  readonly userName: string
  readonly namespace?: string
  readonly cluster?: ClusterEntry
  readonly user?: UserEntry
  /** Why it cannot be used, as a sentence without any value from the file but names. */
  readonly fault?: string
}

export interface Kubeconfig {
  readonly contexts: readonly ContextEntry[]
  readonly currentContext?: string
  /** What is wrong with whole files, or with entries that no context names. */
  readonly faults: readonly (TextFault & { readonly file: string })[]
}

interface Named<Entry> {
  readonly name: string
  readonly file: string
  readonly line: number
  readonly entry?: Entry
  readonly fault?: string
}

/**
 * Reads kubeconfig files as kubectl merges them: of two entries with one name the first file's holds, the first
 * current-context that is set holds, relative paths are against the file's own folder. Unlike kubectl, a malformed
 * entry costs only itself. A context that is hidden by another of its name stays in the list, with its fault.
 * https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/#merging-kubeconfig-files
 */
export function readKubeconfig(texts: readonly KubeconfigText[]): Kubeconfig {
  const files = texts.map(({ file, text }) => ({ file, ...readKubeconfigText(text) }))
  const clusters = new Map<string, Named<ClusterEntry>>()
  const users = new Map<string, Named<UserEntry>>()
  for (const { file, clusters: rawClusters, users: rawUsers } of files) {
    keepFirst(clusters, rawClusters, file, 'cluster', toCluster)
    keepFirst(users, rawUsers, file, 'user', toUser)
  }
  const seen = new Map<string, string>()
  const contexts = files.flatMap(({ file, contexts: raw }) =>
    raw.map((item) => toContext(item, file, clusters, users, seen)),
  )
  return {
    contexts,
    currentContext: files.map(({ currentContext }) => currentContext).find((name) => name !== undefined && name !== ''),
    faults: files.flatMap(({ file, faults }) => faults.map((fault) => ({ file, ...fault }))),
  }
}

/** The one context of that name that can be used. Throws CONTEXT_UNKNOWN or KUBECONFIG_INVALID. */
export function usableContext(
  kubeconfig: Kubeconfig,
  name: string,
): ContextEntry & { readonly cluster: ClusterEntry; readonly user: UserEntry } {
  const found = kubeconfig.contexts.filter((context) => context.name === name)
  const [first] = found
  if (first === undefined) throw new Problem('CONTEXT_UNKNOWN', `No kubeconfig has a context named "${name}".`)
  const { cluster, user, fault } = first
  if (cluster === undefined || user === undefined || fault !== undefined) {
    const where = `${first.file}, line ${first.line}`
    throw new Problem(
      'KUBECONFIG_INVALID',
      `The context "${name}" cannot be used: ${fault ?? 'it is incomplete.'}`,
      where,
    )
  }
  return { ...first, cluster, user }
}

function keepFirst<Entry>(
  into: Map<string, Named<Entry>>,
  raw: readonly RawEntry[],
  file: string,
  kind: 'cluster' | 'user',
  read: (body: Fields, folder: string) => Entry,
): void {
  for (const item of raw) {
    const name = item.name
    if (name === undefined || into.has(name)) continue
    const place = { name, file, line: item.line }
    if (item.fault !== undefined) into.set(name, { ...place, fault: item.fault })
    else into.set(name, { ...place, ...attempt(() => read(new Fields(item.body[kind], kind), dirname(file))) })
  }
}

function attempt<Entry>(read: () => Entry): { entry: Entry } | { fault: string } {
  try {
    return { entry: read() }
  } catch (error) {
    if (error instanceof MalformedEntry) return { fault: error.message }
    throw error
  }
}

function toContext(
  item: RawEntry,
  file: string,
  clusters: ReadonlyMap<string, Named<ClusterEntry>>,
  users: ReadonlyMap<string, Named<UserEntry>>,
  seen: Map<string, string>,
): ContextEntry {
  const name = item.name ?? ''
  const place = { name, file, line: item.line, clusterName: '', userName: '' }
  if (item.fault !== undefined) return { ...place, fault: item.fault }
  const read = attempt(() => {
    const body = new Fields(item.body.context, 'context')
    return {
      clusterName: body.text('cluster') ?? '',
      userName: body.text('user') ?? '',
      namespace: body.text('namespace'),
    }
  })
  if ('fault' in read) return { ...place, fault: read.fault }
  const { clusterName, userName, namespace } = read.entry
  const hiddenBy = seen.get(name)
  seen.set(name, hiddenBy ?? file)
  const cluster = clusters.get(clusterName)
  // kubectl lets a context name no user at all: the cluster is then asked without credentials.
  const user: Named<UserEntry> | undefined =
    userName === '' ? { name: '', file, line: item.line, entry: {} } : users.get(userName)
  const fault =
    (name === '' ? 'it has no name.' : undefined) ??
    (hiddenBy === undefined ? undefined : `another context of this name comes first, in ${hiddenBy}.`) ??
    faultOf('cluster', clusterName, cluster) ??
    faultOf('user', userName, user)
  return {
    ...place,
    clusterName,
    userName,
    ...(namespace === undefined ? {} : { namespace }),
    cluster: cluster?.entry,
    user: user?.entry,
    ...(fault === undefined ? {} : { fault }),
  }
}

function faultOf(kind: string, name: string, found: Named<unknown> | undefined): string | undefined {
  if (name === '') return kind === 'cluster' ? 'it names no cluster.' : undefined
  if (found === undefined) return `it names the ${kind} "${name}", which no file has.`
  return found.fault === undefined
    ? undefined
    : `its ${kind} "${name}" is malformed (line ${found.line}): ${found.fault}`
}

/** A value of the wrong form. Its message names the field and never the value. */
class MalformedEntry extends Error {}

/** Reads one mapping of a kubeconfig; every scalar is text, as the parser leaves it. */
class Fields {
  readonly #values: Readonly<Record<string, unknown>>
  readonly #path: string
  constructor(values: unknown, path: string) {
    if (values === undefined || isNull(values)) this.#values = {}
    else if (isRecord(values)) this.#values = values
    else throw new MalformedEntry(`"${path}" is not a mapping.`)
    this.#path = path
  }
  text(name: string): string | undefined {
    const value = this.#values[name]
    if (value === undefined || isNull(value)) return undefined
    if (typeof value !== 'string') throw new MalformedEntry(`"${this.#path}.${name}" is not text.`)
    return value
  }
  flag(name: string): boolean {
    const value = this.text(name)?.toLowerCase()
    if (value === undefined || value === '' || value === 'false') return false
    if (value === 'true') return true
    throw new MalformedEntry(`"${this.#path}.${name}" is neither true nor false.`)
  }
  /** PEM text out of base64. */
  base64(name: string): string | undefined {
    const value = this.text(name)
    if (value === undefined || value === '') return undefined
    if (!/^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(value)) throw new MalformedEntry(`"${this.#path}.${name}" is not base64.`)
    return Buffer.from(value, 'base64').toString('utf8')
  }
  file(name: string, folder: string): string | undefined {
    const value = this.text(name)
    if (value === undefined || value === '') return undefined
    return isAbsolute(value) ? value : resolve(folder, value)
  }
  texts(name: string): string[] {
    return this.#list(name).map((value, index) => {
      if (typeof value !== 'string') throw new MalformedEntry(`"${this.#path}.${name}[${index}]" is not text.`)
      return value
    })
  }
  items(name: string): Fields[] {
    return this.#list(name).map((value, index) => new Fields(value, `${this.#path}.${name}[${index}]`))
  }
  within(name: string): Fields | undefined {
    const value = this.#values[name]
    return value === undefined || isNull(value) ? undefined : new Fields(value, `${this.#path}.${name}`)
  }
  textMap(): Record<string, string> {
    return Object.fromEntries(Object.keys(this.#values).map((key) => [key, this.text(key) ?? '']))
  }
  #list(name: string): readonly unknown[] {
    const value = this.#values[name]
    if (value === undefined || isNull(value)) return []
    if (!Array.isArray(value)) throw new MalformedEntry(`"${this.#path}.${name}" is not a list.`)
    return value
  }
}

/** Scalars stay text while parsing, so that a name such as `1e3` keeps its form; an unquoted null is one of these. */
const isNull = (value: unknown): boolean => value === null || value === 'null' || value === '~' || value === ''
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function toCluster(body: Fields, folder: string): ClusterEntry {
  const server = body.text('server') ?? ''
  if (server === '') throw new MalformedEntry('"cluster.server" is missing.')
  if (!/^https?:$/.test(URL.parse(server)?.protocol ?? '')) {
    throw new MalformedEntry('"cluster.server" is not an http or https address.')
  }
  const proxyUrl = body.text('proxy-url')
  if (proxyUrl !== undefined && !/^(https?|socks5h?):$/.test(URL.parse(proxyUrl)?.protocol ?? '')) {
    throw new MalformedEntry('"cluster.proxy-url" is not an http, https or socks5 address.')
  }
  return {
    server,
    authority: body.base64('certificate-authority-data'),
    authorityFile: body.file('certificate-authority', folder),
    insecure: body.flag('insecure-skip-tls-verify'),
    serverName: body.text('tls-server-name'),
    proxyUrl,
    uncompressed: body.flag('disable-compression'),
  }
}

function toUser(body: Fields, folder: string): UserEntry {
  const exec = body.within('exec')
  const provider = body.within('auth-provider')
  const impersonated = body.text('as')
  return {
    token: body.text('token'),
    tokenFile: body.file('tokenFile', folder),
    certificate: body.base64('client-certificate-data'),
    certificateFile: body.file('client-certificate', folder),
    key: body.base64('client-key-data'),
    keyFile: body.file('client-key', folder),
    username: body.text('username'),
    password: body.text('password'),
    exec: exec && toExecPlugin(exec, folder),
    provider: provider && {
      name: provider.text('name') ?? '',
      config: provider.within('config')?.textMap() ?? {},
    },
    impersonate:
      impersonated === undefined
        ? undefined
        : { user: impersonated, uid: body.text('as-uid'), groups: body.texts('as-groups') },
  }
}

function toExecPlugin(body: Fields, folder: string): ExecPlugin {
  const command = body.text('command') ?? ''
  if (command === '') throw new MalformedEntry('"user.exec.command" is missing.')
  const apiVersion = body.text('apiVersion') ?? ''
  if (!/^client\.authentication\.k8s\.io\/v1(beta1|alpha1)?$/.test(apiVersion)) {
    throw new MalformedEntry('"user.exec.apiVersion" is not a client.authentication.k8s.io version.')
  }
  const inFolder = /[\\/]/.test(command) && !isAbsolute(command)
  return {
    apiVersion,
    command: inFolder ? resolve(folder, command) : command,
    args: body.texts('args'),
    environment: body.items('env').map((item) => ({ name: item.text('name') ?? '', value: item.text('value') ?? '' })),
    installHint: body.text('installHint'),
    provideClusterInfo: body.flag('provideClusterInfo'),
    interactiveMode: body.text('interactiveMode'),
  }
}
