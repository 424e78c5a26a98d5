import { posix } from 'node:path'
import type { DraftRow } from '../../../preload/contract/profile-draft.ts'
import type { JsonObject } from '../../../preload/contract/words.ts'
import { exactText } from '../../../preload/visible-text.ts'
import { componentsOf, type DraftComponent, slugOf, titleOf } from './components.ts'
import { credentialsOf } from './credentials.ts'
import { endpointsOf } from './endpoints.ts'
import { type OrderedRelease, orderReleases } from './order.ts'
import type { Prepared } from './prepare.ts'
import { type RenderedRelease, workloadsOf } from './rendered.ts'
import { requirementsOf } from './requirements.ts'
import type { Setting } from './settings.ts'
import type { Evidence, Unread } from './vendor-release.ts'

export interface Proposal {
  readonly rows: readonly DraftRow[]
  readonly unread: readonly Unread[]
  /** The folder of each local chart in the profile, by the vendor's path. */
  readonly chartFolders: readonly { readonly path: string; readonly folder: string }[]
}

const evidenceLimit = 20
const unreadLimit = 500
const textLimit = 300

/** What a profile would contain, as rows to accept. Pure. */
export function propose(prepared: Prepared, rendered: readonly RenderedRelease[]): Proposal {
  const ordered = orderReleases(rendered)
  const inOrder = ordered.map((each) => each.rendered)
  const workloads = workloadsOf(inOrder)
  const components = componentsOf(workloads, inOrder)
  const { requirements, unread: notRequired } = requirementsOf(inOrder, workloads, prepared.charts)
  const { credentials, unread: madeSecrets } = credentialsOf(inOrder)
  const { endpoints, foreign, unread: excluded } = endpointsOf(inOrder, components, prepared)
  const chartFolders = foldersOf(inOrder, prepared)
  const problems = inOrder.flatMap(({ release, problem }) =>
    problem === undefined ? [] : [{ place: release.name, text: 'its objects', why: problem }],
  )
  const rows: DraftRow[] = [
    ...prepared.settings.map(settingRow),
    ...requirements.map(({ entry, title, confidence, evidence }) =>
      row(
        'requirement',
        Object.entries(entry)
          .map(([key, value]) => `${key}-${String(value)}`)
          .join(),
        title,
        confidence,
        evidence,
        { ...entry },
      ),
    ),
    ...ordered.map((each) => releaseRow(each, components, chartFolders)),
    ...components.map(componentRow),
    ...foreign.map(({ id, title, evidence }) =>
      row('component', id, `${title}, which runs in no release`, 'likely', [evidence], {
        id,
        title: exactText(title),
        summary: 'Named by the vendor’s list of hosts.',
        providedBy: 'vendor',
      }),
    ),
    ...credentials.map(({ entry, confidence, evidence }) =>
      row(
        'credential',
        entry.id,
        `Secret ${entry.secret.name} with ${entry.keys.map(({ key }) => key).join(', ')}`,
        confidence,
        evidence,
        { ...entry, secret: { ...entry.secret }, keys: entry.keys.map((key) => ({ ...key })) },
      ),
    ),
    ...endpoints.map(({ entry, confidence, evidence }) => {
      const { component, protocol, host, port } = entry
      return row(
        'endpoint',
        entry.id,
        `${component} → ${protocol} ${host}${port === undefined ? '' : `:${port}`}`,
        confidence,
        evidence,
        { ...entry },
      )
    }),
    ...components.flatMap(logSourceRows),
  ]
  return {
    rows,
    unread: [...prepared.unread, ...problems, ...notRequired, ...madeSecrets, ...excluded]
      .slice(0, unreadLimit)
      .map(visible),
    chartFolders,
  }
}

const visible = ({ place, text, why }: Unread): Unread => ({ place: short(place), text: short(text), why: short(why) })
/** One visible line: it was written by others. */
const short = (text: string): string => exactText(text.length > textLimit ? `${text.slice(0, textLimit)}…` : text)

const row = (
  kind: DraftRow['kind'],
  id: string,
  title: string,
  confidence: DraftRow['confidence'],
  evidence: readonly Evidence[],
  entry: JsonObject,
): DraftRow => ({
  id: `${kind}:${id}`,
  kind,
  title: short(title),
  confidence,
  evidence: unique(evidence)
    .slice(0, evidenceLimit)
    .map(({ place, text }) => ({ place: short(place), text: short(text) })),
  entry,
})

const unique = (evidence: readonly Evidence[]): Evidence[] => [
  ...new Map(evidence.map((each) => [`${each.place}\n${each.text}`, each])).values(),
]

function settingRow({ name, type, initial, isPem, confidence, evidence }: Setting): DraftRow {
  const schema: JsonObject = {
    type,
    title: titleOf(slugOf(name)),
    ...(initial === undefined ? (type === 'string' ? { default: '' } : {}) : { default: initial }),
    ...(isPem ? { 'x-hangar-widget': 'pem' } : {}),
  }
  return row(
    'setting',
    name,
    `${name} (${type}${initial === undefined || initial === '' ? '' : `, default ${String(initial)}`})`,
    confidence,
    evidence,
    { name, schema },
  )
}

function releaseRow(
  { rendered: { release }, reasons }: OrderedRelease,
  components: readonly DraftComponent[],
  folders: Proposal['chartFolders'],
): DraftRow {
  const { name, namespace, chartPath, remote, values, timeoutSeconds, confidence, evidence, source } = release
  const folder = folders.find(({ path }) => path === chartPath)?.folder
  const chart: JsonObject = folder === undefined ? { ...remote } : { path: folder }
  const entry: JsonObject = {
    name,
    namespace,
    title: titleOf(name),
    chart,
    ...(source === undefined ? {} : { via: 'flux', source: { ...source } }),
    components: components.filter((component) => component.release === name).map(({ id }) => id),
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
    values,
  }
  return row(
    'release',
    name,
    `${name} in ${namespace}, chart ${chartPath ?? ('oci' in chart ? String(chart.oci) : String(chart.name))}`,
    confidence,
    [...evidence, ...reasons],
    entry,
  )
}

function componentRow({ id, title, release, workloads, parts }: DraftComponent): DraftRow {
  const names = workloads.map(({ kind, name }) => `${kind} ${name}`)
  const entry: JsonObject = {
    id,
    title,
    summary: `${names.join(', ')} of the release ${release}.`,
    providedBy: 'release',
    parts: parts.map((part) => ({ ...part })),
  }
  const evidence = workloads.map(({ kind, namespace, name }) => ({
    place: release,
    text: `${kind}/${name} in ${namespace}`,
  }))
  return row('component', id, `${title}: ${names.join(', ')}`, 'sure', evidence, entry)
}

function logSourceRows({ id: component, workloads, release }: DraftComponent): DraftRow[] {
  return workloads.flatMap(({ name, namespace, selector, kind }) => {
    const labels = Object.entries(selector).filter((label): label is [string, string] => typeof label[1] === 'string')
    if (labels.length === 0) return []
    const text = labels.map(([key, value]) => `${key}=${value}`).join(',')
    const entry = { id: slugOf(name), title: titleOf(slugOf(name)), component, namespace, selector: text }
    return [
      row(
        'logSource',
        entry.id,
        `${kind} ${name}: ${text}`,
        'sure',
        [{ place: `${release}: ${kind}/${name}`, text: 'spec.selector.matchLabels' }],
        entry,
      ),
    ]
  })
}

/** `charts/NAME` for each chart that a release uses; charts of the same name have their version, too. */
function foldersOf(rendered: readonly RenderedRelease[], { charts }: Prepared): Proposal['chartFolders'] {
  const used = charts.filter(({ path }) => rendered.some(({ release }) => release.chartPath === path))
  return used.map((chart) => {
    const isUnique = used.filter(({ name }) => name === chart.name).length === 1
    return {
      path: chart.path,
      folder: posix.join('charts', isUnique ? chart.name : `${chart.name}-${slugOf(chart.path)}`),
    }
  })
}
