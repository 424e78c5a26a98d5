import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Plane } from '../../preload/contract/planes.ts'
import { Problem, reportProblem } from '../../preload/contract/problem.ts'
import type { ProfileChange } from '../../preload/contract/profile-change.ts'
import type { Profile } from '../../preload/contract/profiles.ts'
import type { Grant } from '../../preload/contract/trust.ts'
import type { JsonObject } from '../../preload/contract/words.ts'
import { makePrivateFolder, writeAtomically } from '../lib/files.ts'
import { destinationsOf, differenceOf, type Version } from './difference.ts'
import { digestOfApproval, digestOfContent, movedCredentials, Pin, type ProfileContent } from './pin.ts'

export interface ApprovalPorts {
  /** What the profile brings, as it is now. Throws PROFILE_UNKNOWN, PROFILE_INVALID or FILE_UNREADABLE. */
  read(nameOrFile: string): Promise<{ readonly content: ProfileContent; readonly origin: ProfileChange['origin'] }>
  /** Throws PROFILE_INVALID. */
  parse(nameOrFile: string, text: string): Promise<Profile>
  /** Settings, completed with the defaults of the profile. */
  complete(profile: Profile, settings: JsonObject): JsonObject
}

type PlaneProfile = Pick<Plane, 'id' | 'profile' | 'settings'>

export interface ApprovedProfile {
  readonly profile: Profile
  /** SHA-256 over all that the profile brings, hexadecimal. */
  readonly digest: string
  /** Certificates (PEM) by the path that the profile names. */
  readonly roots: Readonly<Record<string, string>>
  /** Digests of the local charts by the path that the profile names. */
  readonly chartDigests: Readonly<Record<string, string>>
}

/** The profiles of planes as the user approved them. Whatever the files become, only what was approved is used. */
export interface Approvals {
  /**
   * Approves the profile of a new plane, as it is now, if the caller is the user's own terminal, if the profile comes with
   * Hangar, or if the user has approved the same content before. Otherwise the user is asked before it is used.
   */
  pin(plane: PlaneProfile, trustsCaller: boolean): Promise<void>
  /** Approves where the credentials go with new settings, which the user has entered in the terminal. */
  settingsChanged(plane: Plane): Promise<void>
  /** Once, when this version first starts: approves what the planes of an earlier version use. */
  pinExisting(planes: () => Promise<readonly Plane[]>): Promise<void>
  /** What was approved. Throws PROFILE_CHANGED if nothing was. */
  approved(plane: Plane): Promise<ApprovedProfile>
  /** Throws PROFILE_CHANGED unless the profile is what was approved. */
  refuseChanged(plane: Plane): Promise<void>
  /** Undefined: the profile is what was approved. */
  change(plane: Plane): Promise<ProfileChange | undefined>
  /** Throws PROFILE_CHANGED if the profile no longer has this digest. */
  approve(plane: Plane, digest: string): Promise<void>
  list(planes: readonly Plane[]): Promise<Extract<Grant, { kind: 'profile' }>[]>
  forget(planeId: string): Promise<void>
}

export function createApprovals(folder: string, ports: ApprovalPorts): Approvals {
  const fileOf = (planeId: string): string => join(folder, `${planeId}.json`)

  /** An approval that cannot be read is none: the user is asked again. */
  async function pinOf(planeId: string): Promise<Pin | undefined> {
    const text = await readFile(fileOf(planeId), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw new Problem('FILE_UNREADABLE', `${fileOf(planeId)} cannot be read (${error.code ?? 'unknown'}).`)
    })
    if (text === undefined) return undefined
    try {
      const pin = Pin.parse(JSON.parse(text))
      return pin.planeId === planeId ? pin : undefined
    } catch {
      return undefined
    }
  }

  async function wasApproved(content: ProfileContent): Promise<boolean> {
    const digest = digestOfContent(content)
    const files = (await readdir(folder)).filter((name) => name.endsWith('.json'))
    const pins = await Promise.all(files.map((name) => pinOf(name.slice(0, -'.json'.length))))
    return pins.some((pin) => pin !== undefined && digestOfContent(pin.content) === digest)
  }

  async function save(planeId: string, version: Version): Promise<void> {
    const destinations = { ...destinationsOf(version) }
    const pin: Pin = { schemaVersion: 1, planeId, at: new Date().toISOString(), content: version.content, destinations }
    await makePrivateFolder(folder)
    await writeAtomically(fileOf(planeId), `${JSON.stringify(pin, undefined, 2)}\n`)
  }

  async function versionOf(plane: PlaneProfile, content: ProfileContent): Promise<Version> {
    const profile = await ports.parse(plane.profile, content.text)
    return { profile, settings: ports.complete(profile, plane.settings), content }
  }

  async function change(plane: Plane): Promise<ProfileChange | undefined> {
    const pin = await pinOf(plane.id)
    const approved = pin === undefined ? null : { digest: digestOfApproval(pin), at: pin.at }
    const about = { planeId: plane.id, plane: plane.name, profile: plane.profile, approved }
    const before = pin === undefined ? undefined : await versionOf(plane, pin.content)
    try {
      const { content, origin } = await ports.read(plane.profile)
      const after = await versionOf(plane, content)
      if (pin !== undefined && isApproved(pin, after)) return undefined
      const digest = digestOfApproval({ content, destinations: { ...destinationsOf(after) } })
      return { ...about, origin, digest, difference: differenceOf(before, after, pin?.destinations) }
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      const difference = differenceOf(before, before, pin?.destinations)
      return { ...about, origin: 'own', digest: '', difference, problem: reportProblem(error) }
    }
  }

  return {
    change,
    async pin(plane, trustsCaller) {
      const { content, origin } = await ports.read(plane.profile)
      if (trustsCaller || origin === 'built-in' || (await wasApproved(content)))
        await save(plane.id, await versionOf(plane, content))
    },
    async settingsChanged(plane) {
      const pin = await pinOf(plane.id)
      if (pin !== undefined) await save(plane.id, await versionOf(plane, pin.content))
    },
    async pinExisting(planes) {
      const isFirst = await readdir(folder).then(
        () => false,
        () => true,
      )
      if (!isFirst) return
      await makePrivateFolder(folder)
      for (const plane of await planes()) {
        // What cannot be read now is approved by the user once it can.
        const read = await ports.read(plane.profile).catch(() => undefined)
        if (read !== undefined) await save(plane.id, await versionOf(plane, read.content))
      }
    },
    async approved(plane) {
      const pin = await pinOf(plane.id)
      if (pin === undefined) throw unapproved(plane)
      const { text, roots, charts } = pin.content
      const chartDigests = Object.fromEntries(Object.entries(charts).map(([path, { digest }]) => [path, digest]))
      return {
        profile: await ports.parse(plane.profile, text),
        digest: digestOfContent(pin.content),
        roots,
        chartDigests,
      }
    },
    async refuseChanged(plane) {
      const pin = await pinOf(plane.id)
      if (pin === undefined) throw unapproved(plane)
      const { content } = await ports.read(plane.profile).catch((cause: unknown) => {
        const { message } = reportProblem(cause)
        throw new Problem('PROFILE_CHANGED', `${changedMessage(plane)} It cannot be read now.`, message, { cause })
      })
      if (digestOfContent(content) !== digestOfContent(pin.content))
        throw new Problem('PROFILE_CHANGED', changedMessage(plane), evidenceOf(pin.content, content))
      const moved = movedCredentials(pin.destinations, destinationsOf(await versionOf(plane, content)))
      if (moved.length > 0)
        throw new Problem(
          'PROFILE_CHANGED',
          `With the settings of the plane "${plane.name}", credentials go to a destination that you have not approved: ${moved.join(', ')}.`,
        )
    },
    async approve(plane, digest) {
      const { content } = await ports.read(plane.profile)
      const version = await versionOf(plane, content)
      if (digestOfApproval({ content, destinations: { ...destinationsOf(version) } }) !== digest)
        throw new Problem('PROFILE_CHANGED', `The profile of "${plane.name}" is not the one that was shown.`)
      await save(plane.id, version)
    },
    async list(planes) {
      const entries = await Promise.all(planes.map(async (plane) => ({ plane, pin: await pinOf(plane.id) })))
      return entries.flatMap(({ plane: { id, name, profile }, pin }) =>
        pin === undefined
          ? []
          : [{ kind: 'profile', id, plane: name, file: profile, digest: digestOfApproval(pin), at: pin.at }],
      )
    },
    async forget(planeId) {
      await rm(fileOf(planeId), { force: true })
    },
  }
}

const isApproved = (pin: Pin, now: Version): boolean =>
  digestOfContent(pin.content) === digestOfContent(now.content) &&
  movedCredentials(pin.destinations, destinationsOf(now)).length === 0

const changedMessage = ({ name, profile }: Plane): string =>
  `The profile "${profile}" of the plane "${name}" changed since you approved it.`

const unapproved = ({ name, profile }: Plane): Problem =>
  new Problem('PROFILE_CHANGED', `You have not approved the profile "${profile}" for the plane "${name}" yet.`)

const evidenceOf = (before: ProfileContent, after: ProfileContent): string =>
  `approved SHA-256 ${digestOfContent(before)}\nnow SHA-256 ${digestOfContent(after)}`
