import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type {
  EndpointTarget,
  FileChange,
  ProfileDifference,
  ReleaseChange,
} from '../../preload/contract/profile-change.ts'
import type { Chart, Endpoint, Profile } from '../../preload/contract/profiles.ts'
import type { JsonObject } from '../../preload/contract/words.ts'
import { substituteText } from '../lib/rules/substitution.ts'
import { type Destinations, movedCredentials, type ProfileContent } from './pin.ts'

/** A profile with the settings of a plane, completed with the profile's own defaults. */
export interface Version {
  readonly profile: Profile
  readonly settings: JsonObject
  readonly content: ProfileContent
}

/** What differs between two versions of a profile. Without an earlier one, everything is added. Pure. */
export function differenceOf(
  before: Version | undefined,
  after: Version | undefined,
  approved: Destinations = {},
): ProfileDifference {
  const destinations = after === undefined ? {} : destinationsOf(after)
  return {
    credentials: movedCredentials(approved, destinations).map((credential) => ({
      credential,
      before: approved[credential] ?? [],
      after: destinations[credential] ?? [],
    })),
    endpoints: changesBetween(endpointsOf(before), endpointsOf(after)).map(
      ({ name, kind, before: old, after: now }) => ({
        id: name,
        kind,
        before: old?.target ?? null,
        after: now?.target ?? null,
      }),
    ),
    releases: releaseChanges(before?.profile, after?.profile),
    files: fileChanges(before?.content, after?.content),
    settingsSchema: !isDeepStrictEqual(before?.profile.settings, after?.profile.settings),
    fields: otherFields.filter((field) => !isDeepStrictEqual(before?.profile[field], after?.profile[field])),
  }
}

/**
 * Where each credential is sent: protocol, host and port of its endpoints, with what is trusted there. A client certificate
 * is presented to the companions too. Pure.
 */
export function destinationsOf({ profile, settings, content }: Version): Destinations {
  const found = new Map<string, Set<string>>()
  const add = (credential: string, destination: string): void => {
    found.set(credential, (found.get(credential) ?? new Set()).add(destination))
  }
  for (const endpoint of profile.endpoints) {
    const target = targetOf(endpoint, settings)
    const { trust } = endpoint.clientProfile
    const pem =
      typeof trust === 'string'
        ? ''
        : 'file' in trust
          ? (content.roots[trust.file] ?? '')
          : substituteText(`\${${trust.setting}}`, settings).text
    const roots = pem === '' ? target.trust : `${target.trust} (SHA-256 ${sha256(pem).slice(0, 12)})`
    const suffix = `${target.tls ? '' : ', no TLS'}${target.serverName === '' ? '' : `, server name ${target.serverName}`}, roots: ${roots}`
    const port = target.port === null ? '' : `:${target.port}`
    const own = `${target.protocol} ${target.host}${port}${suffix}`
    if (target.host === '') continue
    if (target.credential !== '') add(target.credential, own)
    if (target.clientCertificate === '') continue
    for (const each of [own, ...target.companions.map((companion) => `${companion}, roots: ${roots}`)])
      add(target.clientCertificate, each)
  }
  return Object.fromEntries([...found].map(([credential, destinations]) => [credential, [...destinations].toSorted()]))
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Fields of a profile that have no entries of their own in a difference. */
const otherFields = [
  'title',
  'description',
  'resolver',
  'probeImage',
  'managementModels',
  'requirements',
  'components',
  'credentials',
  'logSources',
] as const satisfies readonly (keyof Profile)[]

interface Change<Value> {
  readonly name: string
  readonly kind: 'added' | 'removed' | 'changed'
  readonly before: Value | undefined
  readonly after: Value | undefined
}

/** Names in the order of the later version; those that were removed come last. */
function changesBetween<Value>(before: ReadonlyMap<string, Value>, after: ReadonlyMap<string, Value>): Change<Value>[] {
  const names = [...after.keys(), ...[...before.keys()].filter((name) => !after.has(name))]
  return names.flatMap((name) => {
    const [old, now] = [before.get(name), after.get(name)]
    if (isDeepStrictEqual(old, now)) return []
    const kind = old === undefined ? 'added' : now === undefined ? 'removed' : 'changed'
    return [{ name, kind, before: old, after: now }]
  })
}

/** Compared as a whole, so that a change of any field is a change of the endpoint. */
interface ComparedEndpoint {
  readonly endpoint: Endpoint
  readonly target: EndpointTarget
}

const endpointsOf = (version: Version | undefined): ReadonlyMap<string, ComparedEndpoint> =>
  new Map(
    version?.profile.endpoints.map((endpoint) => [
      endpoint.id,
      { endpoint, target: targetOf(endpoint, version.settings) },
    ]),
  )

function targetOf(endpoint: Endpoint, settings: JsonObject): EndpointTarget {
  const { protocol, tls, clientProfile, companions } = endpoint
  const { trust, proxy, credential = '', clientCertificate = '' } = clientProfile
  const text = (value: string): string => {
    const { text: filled, missing } = substituteText(value, settings)
    return missing.length === 0 ? filled : ''
  }
  const port = typeof endpoint.port === 'string' ? Number(text(endpoint.port) || Number.NaN) : endpoint.port
  return {
    host: text(endpoint.host),
    port: port === undefined || !Number.isInteger(port) ? null : port,
    protocol,
    tls,
    path: text(endpoint.path ?? ''),
    serverName: text(endpoint.serverName ?? ''),
    trust:
      typeof trust === 'string' ? trust : 'file' in trust ? `file ${text(trust.file)}` : `setting ${trust.setting}`,
    credential,
    clientCertificate,
    proxy,
    companions: companions.map((companion) => `${text(companion.host)}:${companion.port} ${companion.protocol}`),
  }
}

function releaseChanges(before: Profile | undefined, after: Profile | undefined): ReleaseChange[] {
  const byName = (profile: Profile | undefined) => new Map(profile?.releases.map((each) => [each.name, each]))
  return changesBetween(byName(before), byName(after)).map(({ name, kind, before: old, after: now }) => ({
    name,
    kind,
    before: old === undefined ? '' : `${old.namespace}: ${chartText(old.chart)}`,
    after: now === undefined ? '' : `${now.namespace}: ${chartText(now.chart)}`,
    values: !isDeepStrictEqual(old?.values, now?.values),
  }))
}

function chartText(chart: Chart): string {
  if ('path' in chart) return chart.path
  if ('oci' in chart) return `${chart.oci} ${chart.version}${chart.digest === undefined ? '' : ` ${chart.digest}`}`
  return `${chart.repository} ${chart.name} ${chart.version}`
}

function fileChanges(before: ProfileContent | undefined, after: ProfileContent | undefined): FileChange[] {
  return changesBetween(filesOf(before), filesOf(after)).map(({ name, kind }) => ({ path: name, kind }))
}

/** Digests of the files by their path, relative to the profile. */
function filesOf(content: ProfileContent | undefined): ReadonlyMap<string, string> {
  if (content === undefined) return new Map()
  const charts = Object.entries(content.charts).flatMap(([path, { digest, files }]) => {
    const entries = Object.entries(files)
    return entries.length === 0
      ? [[path, digest] as const]
      : entries.map(([file, sha]) => [`${path}/${file}`, sha] as const)
  })
  return new Map([...Object.entries(content.roots), ...charts])
}
