import type { JsonObject } from '../../../preload/contract/words.ts'
import { digestOfFiles } from '../../lib/chart-folder.ts'
import type { InstalledRelease, InstalledReleases } from '../../lib/installed-release.ts'
import { redact } from '../../lib/rules/redaction.ts'
import { isSecretName } from '../../lib/rules/secret-name.ts'
import type { Json } from '../../lib/rules/substitution.ts'
import { excludedBecause, isHostName } from './destinations.ts'
import { isHostKey, isSecretKey, Slot, type ValueNode, type Values } from './settings.ts'
import { chartOf, type VendorChart, type VendorFiles } from './vendor-files.ts'
import type { Confidence, Evidence, Unread, VendorRelease } from './vendor-release.ts'

/**
 * The vendor's files with the releases of a cluster: their charts as helm recorded them, and their values. What of the values looks
 * like the address of something becomes a setting, with the address as its default. Secrets are left out. Pure.
 */
export function withInstalled(files: VendorFiles, { releases, unread }: InstalledReleases): VendorFiles {
  const left: Unread[] = [...unread]
  const charts = [...files.charts]
  const differing = differingValues(releases)
  const made = releases.flatMap((release): VendorRelease[] => {
    const chart = chartFor(release, charts, left)
    return chart === undefined ? [] : [releaseOf(release, chart, differing, left)]
  })
  return { ...files, charts, releases: [...made, ...files.releases], unread: [...files.unread, ...left] }
}

interface ChosenChart {
  readonly chart: VendorChart
  readonly confidence: Confidence
  readonly evidence: readonly Evidence[]
}

const placeOf = ({ namespace, secret }: InstalledRelease): string => `${namespace}/${secret}`

/** The chart of the record, or that of the vendor with its name and version; a new one is added to `charts`. */
function chartFor(release: InstalledRelease, charts: VendorChart[], left: Unread[]): ChosenChart | undefined {
  const { chart, chartFiles, missingCharts } = release
  const place = placeOf(release)
  const named = `${chart.name} ${chart.version}`
  const given = charts.filter(({ name, version }) => name === chart.name && version === chart.version)
  const same = given.find(({ files }) => hasTemplates(files, chartFiles))
  if (same !== undefined)
    return { chart: same, confidence: 'sure', evidence: [{ place: same.path, text: `${named}, as in helm’s record` }] }
  const leave = (why: string): undefined => {
    left.push({ place, text: named, why })
  }
  if (missingCharts.length > 0) {
    const [other] = given
    const inner = missingCharts.join(', ')
    if (other === undefined)
      return leave(`Helm does not record the charts inside of it (${inner}). Add the chart as a folder or .tgz.`)
    return {
      chart: other,
      confidence: 'guess',
      evidence: [{ place: other.path, text: `${named}, with other templates than helm’s record` }],
    }
  }
  // Two releases of one chart share its files.
  const recorded = charts.find(({ files }) => digestOfFiles(files) === digestOfFiles(chartFiles))
  const made = recorded ?? chartOf(`helm/${release.namespace}/${release.name}`, chartFiles)
  if (typeof made === 'string') return leave(made)
  if (recorded === undefined) charts.push(made)
  const digest = { place, text: `chart ${named}, sha256:${digestOfFiles(chartFiles)}` }
  return { chart: made, confidence: 'sure', evidence: [digest] }
}

/** Whether the files have exactly these templates. */
function hasTemplates(files: VendorChart['files'], recorded: VendorChart['files']): boolean {
  const templates = (all: VendorChart['files']): string =>
    digestOfFiles(
      all.filter(({ path }) => path.startsWith('templates/')).toSorted((a, b) => (a.path < b.path ? -1 : 1)),
    )
  return templates(files) === templates(recorded)
}

function releaseOf(
  release: InstalledRelease,
  { chart, confidence, evidence }: ChosenChart,
  differing: ReadonlySet<string>,
  left: Unread[],
): VendorRelease {
  const { name, namespace, values, source } = release
  const place = placeOf(release)
  const leave = (path: string): void => {
    const why = 'A secret is no part of a profile. Store it as an override of the plane, which the vault keeps.'
    left.push({ place, text: `${name}: ${path}`, why })
  }
  return {
    name,
    namespace,
    chart: chart.path,
    version: chart.version,
    repository: undefined,
    layers: [{ installed: withoutSecrets(values, [], leave), differing }],
    needs: [],
    timeoutSeconds: undefined,
    confidence,
    evidence: [{ place, text: `release ${name} in ${namespace}` }, ...evidence],
    ...(source && { source }),
  }
}

/** Without secrets; `leave` gets the path of each. */
function withoutSecrets(value: JsonObject, path: readonly string[], leave: (path: string) => void): JsonObject {
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]): [string, Json][] => {
      const here = [...path, key]
      if (isMap(item)) return [[key, withoutSecrets(item, here, leave)]]
      if (!holdsSecret(item, key)) return [[key, item]]
      leave(here.join('.'))
      return []
    }),
  )
}

const isMap = (value: Json): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value)

/** By the rules that keep secrets out of reports, for names and for texts. */
function holdsSecret(value: Json, key: string): boolean {
  if (typeof value === 'string')
    return value !== '' && (isSecretKey(key) || isSecretName(key) || redact(value) !== value)
  if (Array.isArray(value)) return value.some((item) => holdsSecret(item, key))
  if (isMap(value)) return Object.entries(value).some(([inner, item]) => holdsSecret(item, inner))
  return typeof value === 'number' && isSecretName(key)
}

interface InstalledContext {
  /** The paths at which releases have different values. */
  readonly differing: ReadonlySet<string>
  /** Of the chart, at this path. */
  readonly defaults: JsonObject | undefined
  readonly place: string
}

/** Addresses, their ports and certificates become settings with the installed value as default. Pure. */
export function installedValues(
  values: JsonObject,
  { differing, defaults, place }: InstalledContext,
  path: readonly string[] = [],
): Values {
  const hasAddress = Object.entries(values).some(([key, value]) => isAddress(key, value))
  return Object.fromEntries(
    Object.entries(values).map(([key, value]): [string, ValueNode] => {
      const here = [...path, key]
      if (isMap(value)) return [key, installedValues(value, { differing, defaults: inner(defaults, key), place }, here)]
      // One setting cannot have the values of two releases.
      if (differing.has(here.join('.'))) return [key, value]
      return [key, slotOf(value, here, hasAddress, place, defaults?.[key]) ?? value]
    }),
  )
}

const isAddress = (key: string, value: Json): boolean =>
  typeof value === 'string' && isHostKey(key) && isHostName(value) && excludedBecause(value) === undefined

const inner = (defaults: JsonObject | undefined, key: string): JsonObject | undefined => {
  const below = defaults?.[key]
  return below !== undefined && isMap(below) ? below : undefined
}

/** A setting for the value; undefined: the value is fixed. `usual`: the chart's default. */
function slotOf(
  value: Json,
  path: readonly string[],
  hasAddress: boolean,
  place: string,
  usual: Json | undefined,
): Slot | undefined {
  const key = path.at(-1) ?? ''
  const evidence = (text: string): Evidence => ({ place, text: `${path.join('.')}: ${text}` })
  if (key === 'port' && hasAddress && typeof value === 'number')
    return new Slot([], evidence(String(value)), 'likely', {
      initial: value,
      // The port of a demo or a tunnel shows no protocol, and the one that the chart is made for does.
      ...(typeof usual === 'number' && { usual }),
    })
  if (typeof value !== 'string') return undefined
  if (isAddress(key, value)) return new Slot([], evidence(value), 'likely', { initial: value })
  if (value.trimStart().startsWith('-----BEGIN CERTIFICATE-----'))
    return new Slot([], evidence('a certificate'), 'likely', { isFile: true, initial: value })
  const host = URL.parse(value)?.hostname ?? ''
  const scheme = value.slice(0, value.indexOf('://') + 3)
  // Written as it is read: a setting must give back the same text.
  if (!/^[a-z]/i.test(scheme) || !value.startsWith(`${scheme}${host}`) || !isAddress('host', host)) return undefined
  const rest = value.slice(scheme.length + host.length)
  const variable = `${path.join('_').replace(/_?ur[li]$/i, '')}_HOST`
  const word = [{ text: scheme }, { variable, fallback: host }, ...(rest === '' ? [] : [{ text: rest }])]
  return new Slot(word, evidence(value), 'likely')
}

/** The paths at which releases have different values. */
function differingValues(releases: readonly InstalledRelease[]): ReadonlySet<string> {
  const seen = new Map<string, string>()
  const differing = new Set<string>()
  const visit = (value: Json, path: string): void => {
    if (isMap(value)) {
      for (const [key, item] of Object.entries(value)) visit(item, path === '' ? key : `${path}.${key}`)
      return
    }
    const text = JSON.stringify(value)
    if ((seen.get(path) ?? text) !== text) differing.add(path)
    seen.set(path, text)
  }
  for (const { values } of releases) visit(values, '')
  return differing
}
