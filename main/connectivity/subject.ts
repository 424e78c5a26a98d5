import type { CheckEvent, Subject } from '../../preload/contract/connectivity.ts'
import { Problem } from '../../preload/contract/problem.ts'
import type { EndpointList } from '../../preload/contract/profiles.ts'
import type { ComponentPlace } from './allow-list/workloads.ts'
import { type CheckOptions, check, type PlaneRows } from './check.ts'
import type { ClientCertificate } from './plan/material.ts'
import type { Credential } from './probe/target.ts'
import type { ResolveProxy } from './proxy/proxy.ts'
import type { Cleanup } from './vantage/pod/cleanup.ts'

export interface SubjectParts {
  /** Throws PLANE_UNKNOWN. */
  readonly rowsOf: (planeId: string) => Promise<PlaneRows>
  /** Throws PROFILE_CHANGED if nothing may be checked until the user has approved the plane's profile; absent: never. */
  readonly refuseChanged?: (planeId: string) => Promise<void>
  /** The credential's `tls.crt` and `tls.key`; undefined if it is not stored. */
  readonly credentialOf: (planeId: string, credentialId: string) => Promise<ClientCertificate | undefined>
  /** The credential's `username`, `password` and `token`, as far as they are stored; absent: no sign-in is tried. */
  readonly loginOf?: (planeId: string, credentialId: string) => Promise<Credential | undefined>
  /** Aborts when the vault is locked the next time; absent: this host has no vault. */
  readonly untilLocked?: () => AbortSignal
  /** The plane's title and components for documents; absent: its id only. */
  readonly describe?: (planeId: string) => Promise<SubjectDescription>
  /** Absent: that of this process. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** The system's proxy for a URL, in PAC syntax; absent: this host cannot query it. */
  readonly resolveProxy?: ResolveProxy
  /** The table of a profile or a bare list, and what documents call it; absent: only planes are known. */
  readonly tableOf?: (
    subject: Exclude<Subject, { planeId: string }>,
  ) => Promise<{ readonly table: PlaneRows; readonly description: SubjectDescription }>
  /**
   * Asks the user whether the window may check a table of its choice. Throws NOT_CONFIRMED; absent: the window checks planes
   * only. The terminal is not asked.
   */
  readonly confirmTable?: (table: PlaneRows, title: string) => Promise<void>
  /** The host calls procedures directly and is the user's own terminal: it may name files and images. */
  readonly trustsCaller?: boolean
}

/** What documents print about a plane, a profile or a list. */
interface SubjectDescription {
  readonly title: string
  /** Of Hangar. */
  readonly version: string
  readonly places: readonly ComponentPlace[]
}

/** What a user can choose for a check. */
export type SubjectCheckOptions = Pick<
  CheckOptions,
  'endpoints' | 'proxy' | 'from' | 'holdSeconds' | 'probeImage' | 'namespace'
>

/** What an input is about, with its table as it is now. */
export interface KnownSubject {
  /** Undefined: a profile or a list. Nothing is saved about it. */
  readonly planeId: string | undefined
  readonly table: PlaneRows
  readonly describe: () => Promise<SubjectDescription>
  readonly check: (options: SubjectCheckOptions, signal: AbortSignal) => AsyncGenerator<CheckEvent>
}

/** Planes, profiles and lists. Objects that their checks leave in a cluster are removed in `cleanup`. */
export class Subjects {
  readonly #parts: SubjectParts
  readonly #cleanup: Cleanup

  constructor(parts: SubjectParts, cleanup: Cleanup) {
    this.#parts = parts
    this.#cleanup = cleanup
  }

  /** Throws PLANE_UNKNOWN, and INPUT_INVALID for what this host or the window may not ask for. */
  async find(subject: Subject): Promise<KnownSubject> {
    const { trustsCaller = false, tableOf, confirmTable } = this.#parts
    if (!trustsCaller) refuseForWindow(subject)
    if ('planeId' in subject) return await this.plane(subject.planeId)
    if (tableOf === undefined) throw new Problem('INPUT_INVALID', 'This host checks planes only.')
    const { table, description } = await tableOf(subject)
    return {
      planeId: undefined,
      table,
      describe: () => Promise.resolve(description),
      check: (options, signal) => {
        if (trustsCaller) return this.#checkTable(table, options, signal)
        // Otherwise the window could send a request of its choice to any host.
        if (confirmTable === undefined) throw new Problem('INPUT_INVALID', 'This host checks planes only.')
        return this.#checkConfirmed(table, () => confirmTable(table, description.title), options, signal)
      },
    }
  }

  /** Throws PLANE_UNKNOWN. */
  async plane(planeId: string): Promise<KnownSubject> {
    const { rowsOf, describe = undescribed } = this.#parts
    const table = await rowsOf(planeId)
    return {
      planeId,
      table,
      describe: () => describe(planeId),
      check: (options, signal) => this.#checkPlane(planeId, table, options, signal),
    }
  }

  async *#checkPlane(
    planeId: string,
    table: PlaneRows,
    options: SubjectCheckOptions,
    signal: AbortSignal,
  ): AsyncGenerator<CheckEvent> {
    const { refuseChanged, credentialOf, loginOf, untilLocked, env, resolveProxy } = this.#parts
    await refuseChanged?.(planeId)
    const login = loginOf === undefined ? undefined : (id: string) => loginOf(planeId, id)
    // Before anything is read of the vault, so that no lock is missed.
    const locked = untilLocked?.()
    yield* check(
      table,
      (id) => credentialOf(planeId, id),
      { ...options, env, resolveProxy, loginOf: login, locked, folder: table.folder },
      this.#cleanup,
      signal,
    )
  }

  async *#checkConfirmed(
    table: PlaneRows,
    confirm: () => Promise<void>,
    options: SubjectCheckOptions,
    signal: AbortSignal,
  ): AsyncGenerator<CheckEvent> {
    await confirm()
    yield* this.#checkTable(table, options, signal)
  }

  /** Without a plane there is no vault: no certificate is presented, and no credential is tried. */
  #checkTable(table: PlaneRows, options: SubjectCheckOptions, signal: AbortSignal): AsyncGenerator<CheckEvent> {
    const { env, resolveProxy } = this.#parts
    const { namespace } = options
    const cluster =
      table.cluster && namespace !== undefined ? { ...table.cluster, namespaces: [namespace] } : table.cluster
    const noCredential = (): Promise<undefined> => Promise.resolve(undefined)
    return check(
      { ...table, cluster },
      noCredential,
      { ...options, env, resolveProxy, folder: table.folder },
      this.#cleanup,
      signal,
    )
  }
}

const undescribed = (planeId: string): Promise<SubjectDescription> =>
  Promise.resolve({ title: planeId, version: '', places: [] })

interface Restricted {
  readonly profile?: string | undefined
  readonly list?: EndpointList | undefined
  readonly folder?: string | undefined
  readonly contextId?: string | undefined
  readonly proxy?: string | undefined
  readonly probeImage?: string | undefined
  readonly namespace?: string | undefined
}

/**
 * Refuses what only the terminal may ask for: paths of this computer, a cluster without a plane, other images, another proxy. The window
 * shows texts of others, so nothing that it sends may read a file or run a program of its choice. Throws INPUT_INVALID. Pure.
 */
export function refuseForWindow(input: Subject & Restricted): void {
  const { profile = '', list, folder, contextId, proxy, probeImage, namespace } = input as Restricted // a union hides what only some members have
  const paths = (list?.endpoints ?? []).filter(
    ({ clientProfile: { trust } }) => typeof trust === 'object' && 'file' in trust,
  )
  const refused = [
    ...(/[/\\]/.test(profile) ? ['a profile by its path'] : []),
    ...(folder === undefined ? [] : ['a folder']),
    ...(contextId === undefined ? [] : ['a cluster without a plane']),
    ...paths.map(({ id }) => `a file with roots (endpoint "${id}")`),
    ...(proxy === undefined ? [] : ['a proxy']),
    ...(probeImage === undefined ? [] : ['an image for probes']),
    ...(namespace === undefined ? [] : ['a namespace for probes']),
  ]
  if (refused.length > 0)
    throw new Problem('INPUT_INVALID', `Only the terminal can name ${refused[0]}.`, refused.join(', '))
}
