import { dirname } from 'node:path'
import { Problem } from '../../../preload/contract/problem.ts'
import {
  type ClusterEntry,
  MalformedEntry,
  readCluster,
  readContext,
  readUser,
  type UserEntry,
} from './kubeconfig-entries.ts'
import { type RawEntry, readKubeconfigText, type TextFault } from './kubeconfig-text.ts'
import { refusalOf } from './refusals.ts'

/** The text of a file, and its path: relative paths inside are relative to its folder. */
export interface KubeconfigText {
  readonly file: string
  readonly text: string
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
  /** The file that defines the user: another than `file` where files are merged. */
  readonly userFile?: string
  /** What differs from what its file says, although it can be used. */
  readonly notes: readonly ContextNote[]
  /** Why it cannot be used, as a sentence without any value from the file but names. */
  readonly fault?: string
}

/**
 * `hidden`: the entry of its file does not count, because another file (`by`) defines one of the name first.
 * `no-user`: no file defines its user, so that requests carry no credentials.
 */
export type ContextNote =
  | { readonly kind: 'hidden'; readonly entry: 'cluster' | 'user'; readonly name: string; readonly by: string }
  | { readonly kind: 'no-user'; readonly name: string }

export interface Kubeconfig {
  readonly contexts: readonly ContextEntry[]
  readonly currentContext?: string
  /** Faults of whole files, or of entries that no context names. */
  readonly faults: readonly (TextFault & { readonly file: string })[]
  /** Whether every entry of every file can be read, also those that no context names: a stricter reader needs that. */
  readonly sound: boolean
}

interface Named<Entry> {
  readonly name: string
  readonly file: string
  readonly line: number
  readonly entry?: Entry
  readonly fault?: string
}

/**
 * Reads kubeconfig files as kubectl merges them: of two entries with one name the first file's counts, the first
 * current-context that is set counts, and relative paths are relative to the file's folder. What client-go refuses is
 * refused, but unlike there a malformed entry affects only itself and what names it. A context that is hidden by another of
 * its name stays in the list, with its fault.
 * https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/#merging-kubeconfig-files
 */
export function readKubeconfig(texts: readonly KubeconfigText[]): Kubeconfig {
  const files = texts.map(({ file, text }) => ({ file, ...readKubeconfigText(text) }))
  const clusters = new Map<string, Named<ClusterEntry>>()
  const users = new Map<string, Named<UserEntry>>()
  const isComplete = files.every(({ faults }) => faults.length === 0)
  let sound = isComplete
  for (const { file, clusters: rawClusters, users: rawUsers } of files) {
    const read = [
      keepFirst(clusters, rawClusters, file, 'cluster', readCluster),
      keepFirst(users, rawUsers, file, 'user', readUser),
    ]
    sound &&= read.every(Boolean)
  }
  const fileOfName = new Map<string, string>()
  const contexts = files.flatMap(({ file, contexts: raw, clusters: ownClusters, users: ownUsers }) => {
    const repeated = repeatedNames(raw)
    const own = { clusters: namesOf(ownClusters), users: namesOf(ownUsers) }
    const all = { clusters, users, isComplete, fileOfName }
    return raw.map((item) => toContext(item, { file, repeated, own, ...all }))
  })
  return {
    contexts,
    currentContext: files.map(({ currentContext }) => currentContext).find((name) => name !== undefined && name !== ''),
    faults: files.flatMap(({ file, faults }) => faults.map((fault) => ({ file, ...fault }))),
    sound,
  }
}

/** The context of that name. Throws CONTEXT_UNKNOWN, or KUBECONFIG_INVALID where it cannot be used. */
export function usableContext(
  kubeconfig: Kubeconfig,
  name: string,
): ContextEntry & { readonly cluster: ClusterEntry; readonly user: UserEntry } {
  const first = kubeconfig.contexts.find((context) => context.name === name)
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

/** Keeps the first entry of each name. False where any entry cannot be read. */
function keepFirst<Entry>(
  into: Map<string, Named<Entry>>,
  raw: readonly RawEntry[],
  file: string,
  kind: 'cluster' | 'user',
  read: (value: unknown, folder: string) => Entry,
): boolean {
  let sound = true
  const repeated = repeatedNames(raw)
  for (const { name, line, fault: malformed, body } of raw) {
    const fault = malformed ?? repeated.get(name ?? '')
    const parsed: { entry?: Entry; fault?: string } =
      fault === undefined ? attempt(() => read(body[kind], dirname(file))) : { fault }
    sound &&= parsed.fault === undefined && name !== undefined
    if (name !== undefined && !into.has(name)) into.set(name, { name, file, line, ...parsed })
  }
  return sound
}

function attempt<Entry>(read: () => Entry): { entry: Entry } | { fault: string } {
  try {
    return { entry: read() }
  } catch (error) {
    if (error instanceof MalformedEntry) return { fault: error.message }
    throw error
  }
}

const namesOf = (raw: readonly RawEntry[]): ReadonlySet<string> => new Set(raw.map(({ name }) => name ?? ''))

/** Why each name that occurs more than once in a list cannot be used. */
function repeatedNames(raw: readonly RawEntry[]): ReadonlyMap<string, string> {
  const lines = new Map<string, number[]>()
  for (const { name = '', line } of raw) lines.set(name, [...(lines.get(name) ?? []).slice(0, 9), line])
  return new Map(
    [...lines]
      .filter(([, each]) => each.length > 1)
      .map(([name, each]) => [
        name,
        `its file has more than one entry of this name (lines ${each.join(', ')}), and kubectl and helm refuse the file.`,
      ]),
  )
}

/** What a context of a file is read with: all files' entries, and the names of its own file. */
interface Surroundings {
  readonly file: string
  readonly repeated: ReadonlyMap<string, string>
  readonly own: { readonly clusters: ReadonlySet<string>; readonly users: ReadonlySet<string> }
  readonly clusters: ReadonlyMap<string, Named<ClusterEntry>>
  readonly users: ReadonlyMap<string, Named<UserEntry>>
  /** Whether every name that the files define is known. */
  readonly isComplete: boolean
  readonly fileOfName: Map<string, string>
}

function toContext(
  item: RawEntry,
  { file, repeated, own, clusters, users, isComplete, fileOfName }: Surroundings,
): ContextEntry {
  const name = item.name ?? ''
  const place = { name, file, line: item.line, clusterName: '', userName: '', notes: [] }
  if (item.fault !== undefined) return { ...place, fault: item.fault }
  const read = attempt(() => readContext(item.body.context))
  if ('fault' in read) return { ...place, fault: read.fault }
  const { cluster: clusterName, user: userName, namespace } = read.entry
  const hiddenBy = fileOfName.get(name)
  fileOfName.set(name, hiddenBy ?? file)
  const cluster = clusters.get(clusterName)
  const definedUser = users.get(userName)
  // kubectl accepts a context without a user, or with one that no file defines: requests then carry no credentials.
  const nobody = userName === '' || isComplete ? { name: userName, file, line: item.line, entry: {} } : undefined
  const user: Named<UserEntry> | undefined = definedUser ?? nobody
  const notes: ContextNote[] = [
    ...(own.clusters.has(clusterName) ? hiddenEntry('cluster', file, cluster) : []),
    ...(own.users.has(userName) ? hiddenEntry('user', file, user) : []),
    ...(definedUser === undefined && userName !== '' ? [{ kind: 'no-user' as const, name: userName }] : []),
  ]
  const fault =
    (name === '' ? 'it has no name.' : undefined) ??
    repeated.get(name) ??
    (hiddenBy === undefined || hiddenBy === file
      ? undefined
      : `another context of this name comes first, in ${hiddenBy}.`) ??
    faultOf('cluster', clusterName, cluster) ??
    faultOf('user', userName, user) ??
    (cluster?.entry === undefined || user?.entry === undefined ? undefined : refusalOf(cluster.entry, user.entry))
  return {
    ...place,
    clusterName,
    userName,
    ...(namespace === undefined ? {} : { namespace }),
    cluster: cluster?.entry,
    user: user?.entry,
    userFile: user?.file,
    notes,
    ...(fault === undefined ? {} : { fault }),
  }
}

const hiddenEntry = (
  kind: 'cluster' | 'user',
  file: string,
  entry: Named<unknown> | undefined,
): readonly ContextNote[] =>
  entry === undefined || entry.file === file ? [] : [{ kind: 'hidden', entry: kind, name: entry.name, by: entry.file }]

function faultOf(kind: string, name: string, entry: Named<unknown> | undefined): string | undefined {
  if (name === '') return kind === 'cluster' ? 'it names no cluster.' : undefined
  if (entry === undefined) return `it names the ${kind} "${name}", which no file defines.`
  return entry.fault === undefined
    ? undefined
    : `its ${kind} "${name}" is malformed (line ${entry.line}): ${entry.fault}`
}
