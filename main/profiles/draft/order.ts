import { fieldsIn, textIn } from '../../health/fields.ts'
import { groupOf, kindOf, nameOf, type RenderedRelease } from './rendered.ts'
import type { Evidence } from './vendor-release.ts'

export interface OrderedRelease {
  readonly rendered: RenderedRelease
  /** Why it comes after others. */
  readonly reasons: readonly Evidence[]
}

/** `GROUP/KIND` of the custom resources that a release defines. */
export const definedKinds = ({ objects }: RenderedRelease): string[] =>
  objects
    .filter((object) => kindOf(object) === 'CustomResourceDefinition')
    .map((object) => {
      const spec = fieldsIn(object, 'spec')
      return `${textIn(spec, 'group') ?? ''}/${textIn(fieldsIn(spec, 'names'), 'kind') ?? ''}`
    })

/**
 * Releases so that each comes after those whose custom resources or namespaces it uses, and after those that its files name.
 * Otherwise the vendor's order stays. Where they need each other, too. Pure.
 */
export function orderReleases(rendered: readonly RenderedRelease[]): OrderedRelease[] {
  const definers = new Map(rendered.flatMap((each) => definedKinds(each).map((kind) => [kind, each.release.name])))
  const namespaces = new Map(
    rendered.flatMap((each) =>
      each.objects
        .filter((object) => kindOf(object) === 'Namespace')
        .map((object) => [nameOf(object), each.release.name]),
    ),
  )
  const names = new Set(rendered.map(({ release }) => release.name))
  const needs = new Map(
    rendered.map((each) => {
      const { release, objects } = each
      const needed = new Map<string, Evidence>()
      const need = (name: string | undefined, text: string): void => {
        if (name !== undefined && name !== release.name && names.has(name) && !needed.has(name))
          needed.set(name, { place: name, text })
      }
      for (const name of release.needs) need(name, `${release.name} needs it.`)
      for (const object of objects) {
        const kind = `${groupOf(object)}/${kindOf(object)}`
        need(definers.get(kind), `It defines ${kindOf(object)}, which ${release.name} uses.`)
      }
      need(namespaces.get(release.namespace), `It creates the namespace ${release.namespace}.`)
      return [release.name, needed] as const
    }),
  )
  const ordered: OrderedRelease[] = []
  const state = new Map<string, 'open' | 'done'>()
  const visit = (each: RenderedRelease): void => {
    const { name } = each.release
    if (state.has(name)) return
    state.set(name, 'open')
    const needed = needs.get(name) ?? new Map<string, Evidence>()
    for (const other of rendered) if (needed.has(other.release.name)) visit(other)
    state.set(name, 'done')
    ordered.push({ rendered: each, reasons: [...needed.values()] })
  }
  for (const each of rendered) visit(each)
  return ordered
}
