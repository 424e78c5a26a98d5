import { isIP } from 'node:net'
import type { Endpoint, Profile, ProfileFault } from '../../preload/contract/profiles.ts'
import { hasMalformedReference, type Json, referencesOf } from '../lib/rules/substitution.ts'
import { fieldName, type Path, type PlacedText } from '../lib/yaml-places.ts'
import { schemaProblem } from './schema-cost.ts'
import { schemaAt, schemaFault } from './settings-schema.ts'

interface InvalidField {
  readonly path: Path
  readonly found: string
  readonly expected: string
}

/** The first steps of a path are fields of the format; below them are names of the author. */
const formatDepth = 3

/** References in a well-formed profile that are invalid. `quotes`: whether faults contain names from the text. */
export function referenceFaults(profile: Profile, text: PlacedText, quotes: boolean): ProfileFault[] {
  return [...invalidFields(profile)].map(({ path, ...fault }) => ({
    ...text.placeOf(path),
    field: fieldName(quotes ? path : path.slice(0, formatDepth)),
    ...(quotes ? fault : { found: 'an invalid reference or name', expected: 'one that fits the rest of the profile' }),
  }))
}

function* invalidFields(profile: Profile): Generator<InvalidField> {
  yield* duplicates(profile)
  yield* unknownIds(profile)
  yield* unknownNeeds(profile)
  yield* fluxWithoutSource(profile)
  yield* badRanges(profile)
  const problem = schemaProblem(profile.settings)
  if (problem !== undefined) {
    yield problem
    return
  }
  const fault = schemaFault(profile.settings)
  if (fault !== undefined) yield { path: ['settings'], found: 'an invalid schema', expected: fault }
  else yield* unknownSettings(profile)
}

const lists = [
  ['managementModels', 'id'],
  ['components', 'id'],
  ['credentials', 'id'],
  ['releases', 'name'],
  ['endpoints', 'id'],
  ['logSources', 'id'],
] as const

function* duplicates(profile: Profile): Generator<InvalidField> {
  for (const [list, key] of lists) {
    const seen = new Set<string>()
    for (const [index, entry] of profile[list].entries()) {
      const id = 'id' in entry ? entry.id : entry.name
      if (seen.has(id))
        yield {
          path: [list, index, key],
          found: `"${id}" twice`,
          expected: key === 'id' ? 'a unique id' : 'a unique name',
        }
      seen.add(id)
    }
  }
}

function* unknownIds(profile: Profile): Generator<InvalidField> {
  const components = profile.components.map(({ id }) => id)
  const named: { path: Path; id: string }[] = [
    ...profile.endpoints.map(({ component }, index) => ({ path: ['endpoints', index, 'component'], id: component })),
    ...profile.logSources.map(({ component }, index) => ({ path: ['logSources', index, 'component'], id: component })),
    ...profile.releases.flatMap((release, index) =>
      release.components.map((id, inner) => ({ path: ['releases', index, 'components', inner], id })),
    ),
  ]
  for (const { path, id } of named) {
    if (!components.includes(id))
      yield { path, found: `"${id}"`, expected: `the id of a component: ${listed(components)}` }
  }
  for (const [index, { clientProfile }] of profile.endpoints.entries())
    yield* badCertificate(profile, index, clientProfile)
}

/** Only earlier releases, so that no two need each other. */
function* unknownNeeds({ releases }: Profile): Generator<InvalidField> {
  for (const [index, { needs = [] }] of releases.entries()) {
    const earlier = releases.slice(0, index).map(({ name }) => name)
    for (const [inner, name] of needs.entries()) {
      if (earlier.includes(name)) continue
      const expected = `the name of an earlier release: ${listed(earlier, 'this is the first one')}`
      yield { path: ['releases', index, 'needs', inner], found: `"${name}"`, expected }
    }
  }
}

function* badCertificate(
  profile: Profile,
  index: number,
  { clientCertificate }: Endpoint['clientProfile'],
): Generator<InvalidField> {
  if (clientCertificate === undefined) return
  const path = ['endpoints', index, 'clientProfile', 'clientCertificate']
  const credential = profile.credentials.find(({ id }) => id === clientCertificate)
  if (credential === undefined) {
    const known = profile.credentials.map(({ id }) => id)
    yield { path, found: `"${clientCertificate}"`, expected: `the id of a credential: ${listed(known)}` }
    return
  }
  const keys = credential.keys.map(({ key }) => key)
  const lacks = ['tls.crt', 'tls.key'].filter((key) => !keys.includes(key))
  if (lacks.length > 0)
    yield { path, found: `a credential without ${lacks.join(' and ')}`, expected: 'one with tls.crt and tls.key' }
}

const listedLimit = 12
const listed = (ids: readonly string[], none = 'the profile has none'): string =>
  ids.length === 0 ? none : `${ids.slice(0, listedLimit).join(', ')}${ids.length > listedLimit ? ', …' : ''}`

function* fluxWithoutSource(profile: Profile): Generator<InvalidField> {
  for (const [index, { via, source }] of profile.releases.entries()) {
    if (via === 'flux' && source === undefined) {
      yield {
        path: ['releases', index, 'source'],
        found: 'nothing',
        expected: 'the source of the chart, such as "source: {url: oci://…}"',
      }
    }
  }
}

function* badRanges(profile: Profile): Generator<InvalidField> {
  for (const [index, { addressRanges }] of profile.endpoints.entries()) {
    for (const [inner, range] of addressRanges.entries()) {
      if (!isRange(range)) {
        yield {
          path: ['endpoints', index, 'addressRanges', inner],
          found: `"${range}"`,
          expected: 'a range such as 10.0.0.0/8',
        }
      }
    }
  }
}

function isRange(text: string): boolean {
  const [address = '', prefix = '', ...rest] = text.split('/')
  const width = { 4: 32, 6: 128 }[isIP(address)]
  return width !== undefined && rest.length === 0 && /^\d{1,3}$/.test(prefix) && Number(prefix) <= width
}

function* unknownSettings(profile: Profile): Generator<InvalidField> {
  for (const { path, text } of referringTexts(profile)) {
    if (hasMalformedReference(text))
      yield {
        path,
        found: `"${text.slice(0, 60)}"`,
        expected: 'a reference such as ${name.of.setting}, or $${ for a literal ${',
      }
    for (const name of referencesOf(text)) yield* unknownSetting(profile, path, name)
  }
  for (const [index, { clientProfile }] of profile.endpoints.entries()) {
    const { trust } = clientProfile
    if (typeof trust === 'object' && 'setting' in trust) {
      yield* unknownSetting(profile, ['endpoints', index, 'clientProfile', 'trust', 'setting'], trust.setting)
    }
  }
}

function* unknownSetting(profile: Profile, path: Path, name: string): Generator<InvalidField> {
  if (schemaAt(profile.settings, name) !== undefined) return
  yield { path, found: `the setting "${name}"`, expected: 'a setting that is defined in "settings"' }
}

/** All texts that may refer to settings. */
function* referringTexts(profile: Profile): Generator<{ path: Path; text: string }> {
  yield* textsIn(profile.resolver, ['resolver'])
  yield* textsIn(profile.probeImage, ['probeImage'])
  for (const [index, endpoint] of profile.endpoints.entries()) {
    for (const field of ['host', 'port', 'path', 'serverName'] as const)
      yield* textsIn(endpoint[field], ['endpoints', index, field])
    for (const [inner, { host }] of endpoint.companions.entries())
      yield* textsIn(host, ['endpoints', index, 'companions', inner, 'host'])
  }
  for (const [index, { source, values }] of profile.releases.entries()) {
    yield* textsIn(source?.url, ['releases', index, 'source', 'url'])
    yield* textsIn(source?.tag, ['releases', index, 'source', 'tag'])
    yield* textsIn(values, ['releases', index, 'values'])
  }
}

function* textsIn(value: Json | undefined, path: Path): Generator<{ path: Path; text: string }> {
  if (typeof value === 'string') yield { path, text: value }
  else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* textsIn(item, [...path, index])
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) yield* textsIn(item, [...path, key])
  }
}
