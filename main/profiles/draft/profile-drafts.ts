import { randomUUID } from 'node:crypto'
import { Problem, problemOf } from '../../../preload/contract/problem.ts'
import type {
  DraftChange,
  DraftCluster,
  DraftDecision,
  DraftRow,
  ProfileDraft,
} from '../../../preload/contract/profile-draft.ts'
import type { ProfileEntry, ProfileFault } from '../../../preload/contract/profiles.ts'
import type { JsonObject } from '../../../preload/contract/words.ts'
import { type ChartFile, digestOfFiles } from '../../lib/chart-folder.ts'
import { inParallel } from '../../lib/concurrency/in-parallel.ts'
import { isRelativePath } from '../../lib/contained-file.ts'
import type { InstalledReleases } from '../../lib/installed-release.ts'
import { LimitReached, startLimitedThread } from '../../lib/limited-thread.ts'
import type { NewProfile } from '../profiles.ts'
import { titleOf } from './components.ts'
import { composeProfile } from './compose.ts'
import type { DraftThread } from './draft.thread.ts'
import type { Prepared, PreparedRelease } from './prepare.ts'
import type { Proposal } from './propose.ts'
import type { RenderedRelease } from './rendered.ts'
import { type ChartVersions, compareWithDraft, withChanges } from './update.ts'
import { metadataOf } from './vendor-files.ts'

export interface ProfileDraftPorts {
  readonly add: (profile: NewProfile) => Promise<ProfileEntry>
  /** The text of an own profile. Throws PROFILE_UNKNOWN, INPUT_INVALID. */
  readonly read: (name: string) => Promise<string>
  readonly replace: (profile: Omit<NewProfile, 'folder'>) => Promise<ProfileEntry>
  /** The files of a profile's chart; undefined if it has none at the path. */
  readonly chartFiles: (name: string, path: string) => Promise<readonly ChartFile[] | undefined>
  /** The faults of a profile's text. */
  readonly check: (text: string) => Promise<readonly ProfileFault[]>
  /** The releases of a cluster. Throws CONTEXT_UNKNOWN, CONSENT_NEEDED, CLUSTER_*. */
  readonly installed: (cluster: DraftCluster, signal: AbortSignal) => Promise<InstalledReleases>
  /** Renders a chart without access to a cluster. Throws HELM_*. */
  readonly render: (
    chart: {
      readonly release: string
      readonly namespace: string
      readonly files: readonly ChartFile[]
      readonly values: JsonObject
    },
    signal: AbortSignal,
  ) => Promise<readonly unknown[]>
}

export interface ProfileDrafts {
  /** Throws FILE_INVALID, HELM_MISSING, HELM_UNVERIFIED, HELM_CONSENT_NEEDED, and what `installed` throws. A chart that cannot be rendered is listed as unread. */
  create(
    input: {
      readonly name: string
      readonly files: readonly { readonly path: string; readonly content: string }[]
      readonly cluster?: DraftCluster | undefined
    },
    signal: AbortSignal,
  ): Promise<ProfileDraft>
  /** Throws INPUT_INVALID for a draft or a row that does not exist. */
  save(input: {
    readonly draftId: string
    readonly title?: string | undefined
    readonly decisions: readonly DraftDecision[]
    readonly folder?: string | undefined
  }): Promise<{ profile?: ProfileEntry; faults: ProfileFault[]; unconfirmed: number; omitted: string[] }>
  /** What the draft changes in the own profile of its name. Throws PROFILE_UNKNOWN, INPUT_INVALID. */
  compare(input: { readonly draftId: string }): Promise<{ changes: DraftChange[] }>
  /** Makes the accepted changes. Throws PROFILE_UNKNOWN, PROFILE_INVALID, INPUT_INVALID. */
  update(input: { readonly draftId: string; readonly rows: readonly string[] }): Promise<{ profile: ProfileEntry }>
}

interface KeptDraft {
  readonly name: string
  readonly rows: readonly DraftRow[]
  readonly charts: NewProfile['charts']
}

const totalLimitBytes = 32 * 1_048_576
const keptDrafts = 4
const chartsAtOnce = 2

/** Proposes profiles from files of a vendor, and remembers the latest ones until they are saved. */
export function createProfileDrafts({
  add,
  check,
  read,
  replace,
  chartFiles,
  installed,
  render,
}: ProfileDraftPorts): ProfileDrafts {
  const thread = startLimitedThread<DraftThread>({
    name: 'draft',
    from: import.meta.url,
    callLimitMs: 15_000,
    heapLimitMb: 512,
    clockLimitMs: 60_000,
  })
  const drafts = new Map<string, KeptDraft>()

  async function renderOne(
    release: PreparedRelease,
    { charts }: Prepared,
    recorded: InstalledReleases | undefined,
    signal: AbortSignal,
  ): Promise<RenderedRelease> {
    const chart = charts.find(({ path }) => path === release.chartPath)
    if (chart === undefined)
      return { release, objects: [], problem: 'Its chart is not among the files, and was not downloaded.' }
    try {
      const { name, namespace, sampleValues: values } = release
      const objects = await render({ release: name, namespace, files: chart.files, values }, signal)
      return { release, objects: objects.filter(isObject) }
    } catch (error) {
      const problem = problemOf(error)
      if (problem?.code !== 'HELM_FAILED' && problem?.code !== 'FILE_INVALID') throw error
      const own = recorded?.releases.find(
        ({ name, namespace }) => name === release.name && namespace === release.namespace,
      )
      const instead = own === undefined ? '' : ' Its objects are those of helm’s record.'
      return {
        release,
        objects: own?.objects ?? [],
        problem: `The chart cannot be rendered: ${problem.message}${instead}`,
      }
    }
  }

  function draftOf(draftId: string): KeptDraft {
    const draft = drafts.get(draftId)
    if (draft === undefined)
      throw new Problem('INPUT_INVALID', 'This draft was saved already, or is too old. Create it again.')
    return draft
  }

  /** By release: charts that the profile has with other files. */
  async function changedCharts({ name, rows, charts }: KeptDraft): Promise<ChartVersions> {
    const versions = await inParallel(charts, chartsAtOnce, async ({ path, files }) => {
      const before = await chartFiles(name, path)
      const isSame = before !== undefined && digestOfFiles(before) === digestOfFiles(files)
      return isSame ? [] : [[path, { before: versionOf(before ?? []), after: versionOf(files) }] as const]
    })
    const byPath = new Map(versions.flat())
    return new Map(
      rows.flatMap(({ kind, entry }) => {
        const version = kind === 'release' ? byPath.get(Object(entry.chart).path) : undefined
        return version === undefined ? [] : [[String(entry.name), version]]
      }),
    )
  }

  async function changesOf(draft: KeptDraft): Promise<{ readonly text: string; readonly changes: DraftChange[] }> {
    const text = await read(draft.name)
    return { text, changes: compareWithDraft(text, draft.rows, await changedCharts(draft)) }
  }

  return {
    async compare({ draftId }) {
      return { changes: (await changesOf(draftOf(draftId))).changes }
    },
    async update({ draftId, rows }) {
      const draft = draftOf(draftId)
      const { text, changes } = await changesOf(draft)
      const accepted = changes.filter(({ row }) => rows.includes(row))
      const releases = draft.rows.filter(({ id, kind }) => kind === 'release' && accepted.some(({ row }) => row === id))
      const paths = new Set(releases.map(({ entry }) => Object(entry.chart).path))
      const charts = draft.charts.filter(({ path }) => paths.has(path))
      const profile = await replace({ name: draft.name, text: withChanges(text, draft.rows, accepted), charts })
      drafts.delete(draftId)
      return { profile }
    },
    async create({ name, files, cluster }, signal) {
      const decoded = files.map(({ path, content }) => ({ path, content: Buffer.from(content, 'base64') }))
      refuseBadFiles(decoded)
      const recorded = cluster && (await installed(cluster, signal))
      const prepared = await thread.call('read', { name, files: decoded, installed: recorded }).catch(beyondLimits)
      const rendered = await inParallel(prepared.releases, chartsAtOnce, (release) =>
        renderOne(release, prepared, recorded, signal),
      )
      const proposal = await thread.call('propose', { prepared, rendered }).catch(beyondLimits)
      const draftId = randomUUID()
      drafts.set(draftId, { name, rows: proposal.rows, charts: chartsOf(prepared, proposal) })
      const [oldest] = drafts.keys()
      if (drafts.size > keptDrafts && oldest !== undefined) drafts.delete(oldest)
      return { draftId, name, rows: [...proposal.rows], unread: [...proposal.unread] }
    },
    async save({ draftId, title, decisions, folder }) {
      const draft = draftOf(draftId)
      const byRow = new Map(decisions.map((decision) => [decision.row, decision]))
      for (const id of byRow.keys())
        if (!draft.rows.some((row) => row.id === id))
          throw new Problem('INPUT_INVALID', `The draft has no row "${id.slice(0, 200)}".`)
      const kept = draft.rows.flatMap((row) => {
        const { as = 'kept', entry = row.entry } = byRow.get(row.id) ?? {}
        return as === 'skipped' ? [] : [{ row: { ...row, entry }, isConfirmed: as === 'confirmed' }]
      })
      const { text, omitted } = composeProfile(draft.name, title ?? titleOf(draft.name), kept)
      const unconfirmed = kept.filter(({ row, isConfirmed }) => !isConfirmed && !omitted.includes(row.id)).length
      const rest = { unconfirmed, omitted: [...omitted] }
      const faults = await check(text)
      if (faults.length > 0) return { faults: [...faults], ...rest }
      const named = new Set(kept.map(({ row }) => Object(row.entry.chart).path))
      const charts = draft.charts.filter(({ path }) => named.has(path))
      const profile = await add({ name: draft.name, text, charts, folder })
      drafts.delete(draftId)
      return { profile, faults: [], ...rest }
    },
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function refuseBadFiles(files: readonly { readonly path: string; readonly content: Buffer }[]): void {
  const total = files.reduce((bytes, { content }) => bytes + content.length, 0)
  if (total > totalLimitBytes)
    throw new Problem('FILE_INVALID', `The files have more than ${totalLimitBytes / 1_048_576} MiB.`)
  for (const { path } of files) {
    if (!isRelativePath(path) || path.split('/').includes('..'))
      throw new Problem(
        'FILE_INVALID',
        `${JSON.stringify(path.slice(0, 200))} is not a relative path inside of the files.`,
      )
  }
}

function beyondLimits(error: unknown): never {
  if (error instanceof LimitReached) {
    const limit = error.what === 'time' ? '15 s of processor time' : '512 MB of memory'
    throw new Problem('FILE_INVALID', `Reading the files needs more than ${limit}. Name fewer or smaller files.`)
  }
  // Too many levels for the stack.
  if (error instanceof Error && error.name === 'RangeError')
    throw new Problem('FILE_INVALID', 'The files contain values with too many levels.')
  throw error
}

const versionOf = (files: readonly ChartFile[]): string => metadataOf(files)?.version ?? 'none'

const chartsOf = ({ charts }: Prepared, { chartFolders }: Proposal): NewProfile['charts'] =>
  chartFolders.map(({ path, folder }) => ({
    path: folder,
    files: (charts.find((chart) => chart.path === path)?.files ?? []).map((file) => ({
      path: file.path,
      content: Buffer.from(file.content),
    })),
  }))
