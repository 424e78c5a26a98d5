import { createHash } from 'node:crypto'
import type { Context } from '../../preload/contract/clusters.ts'
import { hints, type ProblemReport } from '../../preload/contract/problem.ts'
import { type ContextEntry, type KubeconfigText, readKubeconfig } from '../lib/kubernetes/kubeconfig.ts'
import type { UserEntry } from '../lib/kubernetes/kubeconfig-entries.ts'
import { withoutUserInfo } from '../lib/rules/redaction.ts'

/** Kubeconfig files that form one configuration, merged as kubectl merges them. */
export interface KubeconfigGroup {
  readonly texts: readonly KubeconfigText[]
}

export interface FoundContexts {
  readonly contexts: readonly Context[]
  /** The entry of each context, with its secrets: for connecting, never for display. */
  readonly entries: ReadonlyMap<string, ContextEntry>
  readonly problems: readonly ProblemReport[]
}

/**
 * The contexts of all groups as in the contract, without any secret, in the order of the files.
 * A context that cannot be used is included, with its problem. `current` is the current-context of the first group that has one.
 */
export function findContexts(groups: readonly KubeconfigGroup[]): FoundContexts {
  const contexts: Context[] = []
  const problems: ProblemReport[] = []
  const entries = new Map<string, ContextEntry>()
  let currentFound = false
  for (const { texts } of groups) {
    const kubeconfig = readKubeconfig(texts)
    for (const { file, line, message } of kubeconfig.faults) problems.push(invalid(message, file, line))
    const current: string | undefined = currentFound ? undefined : kubeconfig.currentContext
    for (const entry of kubeconfig.contexts) {
      const isCurrent: boolean = entry.name === current && entry.name !== '' && !currentFound
      currentFound ||= isCurrent
      const id = freeId(entry, entries)
      entries.set(id, entry)
      contexts.push(show(id, entry, isCurrent))
    }
  }
  return { contexts, entries, problems }
}

/** Opaque and stable: the same file and name give the same id on every start. */
export function contextId(file: string, name: string): string {
  return createHash('sha256')
    .update(JSON.stringify([file, name]))
    .digest('base64url')
    .slice(0, 22)
}

/** A file may, against the rules, define a name twice: the second gets another id. */
function freeId({ file, name }: ContextEntry, taken: ReadonlyMap<string, unknown>): string {
  const id = contextId(file, name)
  for (let twin = 0; ; twin += 1) {
    const candidate = twin === 0 ? id : `${id}.${twin}`
    if (!taken.has(candidate)) return candidate
  }
}

function show(id: string, entry: ContextEntry, current: boolean): Context {
  const { cluster, user } = entry
  return {
    id,
    name: entry.name,
    file: entry.file,
    cluster: entry.clusterName,
    server: cluster === undefined ? '' : withoutUserInfo(cluster.server),
    user: entry.userName,
    ...(entry.namespace === undefined ? {} : { namespace: entry.namespace }),
    authentication: user === undefined ? 'unknown' : authenticationOf(user),
    ...(cluster?.proxyUrl === undefined ? {} : { proxy: withoutUserInfo(cluster.proxyUrl) }),
    current,
    ...(entry.fault === undefined ? {} : { problem: unusable(entry, entry.fault) }),
  }
}

/** The first in client-go's order of preference. */
function authenticationOf(user: UserEntry): Context['authentication'] {
  if (user.token !== undefined || user.tokenFile !== undefined) return 'token'
  if (user.exec !== undefined) return 'exec'
  if (user.provider !== undefined) return user.provider.name === 'oidc' ? 'oidc' : 'unknown'
  if (user.username !== undefined && user.username !== '') return 'basic'
  return user.certificate !== undefined || user.certificateFile !== undefined ? 'certificate' : 'none'
}

const unusable = ({ name, file, line }: ContextEntry, fault: string): ProblemReport =>
  invalid(`The context "${name}" cannot be used: ${fault}`, file, line)

function invalid(message: string, file: string, line: number | undefined): ProblemReport {
  return {
    code: 'KUBECONFIG_INVALID',
    message,
    hint: hints.KUBECONFIG_INVALID,
    evidence: line === undefined ? file : `${file}, line ${line}`,
  }
}
