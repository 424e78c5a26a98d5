import type { JsonObject } from '../../../preload/contract/words.ts'
import type { Json } from '../../lib/rules/substitution.ts'
import type { KitEdit, KitImage } from './manifest.ts'
import { type Destination, kitName, partIn } from './references.ts'

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

interface Place {
  readonly path: readonly string[]
  readonly map: JsonObject
}

const depthLimit = 30

/** All maps of the values, with their paths. What is inside a list has no path that helm could merge. */
function* mapsIn(map: JsonObject, path: readonly string[] = []): Generator<Place> {
  if (path.length > depthLimit) return
  yield { path, map }
  for (const [key, value] of Object.entries(map)) if (isObject(value)) yield* mapsIn(value, [...path, key])
}

const textOf = (value: Json | undefined): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : ''

/**
 * The texts of chart values that make the images: a whole reference, or the parts that charts commonly compose one of
 * (`registry`, `repository`, `tag`, `digest`). `values`: as helm uses them, with the defaults of the chart. What a chart does with
 * them is not known here: whether the edits have their effect is proven by rendering with them. Pure.
 */
export function findImageEdits(values: JsonObject, images: readonly string[]): KitEdit[] {
  const places = [...mapsIn(values)]
  return images.flatMap((image) => [
    ...places.flatMap((place) => wholeIn(place, image)),
    ...places.flatMap((place) => partsIn(place, image, places)),
  ])
}

const wholeIn = ({ path, map }: Place, image: string): KitEdit[] =>
  Object.entries(map).flatMap(([key, value]) =>
    value === image ? [{ path: [...path, key], image, part: 'reference' as const }] : [],
  )

const registryKey = /registry$/i
const hubNames: ReadonlySet<string> = new Set(['', 'docker.io', 'index.docker.io', 'registry-1.docker.io'])

/** The parts of one image in one map, and the registry beside them or in a map of its own. */
function partsIn({ path, map }: Place, image: string, places: readonly Place[]): KitEdit[] {
  const name = kitName(image)
  const written = nameIn(map)
  if (name === undefined || written === undefined) return []
  const tag = textOf(map.tag)
  if (tag !== '' && name.tag !== undefined && tag !== name.tag && !tag.startsWith(`${name.tag}@`)) return []
  const of = (key: string, part: KitEdit['part'], at = path): KitEdit => ({ path: [...at, key], image, part })
  const pinned = 'digest' in map ? [of('digest', 'digest')] : [of('tag', 'tag')]
  const { key, text } = written
  const own = textOf(map.registry)
  if (isNameOf(text, name)) {
    // A registry beside it would be put before the name: it must be empty, or is set too.
    if (own === '') return [of(key, 'name'), ...pinned]
  }
  if (!isPathOf(text, name)) return []
  if ('registry' in map && isHost(own, name)) return [of('registry', 'registry'), of(key, 'repository'), ...pinned]
  const shared = places.flatMap(({ path: at, map: other }) =>
    Object.entries(other).flatMap(([each, value]) =>
      registryKey.test(each) && textOf(value) !== '' && isHost(textOf(value), name) ? [of(each, 'registry', at)] : [],
    ),
  )
  return shared.length === 0 ? [] : [...shared, of(key, 'repository'), ...pinned]
}

type Name = NonNullable<ReturnType<typeof kitName>>

const nameKeys = ['repository', 'name', 'image'] as const

function nameIn(map: JsonObject): { readonly key: string; readonly text: string } | undefined {
  const key = nameKeys.find((each) => typeof map[each] === 'string' && map[each] !== '')
  return key === undefined || !('tag' in map || 'digest' in map) ? undefined : { key, text: textOf(map[key]) }
}

const isHost = (text: string, { registry }: Name): boolean =>
  text === registry || (hubNames.has(registry) && hubNames.has(text))

const isPathOf = (text: string, { registry, repository }: Name): boolean =>
  text === repository || (hubNames.has(registry) && `library/${text}` === repository)

const isNameOf = (text: string, name: Name): boolean => {
  const read = kitName(text)
  return read !== undefined && isHost(read.registry, name) && isPathOf(read.repository, name)
}

/** The values of a release with its images from the registry of a kit. `images`: by reference. Pure. */
export function withEdits(
  values: JsonObject,
  edits: readonly KitEdit[],
  images: ReadonlyMap<string, KitImage>,
  destination: Destination,
): JsonObject {
  return edits.reduce((edited, { path, part, image: reference }) => {
    const image = images.get(reference)
    return image === undefined ? edited : setAt(edited, path, partIn(destination, part, image))
  }, values)
}

function setAt(map: JsonObject, [key, ...rest]: readonly string[], text: string): JsonObject {
  if (key === undefined) return map
  const inherited = Object.hasOwn(map, key) ? map[key] : undefined
  return { ...map, [key]: rest.length === 0 ? text : setAt(isObject(inherited) ? inherited : {}, rest, text) }
}
