import { createHash } from 'node:crypto'
import type { Context } from '../../preload/contract/clusters.ts'
import { hints, type ProblemCode, type ProblemReport } from '../../preload/contract/problem.ts'
import { credentialEnd, endedText } from '../lib/kubernetes/credential-end.ts'
import {
  type ContextEntry,
  type ContextNote,
  type KubeconfigText,
  readKubeconfig,
} from '../lib/kubernetes/kubeconfig.ts'
import type { UserEntry } from '../lib/kubernetes/kubeconfig-entries.ts'
import type { NamedFiles } from '../lib/kubernetes/named-files.ts'
import { refusalOfFiles } from '../lib/kubernetes/refusals.ts'
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
  const twins = new Map<string, number>()
  let currentFound = false
  for (const { texts } of groups) {
    const kubeconfig = readKubeconfig(texts)
    for (const { file, line, message } of kubeconfig.faults) problems.push(invalid(message, file, line))
    const current: string | undefined = currentFound ? undefined : kubeconfig.currentContext
    for (const entry of kubeconfig.contexts) {
      const isCurrent: boolean = entry.name === current && entry.name !== '' && !currentFound
      currentFound ||= isCurrent
      const id = freeId(entry, twins)
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
function freeId({ file, name }: ContextEntry, twins: Map<string, number>): string {
  const id = contextId(file, name)
  const twin = twins.get(id) ?? 0
  twins.set(id, twin + 1)
  return twin === 0 ? id : `${id}.${twin}`
}

function show(id: string, entry: ContextEntry, current: boolean): Context {
  const { cluster, user } = entry
  const context: Context = {
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
  const warnings = entry.fault === undefined ? entry.notes.map((note) => warningOf(note, entry)) : []
  return warnings.length === 0 ? context : { ...context, warnings }
}

function warningOf(note: ContextNote, { name, file, userName }: ContextEntry): ProblemReport {
  if (note.kind === 'no-user') {
    const message = `The context "${name}" names the user "${userName}", which no file defines: its requests carry no credentials.`
    return report('KUBECONFIG_USER_UNDEFINED', message, file)
  }
  const message = `The context "${name}" uses the ${note.entry} "${note.name}" of ${note.by}, not that of its own file: the first of one name counts.`
  return report('KUBECONFIG_ENTRY_HIDDEN', message, file)
}

const report = (code: ProblemCode, message: string, evidence: string): ProblemReport => ({
  code,
  message,
  hint: hints[code],
  evidence,
})

/** A context with what is in the files that it names: why it cannot be used, and when its credential ends. Pure. */
export function withNamedFiles(context: Context, entry: ContextEntry, files: NamedFiles, nowMs: number): Context {
  const { cluster, user } = entry
  if (cluster === undefined || user === undefined || context.problem !== undefined) return context
  const fault = refusalOfFiles(cluster, user, files)
  if (fault !== undefined) return { ...context, problem: unusable(entry, fault) }
  const end = credentialEnd(user, files)
  if (end === undefined) return context
  const ended = end.endsAtMs <= nowMs ? [report('CREDENTIAL_ENDED', endedText(end), entry.userFile ?? entry.file)] : []
  const warnings = [...ended, ...(context.warnings ?? [])]
  return {
    ...context,
    credentialEndsAt: new Date(end.endsAtMs).toISOString(),
    ...(warnings.length === 0 ? {} : { warnings }),
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
