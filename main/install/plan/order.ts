import type { PlanStep } from '../../../preload/contract/install.ts'
import { namespacesOf, type OrderedRelease, releaseNeeds } from './release-order.ts'

type Needs = (step: PlanStep, earlier: readonly PlanStep[]) => readonly PlanStep[]

const kindOf = ({ id }: PlanStep): string => id.slice(0, id.indexOf(':'))

/** Namespaces, then releases that are dropped, Secrets, and the releases among themselves; verification last. */
function installNeeds(releases: readonly OrderedRelease[]): Needs {
  const needed = releaseNeeds(releases)
  const spaces = new Map(releases.map((release) => [release.name, namespacesOf(release)]))
  return (step, earlier) => {
    if (step.kind === 'verify') return earlier
    const { release = '', namespace = '' } = step
    const kind = kindOf(step)
    const isIn = (each: PlanStep): boolean =>
      kind === 'release' ? (spaces.get(release)?.has(each.namespace ?? '') ?? true) : each.namespace === namespace
    return earlier.filter((each) => {
      const earlierKind = kindOf(each)
      // A release cannot take over an object that another one has.
      if (earlierKind === 'dropped') return kind !== 'namespace'
      if (earlierKind === 'namespace') return kind !== 'namespace' && kind !== 'dropped' && isIn(each)
      if (earlierKind === 'secret') return kind === 'release' && isIn(each)
      return earlierKind === 'release' && (needed.get(release)?.has(each.release ?? '') ?? true)
    })
  }
}

/** The reverse of an install: what needs a release goes before it, Secrets after all releases, namespaces last. */
function uninstallNeeds(releases: readonly OrderedRelease[]): Needs {
  const needed = releaseNeeds(releases)
  return (step, earlier) => {
    if (kindOf(step) === 'secret')
      return earlier.filter((each) => kindOf(each) === 'release' || kindOf(each) === 'dropped')
    if (kindOf(step) !== 'release') return earlier
    return earlier.filter(
      (each) => kindOf(each) === 'release' && (needed.get(each.release ?? '')?.has(step.release ?? '') ?? true),
    )
  }
}

/**
 * Pure: the steps, each with the ids of those that must have ended before it begins. Steps that change nothing are left out, but
 * what is needed through them is kept. An id that another one implies is left out, too.
 */
export function withNeeds(
  action: 'install' | 'uninstall',
  steps: readonly PlanStep[],
  releases: readonly OrderedRelease[],
): PlanStep[] {
  const needs = action === 'install' ? installNeeds(releases) : uninstallNeeds(releases)
  /** All that a step waits for, directly or not. */
  const before = new Map<string, ReadonlySet<string>>()
  const isKept = new Set(steps.filter(({ kind }) => kind === 'keep').map(({ id }) => id))
  return steps.map((step, index) => {
    const direct = step.id.startsWith('keep:') ? [] : needs(step, steps.slice(0, index)).map(({ id }) => id)
    const all = new Set(direct.flatMap((id) => [id, ...(before.get(id) ?? [])]))
    before.set(step.id, all)
    if (isKept.has(step.id)) return step
    const changing = [...all].filter((id) => !isKept.has(id))
    const implied = new Set(changing.flatMap((id) => [...(before.get(id) ?? [])]))
    return { ...step, needs: steps.filter(({ id }) => changing.includes(id) && !implied.has(id)).map(({ id }) => id) }
  })
}
