import { basename, dirname, resolve } from 'node:path'
import type { Subject } from '../../preload/contract/connectivity.ts'
import type { Plane } from '../../preload/contract/planes.ts'
import { PlaneValues } from '../../preload/contract/planes.ts'
import { Problem } from '../../preload/contract/problem.ts'
import { EndpointList } from '../../preload/contract/profiles.ts'
import { type OptionValues, type Terminal, text } from './command.ts'
import { readDocument } from './input.ts'
import { contextOf, noPlane, profileOf } from './plane.ts'

export interface ChosenSubject {
  readonly subject: Subject
  /** Set if the subject is a plane, whose runs are saved. */
  readonly plane?: Plane
}

/**
 * What `--endpoints`, `--plane`, `--profile` and `--values` choose: a bare list, a plane, or a profile with settings. The cluster is
 * looked up only for `usesCluster`, since a list and a profile need none otherwise. Throws INPUT_INVALID, PLANE_UNKNOWN, and what
 * reading a file throws.
 */
export async function subjectOf(
  terminal: Terminal,
  options: OptionValues,
  usesCluster = false,
): Promise<ChosenSubject> {
  const client = await terminal.client()
  const [file, name, profile, values] = [
    text(options, 'endpoints'),
    text(options, 'plane'),
    profileOf(options),
    text(options, 'values'),
  ]
  const context = text(options, 'context')
  const cluster = async () => (usesCluster ? { contextId: (await contextOf(client, context)).id } : {})
  if (file !== undefined) {
    const list = await readDocument(file, EndpointList)
    return { subject: { list, title: basename(file), folder: dirname(resolve(file)), ...(await cluster()) } }
  }
  const matching = (await client.planes.list()).filter(
    (each) =>
      (name === undefined || each.name === name) &&
      (profile === undefined || each.profile === profile) &&
      (context === undefined || each.contextName === context),
  )
  const [plane, second] = matching
  if (second !== undefined)
    throw new Problem(
      'INPUT_INVALID',
      `Several planes match: ${matching.map((each) => each.name).join(', ')}. Choose one with --plane.`,
    )
  if (name !== undefined && plane === undefined) throw await noPlane(client, options)
  if (plane !== undefined && values === undefined) return { subject: { planeId: plane.id }, plane }
  const kind = profile ?? plane?.profile
  if (kind === undefined)
    throw new Problem('INPUT_INVALID', 'Name what to check: --endpoints FILE, --profile NAME or --plane NAME.')
  const settings = values === undefined ? {} : (await readDocument(values, PlaneValues)).settings
  return { subject: { profile: kind, settings, ...(await cluster()) } }
}
