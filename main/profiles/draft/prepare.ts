import { Chart } from '../../../preload/contract/profiles.ts'
import { type JsonObject, Slug } from '../../../preload/contract/words.ts'
import { type Json, substituteValue } from '../../lib/rules/substitution.ts'
import { installedValues } from './installed.ts'
import { isPlaceholder } from './placeholder.ts'
import {
  escapeReferences,
  isHostKey,
  isSecretKey,
  type NamedSettings,
  nameSettings,
  referenceText,
  type Setting,
  Slot,
  type SlotUse,
  sampleSettings,
  type ValueNode,
  type Values,
} from './settings.ts'
import { literalOf, type Word, wordText } from './shell-commands.ts'
import { chartNamed, fileNamed, type VendorChart, type VendorFiles, valuesIn } from './vendor-files.ts'
import type { Confidence, Evidence, SetValue, Unread, ValueLayer, VendorRelease } from './vendor-release.ts'

/** A release as it can be rendered, and as the profile names it. */
export interface PreparedRelease {
  readonly name: string
  readonly namespace: string
  /** The path of the vendor's chart; undefined for one that has to be downloaded. */
  readonly chartPath: string | undefined
  readonly remote: Exclude<Chart, { path: string }> | undefined
  /** With references to settings. */
  readonly values: JsonObject
  /** With the samples of the settings. */
  readonly sampleValues: JsonObject
  readonly needs: readonly string[]
  readonly timeoutSeconds: number | undefined
  readonly confidence: Confidence
  readonly evidence: readonly Evidence[]
  readonly source?: VendorRelease['source']
}

/** A row of the vendor's list, with references to settings. */
export interface PreparedHost extends Omit<VendorFiles['hosts'][number], 'host' | 'port'> {
  readonly host: string
  readonly port: string | undefined
}

export interface Prepared {
  readonly releases: readonly PreparedRelease[]
  readonly charts: readonly VendorChart[]
  readonly settings: readonly Setting[]
  readonly hosts: readonly PreparedHost[]
  readonly unread: readonly Unread[]
}

/** Names settings for what is not fixed, and gives each release its chart and values. `profile` names the default namespace. Pure. */
export function prepare(files: VendorFiles, profile: string): Prepared {
  const unread: Unread[] = [...files.unread]
  const drafts = draftReleases(files, profile, unread)
  const used = new Set(drafts.map(({ chart }) => chart?.path))
  for (const { path, isLibrary } of files.charts) {
    if (!isLibrary && !used.has(path)) unread.push({ place: path, text: '', why: 'No release installs this chart.' })
  }
  const usedFiles = new Set(drafts.flatMap(({ valueFiles }) => valueFiles))
  for (const path of files.values.keys()) {
    if (!usedFiles.has(path)) unread.push({ place: path, text: '', why: 'No release uses these values.' })
  }
  const uses = drafts.flatMap(({ name, values }) =>
    slotsIn(values).map(({ path, slot }): SlotUse => ({ release: name, path, slot })),
  )
  const listed = files.hosts.flatMap(({ host, port, evidence }) =>
    [host, port ?? []].map((word) => ({ word, evidence })),
  )
  const named = nameSettings(uses, listed)
  const samples = sampleSettings(named.settings)
  const releases = drafts.map(({ values, chart, valueFiles: _, ...release }): PreparedRelease => {
    const filled = asObject(fill(values, named))
    const sampleValues = asObject(substituteValue(filled, samples))
    return { ...release, chartPath: chart?.path, values: filled, sampleValues }
  })
  const hosts = files.hosts.map(({ host, port, ...row }) => {
    const text = referenceText(host, named.nameOf)
    const known = settingOfHost(text, named.settings)
    return {
      ...row,
      host: known === undefined ? text : `\${${known.name}}`,
      port: portReference(port && referenceText(port, named.nameOf), known, named.settings),
    }
  })
  return { releases, charts: files.charts, settings: named.settings, hosts, unread }
}

/** The one setting whose default is the host that a list names. */
function settingOfHost(host: string, settings: readonly Setting[]): Setting | undefined {
  const same = settings.filter(({ name, initial }) => initial === host && isHostKey(name.split('.').at(-1) ?? ''))
  return same.length === 1 ? same[0] : undefined
}

/** The setting of the port beside that host, where its default is the listed port. */
function portReference(
  port: string | undefined,
  host: Setting | undefined,
  settings: readonly Setting[],
): string | undefined {
  const setting = settings.find(({ name }) => name === host?.port)
  return setting !== undefined && port === String(setting.initial) ? `\${${setting.name}}` : port
}

interface DraftRelease extends Omit<PreparedRelease, 'values' | 'sampleValues' | 'chartPath'> {
  readonly chart: VendorChart | undefined
  readonly values: Values
  readonly valueFiles: readonly string[]
}

function draftReleases(files: VendorFiles, profile: string, unread: Unread[]): DraftRelease[] {
  const named =
    files.releases.length > 0 ? files.releases : files.charts.filter(({ isLibrary }) => !isLibrary).map(ofChart)
  const seen = new Set<string>()
  return named.flatMap((release): DraftRelease[] => {
    const { name, namespace = profile, chart, needs, timeoutSeconds, confidence, evidence, source } = release
    const [place] = evidence
    const leave = (why: string): [] => {
      unread.push({ place: place?.place ?? '', text: place?.text ?? '', why })
      return []
    }
    if (![name, namespace].every((each) => Slug.safeParse(each).success))
      return leave('Its name or namespace is not valid in Kubernetes.')
    if (seen.has(name)) return leave('A release with this name comes before.')
    const local = chartNamed(files.charts, release)
    const remote = local === undefined ? remoteChart(release) : undefined
    if (local === undefined && remote === undefined)
      return leave(`The chart ${chart} is not among the files, and has no address with an exact version.`)
    seen.add(name)
    const valueFiles: string[] = []
    const values = valuesOf(release, local, files, valueFiles, unread)
    return [
      {
        name,
        namespace,
        chart: local,
        remote,
        needs,
        timeoutSeconds: limited(timeoutSeconds),
        confidence,
        evidence,
        values,
        valueFiles,
        ...(source && { source }),
      },
    ]
  })
}

/** What a profile permits. */
const limited = (seconds: number | undefined): number | undefined => seconds && Math.min(3_600, Math.max(10, seconds))

/** Without a script, each chart is a release of its own name. */
function ofChart({ path, name }: VendorChart): VendorRelease {
  return {
    name,
    namespace: undefined,
    chart: path,
    version: undefined,
    repository: undefined,
    layers: [],
    needs: [],
    timeoutSeconds: undefined,
    confidence: 'guess',
    evidence: [{ place: path, text: 'No script or helmfile names its release and namespace.' }],
  }
}

function remoteChart({ chart, version, repository }: VendorRelease): PreparedRelease['remote'] {
  const fields = chart.startsWith('oci://')
    ? { oci: chart, version }
    : { repository, name: chart.split('/').at(-1), version }
  const parsed = Chart.safeParse(fields)
  return parsed.success && !('path' in parsed.data) ? parsed.data : undefined
}

const asObject = (value: Json): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}

function isMap(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Slot)
}

function valuesOf(
  release: VendorRelease,
  chart: VendorChart | undefined,
  files: VendorFiles,
  usedFiles: string[],
  unread: Unread[],
): Values {
  const place = release.evidence[0]?.place ?? ''
  const defaults = chart?.values ?? {}
  const leave = (text: string, why: string): number => unread.push({ place, text, why })
  let values: Values = {}
  for (const layer of layersOf(release, chart, files)) {
    if ('file' in layer) {
      const found = fileNamed(files.values, layer.file) ?? chartFile(layer.file, files)
      if (found === undefined) {
        leave(layer.file, 'This values file is not among the files.')
        continue
      }
      usedFiles.push(found[0])
      values = merge(values, slotted(found[1], found[0], defaults))
    } else if ('installed' in layer)
      values = merge(values, installedValues(layer.installed, { differing: layer.differing, defaults, place }))
    else if ('values' in layer) values = merge(values, slotted(layer.values, place, defaults))
    else for (const set of layer.sets) values = withSet(values, set, release, defaults, leave)
  }
  const chartValues = `${chart?.path ?? ''}/values.yaml`
  return withoutSecrets(withEmptyHosts(values, defaults, chartValues), '', (path) =>
    leave(path, 'A secret is no setting. Store it as an override of the plane, or as a credential.'),
  )
}

/** Loose values files belong to the only release, or to the one that they are named after. */
function layersOf(
  { name, layers }: VendorRelease,
  chart: VendorChart | undefined,
  { values, releases, charts }: VendorFiles,
): readonly ValueLayer[] {
  if (releases.length > 0) return layers
  const isOnly = charts.filter(({ isLibrary }) => !isLibrary).length === 1
  const own = [...values.keys()].filter(
    (path) =>
      isOnly ||
      path
        .split('/')
        .at(-1)
        ?.startsWith(chart?.name ?? name),
  )
  return own.map((file) => ({ file }))
}

/** A values file inside of a chart's folder, such as `values-production.yaml`. */
function chartFile(named: string, { charts }: VendorFiles): [path: string, values: JsonObject] | undefined {
  const all = charts.flatMap(({ path, files }) => files.map((file) => [`${path}/${file.path}`, file.content] as const))
  const found = fileNamed(new Map(all), named)
  const values = found && valuesIn(found[1].toString('utf8'))
  return found === undefined || values === undefined || typeof values === 'string' ? undefined : [found[0], values]
}

const variableText = /^\$(?:\{(\w+)(?::-([^}]*))?\}|(\w+))$/

/** Texts such as `$HOST`, `changeme` and `<your host>` become slots. */
function slotted(value: JsonObject, place: string, defaults: Json): Values {
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, slottedNode(item, [key], place, at(defaults, key))]),
  )
}

function slottedNode(value: Json, path: readonly string[], place: string, initial: Json | undefined): ValueNode {
  if (Array.isArray(value)) return value
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, slottedNode(item, [...path, key], place, at(initial, key))]),
    )
  }
  if (typeof value !== 'string') return value
  const evidence = { place, text: `${path.join('.')}: ${value.slice(0, 200)}` }
  const [, braced, fallback, plain] = variableText.exec(value) ?? []
  const variable = braced ?? plain
  if (variable !== undefined) {
    const word = fallback === undefined ? [{ variable }] : [{ variable, fallback }]
    return new Slot(word, evidence, 'likely', { initial })
  }
  return isPlaceholder(value) ? new Slot([], evidence, 'likely') : value
}

const at = (value: Json | ValueNode | undefined, key: string | number): Json | undefined => {
  const found: unknown =
    typeof value === 'object' && value !== null && !(value instanceof Slot) ? Reflect.get(value, key) : undefined
  return found as Json | undefined // values of a chart are JSON
}

function merge(lower: Values, upper: Values): Values {
  const merged: Record<string, ValueNode> = { ...lower }
  for (const [key, value] of Object.entries(upper)) {
    const below = merged[key]
    merged[key] = isMap(below) && isMap(value) ? merge(below, value) : value
  }
  return merged
}

function withSet(
  values: Values,
  { path, kind, word }: SetValue,
  { evidence }: VendorRelease,
  defaults: JsonObject,
  leave: (text: string, why: string) => void,
): Values {
  const shown = `${path.join('.')}=${wordText(word)}`
  const literal = literalOf(word)
  if (kind === 'json' || word.some((part) => 'unread' in part)) {
    const json = kind === 'json' && literal !== undefined ? jsonOf(literal) : undefined
    if (json !== undefined) return path.length === 0 ? merge(values, asObject(json)) : insert(values, path, json)
    if (kind === 'json') {
      leave(shown, 'It is no JSON without variables.')
      return values
    }
  }
  const initial = path.reduce<Json | undefined>((value, key) => at(value, key), defaults)
  const place = { place: evidence[0]?.place ?? '', text: shown.slice(0, 200) }
  const isFile = kind === 'file'
  if (literal !== undefined && !isFile && !isPlaceholder(literal)) {
    return insert(values, path, kind === 'typed' ? typed(literal) : literal)
  }
  const fixed = literal === undefined ? withoutUnread(word) : []
  return insert(
    values,
    path,
    new Slot(isFile ? wholeVariable(fixed) : hostOfUrl(fixed, path, initial), place, 'sure', { isFile, initial }),
  )
}

/** The output of a command is a setting, too: one of its own name. */
const withoutUnread = (word: Word): Word => (word.some((part) => 'unread' in part) ? [] : word)

/** The path of a file is not its content: `$DIR/ca.pem` is a setting of its own name. */
const wholeVariable = (word: Word): Word => (word.length === 1 ? word : [])

/**
 * A whole address that is a setting is written with a setting for its host alone: endpoints have hosts. `https://$API_HOST/v1`
 * where the chart's default is `https://api.example.com/v1`.
 */
function hostOfUrl(word: Word, path: readonly (string | number)[], initial: Json | undefined): Word {
  const [part, ...others] = word
  if (part === undefined || !('variable' in part) || others.length > 0 || !/ur[li]$/i.test(String(path.at(-1))))
    return word
  const given = part.fallback ?? (typeof initial === 'string' ? initial : '')
  const [start = '', scheme = 'https://'] = /^([a-z]+:\/\/)[^/:]+/i.exec(given) ?? []
  const tail = start === '' ? '' : given.slice(start.length)
  const variable = `${part.variable.replace(/_?UR[LI]$/i, '')}_HOST`
  return [{ text: scheme }, { variable }, ...(tail === '' ? [] : [{ text: tail }])]
}

function jsonOf(text: string): Json | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** As helm types it (pkg/strvals). */
function typed(text: string): Json {
  if (text === 'true' || text === 'false') return text === 'true'
  if (text === 'null') return null
  return /^(0|-?[1-9]\d{0,15})$/.test(text) ? Number(text) : text
}

function insert(values: Values, path: readonly (string | number)[], value: ValueNode): Values {
  const into = (node: ValueNode | undefined, [key, ...rest]: readonly (string | number)[]): ValueNode => {
    if (key === undefined) return value
    if (typeof key === 'number') {
      const list: readonly ValueNode[] = Array.isArray(node) ? node : []
      const next = [...list]
      while (next.length < key) next.push(null)
      next[key] = into(list[key], rest)
      return next
    }
    const map = isMap(node) ? node : {}
    const below = Object.hasOwn(map, key) ? map[key] : undefined
    return { ...map, [key]: into(below, rest) }
  }
  const inserted = into(values, path)
  return isMap(inserted) ? inserted : values
}

/** Hosts that the chart leaves empty, with the port beside them. */
function withEmptyHosts(values: Values, defaults: JsonObject, place: string): Values {
  const hosts = emptyHosts(defaults, [])
  return hosts.reduce<Values>((all, { path, initial }) => {
    const given = path.reduce<ValueNode | undefined>(
      (node, key) => (isMap(node) && Object.hasOwn(node, key) ? node[key] : undefined),
      all,
    )
    if (given !== undefined) return all
    const evidence = { place, text: `${path.join('.')}: ${JSON.stringify(initial)}` }
    return insert(all, path, new Slot([], evidence, 'likely', { initial }))
  }, values)
}

function emptyHosts(value: JsonObject, path: readonly string[]): { path: readonly string[]; initial: Json }[] {
  return Object.entries(value).flatMap(([key, item]) => {
    const here = [...path, key]
    if (typeof item === 'object' && item !== null && !Array.isArray(item)) return emptyHosts(item, here)
    if (typeof item !== 'string' || !isHostKey(key) || (item !== '' && !isPlaceholder(item))) return []
    const { port } = value
    const host = { path: here, initial: '' }
    return typeof port === 'number' ? [host, { path: [...path, 'port'], initial: port }] : [host]
  })
}

/** A value that is a secret must not be in a profile. */
function withoutSecrets(values: Values, prefix: string, leave: (path: string) => void): Values {
  return Object.fromEntries(
    Object.entries(values).flatMap(([key, value]): [string, ValueNode][] => {
      const path = prefix === '' ? key : `${prefix}.${key}`
      if (isMap(value)) return [[key, withoutSecrets(value, path, leave)]]
      const isText = value instanceof Slot || (typeof value === 'string' && value !== '')
      if (!isText || !isSecretKey(key)) return [[key, value]]
      leave(path)
      return []
    }),
  )
}

function slotsIn(
  node: ValueNode,
  path: readonly (string | number)[] = [],
): { readonly path: readonly (string | number)[]; readonly slot: Slot }[] {
  if (node instanceof Slot) return [{ path, slot: node }]
  if (Array.isArray(node)) return node.flatMap((item, index) => slotsIn(item, [...path, index]))
  return isMap(node) ? Object.entries(node).flatMap(([key, item]) => slotsIn(item, [...path, key])) : []
}

function fill(node: ValueNode, named: NamedSettings): Json {
  if (node instanceof Slot) {
    const own = named.of.get(node)
    return own === undefined ? referenceText(node.word, named.nameOf) : `\${${own}}`
  }
  if (Array.isArray(node)) return node.map((item) => fill(item, named))
  if (isMap(node)) return Object.fromEntries(Object.entries(node).map(([key, item]) => [key, fill(item, named)]))
  return typeof node === 'string' ? escapeReferences(node) : (node as Json) // a leaf
}
