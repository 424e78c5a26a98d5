import type { LogEngine } from '../../preload/contract/logs.ts'
import { isTenantName, servicePortOf } from '../../preload/engine-service.ts'
import { type ActivityFilter, kinds, noActivityFilter, outcomes } from '../activity/filter.ts'
import type { ShownRun } from '../connectivity/history/history.ts'
import { type Filter, noFilter, type OpenRows } from '../connectivity/matrix/visibleRows.ts'
import type { ConnectivityState } from '../connectivity/store.ts'
import type { TableSource } from '../connectivity/table/store.ts'
import { isWizardStep, type WizardStep } from '../install/steps.ts'
import { defaultColumns, maxColumns } from '../logs/columns.ts'
import { engineKinds, indexLimitCharacters } from '../logs/engineKinds.ts'
import { levels } from '../logs/levels.ts'
import { emptyFilter, type LogFilter, type Range, ranges } from '../logs/query.ts'
import type { LogsState, RelatedTo } from '../logs/state.ts'
import {
  healths,
  noWorkloadFilter,
  type ShownWorkloads,
  type Sort,
  sortColumns,
  type WorkloadFilter,
} from '../workloads/shown.ts'
import { type FleetShown, isGrouping, nothingChosen } from './fleet/shown.ts'
import { standingKinds } from './fleet/standingKind.ts'
import type { Detail } from './overview/attention.ts'

export const planeTabs = ['overview', 'install', 'connectivity', 'workloads', 'logs', 'activity', 'about'] as const

export type PlaneTab = (typeof planeTabs)[number]

/** A recording has no operations, and nothing of it is on this computer. */
export const recordedTabs = ['overview', 'connectivity', 'workloads', 'logs'] as const satisfies readonly PlaneTab[]

export const isPlaneTab = (value: unknown): value is PlaneTab => planeTabs.some((tab) => tab === value)

/** Each part that is absent stays as the view has it. */
interface PlaneParts {
  readonly overview: { readonly detail?: Detail | undefined }
  readonly install: { readonly step?: WizardStep; readonly uninstall?: boolean }
  readonly connectivity: {
    readonly run?: ShownRun
    readonly rows?: OpenRows
    readonly filter?: Filter
    readonly shown?: ConnectivityState['shown']
    /** What the drawer of the map shows. */
    readonly detail?: Detail | undefined
  }
  readonly workloads: Partial<ShownWorkloads>
  readonly logs: {
    readonly filter?: LogFilter
    /** Undefined: this computer. */
    readonly engine?: LogEngine | undefined
    readonly record?: string | undefined
    readonly related?: RelatedTo | undefined
    readonly columns?: readonly string[]
    readonly shown?: LogsState['shown']
  }
  readonly activity: { readonly item?: string | undefined; readonly filter?: ActivityFilter }
  readonly about: object
}

export type PlanePlace = {
  [Tab in PlaneTab]: { readonly view: 'plane'; readonly planeId: string; readonly tab: Tab } & PlaneParts[Tab]
}[PlaneTab]

/** A check without a plane. `results`: of the check in this window; a list that was pasted is in no address. */
export interface CheckPlace {
  readonly view: 'check'
  readonly source?: TableSource
  readonly profile?: string | undefined
  readonly results?: boolean
  readonly rows?: OpenRows
  readonly filter?: Filter
}

/** A place in the window. It holds no secret and no value typed into a form. */
export type Place =
  | { readonly view: 'home'; readonly shown?: FleetShown }
  | { readonly view: 'new-plane'; readonly step?: WizardStep }
  | { readonly view: 'connect'; readonly contextId?: string | undefined; readonly profile?: string | undefined }
  | CheckPlace
  | PlanePlace
  | { readonly view: 'activity'; readonly item?: string | undefined; readonly filter?: ActivityFilter }
  /**
   * `fromFiles`: a profile from a vendor's files, or the update of the named one. `fromKit`: a profile from a kit. The files are
   * in no address.
   */
  | { readonly view: 'profiles'; readonly name?: string; readonly fromFiles?: boolean; readonly fromKit?: boolean }
  | { readonly view: 'settings'; readonly section?: string; readonly text?: string }
  | { readonly view: 'help'; readonly page?: string; readonly section?: string }

/** The place of an address, and whether a part of the address meant nothing. */
interface Parsed {
  readonly place: Place
  readonly complete: boolean
}

/** Longer addresses, names and lists are not ours. */
const limits = { address: 8_000, value: 2_000, list: 200 } as const

/** The path of a place with its query, without "#": "/planes/ID/logs?text=timeout". */
export function printAddress(place: Place): string {
  const path = pathOf(place).map(encodeURIComponent).join('/')
  const query = new URLSearchParams(queryOf(place)).toString()
  return `/${path}${query === '' ? '' : `?${query}`}`
}

function pathOf(place: Place): readonly string[] {
  const optional = (part: string | undefined) => (part === undefined ? [] : [part])
  switch (place.view) {
    case 'home':
      return []
    case 'new-plane':
      return ['install', ...optional(place.step)]
    case 'connect':
      return ['connect']
    case 'check':
      return ['check', ...(place.results === true ? ['results'] : place.source === 'list' ? ['list'] : [])]
    case 'plane':
      return ['planes', place.planeId, place.tab, ...(place.tab === 'install' ? optional(place.step) : [])]
    case 'activity':
      return ['activity', ...optional(place.item)]
    case 'profiles':
      return ['profiles', ...optional(place.name)]
    case 'settings':
      return ['settings', ...optional(place.section)]
    case 'help':
      return ['help', ...optional(place.page), ...(place.page === undefined ? [] : optional(place.section))]
  }
}

type Query = readonly (readonly [name: string, value: string])[]

function queryOf(place: Place): [string, string][] {
  const query = queryParts(place)
  return query.map(([name, value]) => [name, value])
}

function queryParts(place: Place): Query {
  if (place.view === 'plane') return planeQuery(place)
  if (place.view === 'check') return checkQuery(place)
  if (place.view === 'home') return homeQuery(place.shown ?? nothingChosen)
  if (place.view === 'settings') return field('text', place.text)
  if (place.view === 'activity') return activityQuery(place.filter ?? noActivityFilter)
  if (place.view === 'profiles')
    return field('from', place.fromFiles === true ? 'files' : place.fromKit === true ? 'kit' : '')
  return place.view === 'connect' ? [...field('context', place.contextId), ...field('profile', place.profile)] : []
}

const field = (name: string, value: string | undefined): Query =>
  value === undefined || value === '' ? [] : [[name, value]]

const homeQuery = ({ kind, text, grouping, layout }: FleetShown): Query => [
  ...field('state', kind),
  ...field('text', text),
  ...field('group', grouping === 'none' ? '' : grouping),
  ...field('view', layout === 'table' ? '' : layout),
]

const activityQuery = (filter: ActivityFilter): Query => [
  ...field('text', filter.text),
  ...filter.kinds.map((kind) => ['kind', kind] as const),
  ...filter.outcomes.map((outcome) => ['outcome', outcome] as const),
  ...filter.planes.map((plane) => ['plane', plane] as const),
  ...rangeQuery(filter.range),
]

/** A profile is chosen again; what is open in the results belongs to them alone. */
const checkQuery = ({ source, profile, results, rows, filter }: CheckPlace): Query => [
  ...(source === 'list' ? [] : field('profile', profile)),
  ...(source === 'list' && results === true ? ([['source', 'list']] as const) : []),
  ...(results === true ? [...rowQuery(rows), ...filterQuery(filter ?? noFilter)] : []),
]

const rowQuery = (rows: OpenRows = {}): Query =>
  Object.entries(rows).map(([endpoint, at]) => ['row', `${endpoint} ${at}`] as const)

function planeQuery(place: PlanePlace): Query {
  switch (place.tab) {
    case 'overview':
      return detailQuery(place.detail)
    case 'install':
      return place.uninstall === true ? [['uninstall', 'plan']] : []
    case 'connectivity':
      return [
        ...runQuery(place.run),
        ...rowQuery(place.rows),
        ...filterQuery(place.filter ?? noFilter),
        ...(place.shown === 'map' ? ([['view', 'map'], ...detailQuery(place.detail)] as const) : []),
      ]
    case 'workloads':
      return [
        ...field('object', place.object),
        ...workloadQuery(place.filter ?? noWorkloadFilter),
        ...(place.sort === undefined ? [] : field('sort', `${place.sort.reversed ? '-' : ''}${place.sort.column}`)),
      ]
    case 'logs':
      return [
        ...engineQuery(place.engine),
        ...logQuery(place.filter ?? emptyFilter),
        ...field('record', place.record),
        ...relatedQuery(place.related),
        ...columnsQuery(place.columns ?? defaultColumns),
        ...(place.shown === 'patterns' ? ([['show', 'patterns']] as const) : []),
      ]
    case 'activity':
      return [...field('item', place.item), ...activityQuery(place.filter ?? noActivityFilter)]
    case 'about':
      return []
  }
}

const detailQuery = (detail: Detail | undefined): Query => (detail === undefined ? [] : [[detail.kind, detail.id]])

function runQuery(run: ShownRun = { kind: 'latest' }): Query {
  switch (run.kind) {
    case 'latest':
      return []
    case 'list':
      return [['runs', 'all']]
    case 'run':
      return [['run', run.runId]]
    case 'comparison':
      return [
        ['before', run.before],
        ['after', run.after],
      ]
  }
}

const filterQuery = ({ verdict, text, finding, order }: Filter): Query => [
  ...field('verdict', verdict === 'all' ? '' : verdict),
  ...field('text', text),
  ...field('finding', finding),
  ...field('order', order === 'failing' ? '' : order),
]

const engineQuery = (engine: LogEngine | undefined): Query =>
  engine === undefined
    ? []
    : [
        ['engine', `${engine.kind}:${engine.service}`],
        ...field('tenant', engine.tenant),
        ...field('index', engine.index),
      ]

function relatedQuery(related: RelatedTo | undefined): Query {
  if (related === undefined) return []
  return related.kind === 'around' ? [['around', related.record]] : [['trace', related.id]]
}

const workloadQuery = ({
  text,
  unhealthyOnly,
  kinds: ofKinds,
  namespaces,
  nodes,
  healths: ofHealth,
}: WorkloadFilter): Query => [
  ...(unhealthyOnly ? ([['show', 'unhealthy']] as const) : []),
  ...field('text', text),
  ...ofKinds.map((kind) => ['kind', kind] as const),
  ...namespaces.map((namespace) => ['namespace', namespace] as const),
  ...nodes.map((node) => ['node', node] as const),
  ...ofHealth.map((health) => ['health', health] as const),
]

const columnsQuery = (columns: readonly string[]): Query =>
  columns.join(' ') === defaultColumns.join(' ') ? [] : columns.map((name) => ['column', name] as const)

const logQuery = ({ text, levels: chosen, sources, range, order, at }: LogFilter): Query => [
  ...field('text', text),
  ...chosen.map((level) => ['level', level] as const),
  ...sources.map((source) => ['source', source] as const),
  ...rangeQuery(range),
  ...field('order', order === 'newest' ? '' : order),
  ...field('at', at),
]

function rangeQuery(range: Range): Query {
  if (range.kind === 'between')
    return [
      ['from', range.from],
      ['to', range.to],
    ]
  if (range.kind === 'all') return []
  const known = ranges.find((one) => one.range.kind === 'last' && one.range.ms === range.ms)
  return [['last', known?.id ?? String(range.ms)]]
}

/** Never fails: what cannot be read is left out, up to the home view. */
export function parseAddress(address: string): Parsed {
  if (address === '' || address === '/') return { place: { view: 'home' }, complete: true }
  const [path = '', ...rest] = address.split('?')
  const parts = address.length > limits.address || !path.startsWith('/') ? undefined : decoded(path.slice(1))
  if (parts === undefined) return { place: { view: 'home' }, complete: false }
  const { place, used } = placeOf(parts, new URLSearchParams(rest.join('?')))
  // Printing shows what was understood; the order of a query may differ.
  return {
    place,
    complete: used === parts.length && sameQuery(rest.join('?'), printAddress(place).split('?')[1] ?? ''),
  }
}

const sameQuery = (given: string, printed: string): boolean => {
  const sorted = (text: string) => {
    const query = new URLSearchParams(text)
    query.sort()
    return query.toString()
  }
  return sorted(given) === sorted(printed)
}

function decoded(path: string): readonly string[] | undefined {
  try {
    return path.replace(/\/$/, '').split('/').map(decodeURIComponent)
  } catch {
    return undefined
  }
}

/** The place, and how many parts of the path it uses. */
function placeOf(
  [view, first, second, third]: readonly string[],
  query: URLSearchParams,
): { readonly place: Place; readonly used: number } {
  const one = first === undefined || first === '' || first.length > limits.value ? undefined : first
  const used = one === undefined ? 1 : 2
  switch (view) {
    case '':
      return { place: { view: 'home', shown: shownIn(query) }, used: 1 }
    case 'install':
      return isWizardStep(one)
        ? { place: { view: 'new-plane', step: one }, used: 2 }
        : { place: { view: 'new-plane' }, used: 1 }
    case 'connect': {
      const value = valueIn(query)
      return { place: { view: 'connect', contextId: value('context'), profile: value('profile') }, used: 1 }
    }
    case 'check':
      return checkPlace(one, query)
    case 'planes':
      if (one === undefined) return { place: { view: 'home' }, used: 0 }
      if (!isPlaneTab(second)) return { place: { view: 'plane', planeId: one, tab: 'overview' }, used: 2 }
      return planePlace(one, second, third, query)
    case 'activity':
      return { place: { view: 'activity', item: one, filter: activityFilterIn(query) }, used }
    case 'profiles':
      return {
        place: {
          view: 'profiles',
          ...(one !== undefined && { name: one }),
          ...(query.get('from') === 'files' && { fromFiles: true }),
          ...(query.get('from') === 'kit' && { fromKit: true }),
        },
        used,
      }
    case 'settings':
      return { place: { view: 'settings', ...(one !== undefined && { section: one }), ...textIn(query) }, used }
    case 'help':
      if (one === undefined) return { place: { view: 'help' }, used }
      return second === undefined || second === ''
        ? { place: { view: 'help', page: one }, used }
        : { place: { view: 'help', page: one, section: second }, used: 3 }
    default:
      return { place: { view: 'home' }, used: 0 }
  }
}

function checkPlace(shown: string | undefined, query: URLSearchParams) {
  const value = valueIn(query)
  const source: TableSource = shown === 'list' || value('source') === 'list' ? 'list' : 'profile'
  const place: CheckPlace = { view: 'check', source, profile: source === 'list' ? undefined : value('profile') }
  if (shown !== 'results') return { place, used: shown === 'list' ? 2 : 1 }
  return { place: { ...place, results: true, rows: rowsIn(query), filter: filterIn(query) }, used: 2 }
}

function planePlace(planeId: string, tab: PlaneTab, third: string | undefined, query: URLSearchParams) {
  const value = valueIn(query)
  const at = { view: 'plane', planeId } as const
  switch (tab) {
    case 'overview':
      return { place: { ...at, tab, ...detailIn(query) } satisfies Place, used: 3 }
    case 'install': {
      const uninstall = value('uninstall') === 'plan'
      const step = isWizardStep(third) ? third : undefined
      const place: Place = { ...at, tab, ...(step && { step }), ...(uninstall && { uninstall }) }
      return { place, used: step === undefined ? 3 : 4 }
    }
    case 'connectivity': {
      const map = value('view') === 'map' ? { shown: 'map' as const, ...detailIn(query) } : {}
      const place = { ...at, tab, run: runIn(query), rows: rowsIn(query), filter: filterIn(query), ...map }
      return { place: place satisfies Place, used: 3 }
    }
    case 'workloads':
      return {
        place: {
          ...at,
          tab,
          object: value('object'),
          filter: workloadFilterIn(query),
          sort: sortIn(value('sort')),
        } satisfies Place,
        used: 3,
      }
    case 'logs':
      return {
        place: {
          ...at,
          tab,
          filter: logFilterIn(query),
          engine: engineIn(query),
          record: value('record'),
          related: relatedIn(query),
          columns: columnsIn(query),
          ...(value('show') === 'patterns' && { shown: 'patterns' }),
        } satisfies Place,
        used: 3,
      }
    case 'activity': {
      const place = { ...at, tab, item: value('item'), filter: activityFilterIn(query) } satisfies Place
      return { place, used: 3 }
    }
    case 'about':
      return { place: { ...at, tab } satisfies Place, used: 3 }
  }
}

const valueIn = (query: URLSearchParams) => (name: string) => {
  const value = query.get(name)
  return value === null || value === '' || value.length > limits.value ? undefined : value
}

function detailIn(query: URLSearchParams): { readonly detail?: Detail } {
  const value = valueIn(query)
  const kind = (['component', 'endpoint'] as const).find((one) => value(one) !== undefined)
  const id = kind === undefined ? undefined : value(kind)
  return kind === undefined || id === undefined ? {} : { detail: { kind, id } }
}

function textIn(query: URLSearchParams): { readonly text?: string } {
  const text = valueIn(query)('text')?.slice(0, 200)
  return text === undefined ? {} : { text }
}

function shownIn(query: URLSearchParams): FleetShown {
  const value = valueIn(query)
  const grouping = value('group')
  return {
    kind: standingKinds.find((kind) => kind === value('state')),
    text: value('text') ?? '',
    grouping: isGrouping(grouping) ? grouping : 'none',
    layout: value('view') === 'tiles' ? 'tiles' : 'table',
  }
}

function activityFilterIn(query: URLSearchParams): ActivityFilter {
  const [chosenKinds, chosenOutcomes] = [query.getAll('kind'), query.getAll('outcome')]
  return {
    kinds: kinds.filter((kind) => chosenKinds.includes(kind)),
    outcomes: outcomes.filter((outcome) => chosenOutcomes.includes(outcome)),
    planes: [...new Set(query.getAll('plane'))].filter((plane) => plane !== '').slice(0, limits.list),
    text: valueIn(query)('text')?.slice(0, 200) ?? '',
    range: rangeIn(query),
  }
}

function runIn(query: URLSearchParams): ShownRun {
  const value = valueIn(query)
  const [run, before, after] = [value('run'), value('before'), value('after')]
  if (run !== undefined) return { kind: 'run', runId: run }
  if (before !== undefined && after !== undefined) return { kind: 'comparison', before, after }
  return { kind: value('runs') === 'all' ? 'list' : 'latest' }
}

function rowsIn(query: URLSearchParams): OpenRows {
  const rows = query
    .getAll('row')
    .slice(0, limits.list)
    .map((row) => row.split(' '))
  return Object.fromEntries(
    rows.flatMap(([endpoint = '', ...at]) => (endpoint === '' ? [] : [[endpoint, at.join(' ')]])),
  )
}

function filterIn(query: URLSearchParams): Filter {
  const value = valueIn(query)
  const verdict = (['fail', 'warn', 'unknown'] as const).find((one) => one === value('verdict')) ?? 'all'
  const order = value('order') === 'listed' ? 'listed' : 'failing'
  return { verdict, text: value('text') ?? '', finding: value('finding'), order }
}

function logFilterIn(query: URLSearchParams): LogFilter {
  const chosen = query.getAll('level')
  return {
    text: valueIn(query)('text')?.slice(0, 1_000) ?? '',
    levels: levels.filter((level) => chosen.includes(level)),
    sources: [...new Set(query.getAll('source'))].filter((source) => source !== '').slice(0, limits.list),
    range: rangeIn(query),
    order: query.get('order') === 'oldest' ? 'oldest' : 'newest',
    ...timeIn(query, 'at'),
  }
}

function engineIn(query: URLSearchParams): LogEngine | undefined {
  const value = valueIn(query)
  const [, kindName, service = ''] = /^([a-z]+):(.+)$/.exec(value('engine') ?? '') ?? []
  const kind = engineKinds.find((known) => known === kindName)
  const tenant = value('tenant')
  const index = value('index')?.slice(0, indexLimitCharacters)
  if (kind === undefined || servicePortOf(service) === undefined) return undefined
  if (kind === 'opensearch') return { kind, service, ...(index !== undefined && index !== '' && { index }) }
  return { kind, service, ...(tenant !== undefined && isTenantName(tenant) && { tenant }) }
}

function workloadFilterIn(query: URLSearchParams): WorkloadFilter {
  const chosen = (name: string) =>
    [...new Set(query.getAll(name))]
      .filter((value) => value !== '' && value.length <= limits.value)
      .slice(0, limits.list)
  const ofHealth = chosen('health')
  return {
    text: textIn(query).text ?? '',
    unhealthyOnly: query.get('show') === 'unhealthy',
    kinds: chosen('kind'),
    namespaces: chosen('namespace'),
    nodes: chosen('node'),
    healths: healths.filter((health) => ofHealth.includes(health)),
  }
}

function sortIn(value = ''): Sort | undefined {
  const reversed = value.startsWith('-')
  const column = sortColumns.find((one) => one === value.slice(reversed ? 1 : 0))
  return column && { column, reversed }
}

function timeIn(query: URLSearchParams, name: 'at'): { readonly at?: string } {
  const value = valueIn(query)(name)
  return isTime(value) ? { at: value } : {}
}

const isTime = (text: string | undefined): text is string =>
  text !== undefined && /^\d{4}-/.test(text) && !Number.isNaN(Date.parse(text))

function relatedIn(query: URLSearchParams): RelatedTo | undefined {
  const [record, id] = [valueIn(query)('around'), valueIn(query)('trace')]
  if (record !== undefined) return { kind: 'around', record }
  return id === undefined ? undefined : { kind: 'trace', id }
}

function columnsIn(query: URLSearchParams): readonly string[] {
  const columns = [...new Set(query.getAll('column'))].filter((name) => name !== '' && name.length <= limits.value)
  return columns.length === 0 ? defaultColumns : columns.slice(0, maxColumns)
}

function rangeIn(query: URLSearchParams): Range {
  const value = valueIn(query)
  const last = ranges.find(({ id }) => id === value('last'))?.range
  if (last !== undefined) return last
  const [from, to] = [value('from'), value('to')]
  if (!isTime(from) || !isTime(to) || from >= to) return { kind: 'all' }
  return { kind: 'between', from, to }
}

/** "Connectivity – orders-prod – Hangar" */
export function titleOf(parts: readonly (string | undefined)[]): string {
  return [...parts.filter((part) => part !== undefined && part !== ''), 'Hangar'].join(' – ')
}
