import { delimiter } from 'node:path'
import type { Context, ContextList } from '../../preload/contract/clusters.ts'
import { Problem } from '../../preload/contract/problem.ts'
import type { ClusterConnection } from '../lib/kubernetes/client.ts'
import type { Permit } from '../lib/kubernetes/consent.ts'
import type { ContextEntry } from '../lib/kubernetes/kubeconfig.ts'
import { NamedFileReader } from '../lib/kubernetes/named-files.ts'
import { marksOf } from '../lib/watch-files.ts'
import { findContexts, withNamedFiles } from './contexts.ts'
import { type FileGroup, kubeconfigGroups } from './files.ts'
import { loginShellEnvironment } from './login-shell.ts'
import { withoutFilesIn } from './own-folder.ts'
import { readGroup } from './read.ts'

export interface KubeconfigOptions {
  /** `--kubeconfig`: these files alone, instead of KUBECONFIG, ~/.kube/config and the settings. */
  readonly kubeconfigFiles?: readonly string[]
  /** The files of the settings, read each time. */
  readonly moreKubeconfigs?: () => readonly string[] | Promise<readonly string[]>
  /** Hangar's state folder: no kubeconfig in it is read. */
  readonly stateFolder?: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly home: string
  /** The shell whose PATH credential programs get; '' for none. Default: $SHELL, unless Hangar was started in a terminal. */
  readonly shell?: string
}

/** The state of the files at one time. */
export interface Reading {
  readonly list: ContextList
  readonly groups: readonly FileGroup[]
  readonly entries: ReadonlyMap<string, ContextEntry>
  /** Files that the kubeconfigs name, such as certificates. */
  readonly namedFiles: readonly string[]
  /** Changes with any of the files. */
  readonly marks: string
}

/** A context that can be used, and the files that define it. */
export interface UsableContext {
  readonly entry: ContextEntry
  /** Whether kubectl uses its files too. */
  readonly isOwn: boolean
  readonly files: readonly string[]
}

/** The kubeconfig files of this computer. Reads them again only when one has changed. */
export class Kubeconfigs {
  readonly #options: KubeconfigOptions
  readonly #signal: AbortSignal
  #shellEnvironment: Promise<Record<string, string>> | undefined
  #last: Reading | undefined

  /** The signal ends the login shell. */
  constructor(options: KubeconfigOptions, signal: AbortSignal) {
    this.#options = options
    this.#signal = signal
  }

  async read(signal: AbortSignal): Promise<Reading> {
    const { groups, problems: refused } = await withoutFilesIn(this.#options.stateFolder, await this.#findGroups())
    // Before the files are read: a change meanwhile is then noticed.
    const marks = JSON.stringify([groups, refused, await marksOf(groups.flatMap(({ files }) => files))])
    const last = this.#last
    const now = new Date().toISOString()
    if (last !== undefined && last.marks === `${marks}${await marksOf(last.namedFiles)}` && !endedSince(last, now))
      return last
    const texts = await Promise.all(groups.map((group) => readGroup(group, signal)))
    const { contexts, entries, problems } = findContexts(texts)
    const reader = new NamedFileReader()
    const looked = contexts.map((context) => lookInto(context, entries.get(context.id), reader))
    const list = {
      contexts: await Promise.all(looked),
      problems: [...refused, ...texts.flatMap((group) => group.problems), ...problems],
      readAt: now,
    }
    const namedFiles = reader.paths()
    this.#last = { list, groups, entries, namedFiles, marks: `${marks}${await marksOf(namedFiles)}` }
    return this.#last
  }

  /** Throws CONTEXT_UNKNOWN, or KUBECONFIG_INVALID for a context that cannot be used. */
  async find(contextId: string, signal: AbortSignal): Promise<UsableContext> {
    const { list, entries, groups } = await this.read(signal)
    const context = list.contexts.find(({ id }) => id === contextId)
    const entry = entries.get(contextId)
    if (context === undefined || entry === undefined) {
      throw new Problem('CONTEXT_UNKNOWN', 'No kubeconfig defines this context.', contextId)
    }
    const { problem } = context
    if (problem !== undefined) throw new Problem('KUBECONFIG_INVALID', problem.message, problem.evidence)
    return usable(entry, groups)
  }

  async connectionOf({ entry, files }: UsableContext, permit: Permit): Promise<ClusterConnection> {
    return { files, contextName: entry.name, environment: await this.#fromShell(), permit }
  }

  /** The variables of this computer for credential programs: those of this process, and of the login shell. */
  async variables(): Promise<Readonly<Record<string, string | undefined>>> {
    return { ...this.#options.environment, ...(await this.#fromShell()) }
  }

  async #findGroups(): Promise<FileGroup[]> {
    const { environment, home, kubeconfigFiles: chosen, moreKubeconfigs } = this.#options
    const more = (await moreKubeconfigs?.()) ?? []
    // KUBECONFIG too may be set only in the files of the shell.
    const needsNoShell = (chosen !== undefined && chosen.length > 0) || environment.KUBECONFIG !== undefined
    const variable = needsNoShell ? environment.KUBECONFIG : (await this.#fromShell()).KUBECONFIG
    return kubeconfigGroups({ chosen, variable, home, more, delimiter })
  }

  /** Read once: a shell takes up to seconds. */
  #fromShell(): Promise<Record<string, string>> {
    const { environment, shell } = this.#options
    // A process that was started in a terminal has the shell's environment already.
    const program = shell ?? (environment.TERM === undefined ? environment.SHELL : '')
    this.#shellEnvironment ??= loginShellEnvironment(program, environment, this.#signal)
    return this.#shellEnvironment
  }
}

/** Whether a credential has ended since the list was made, which then does not say so. */
const endedSince = ({ list }: Reading, now: string): boolean =>
  list.contexts.some(({ credentialEndsAt: end }) => end !== undefined && end > list.readAt && end <= now)

async function lookInto(context: Context, entry: ContextEntry | undefined, reader: NamedFileReader): Promise<Context> {
  const { cluster, user } = entry ?? {}
  if (entry === undefined || cluster === undefined || user === undefined || entry.fault !== undefined) return context
  return withNamedFiles(context, entry, await reader.read(cluster, user), Date.now())
}

export function usable(entry: ContextEntry, groups: readonly FileGroup[]): UsableContext {
  const group = groups.find(({ files }) => files.includes(entry.file))
  return { entry, files: group?.files ?? [entry.file], isOwn: group?.isOwn ?? false }
}
