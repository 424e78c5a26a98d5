import type { ReleaseValues, ValuesRequest } from '../../../preload/contract/install.ts'
import type { PlaneValues } from '../../../preload/contract/planes.ts'
import { Problem, reportProblem } from '../../../preload/contract/problem.ts'
import type { Profile, Release } from '../../../preload/contract/profiles.ts'
import type { JsonObject } from '../../../preload/contract/words.ts'
import { archiveFiles, archiveLimitBytes, checkArchive } from '../../lib/chart-archive.ts'
import type { ChartFile } from '../../lib/chart-folder.ts'
import { inParallel } from '../../lib/concurrency/in-parallel.ts'
import { readRegularFile } from '../../lib/contained-file.ts'
import { type ChartFolders, readLocalChart } from '../../lib/local-chart.ts'
import { pinnedDigest } from '../plan/chart-pins.ts'
import { fetchChart, storedChart } from '../plan/charts.ts'
import type { InstallTools } from '../plan/install-session.ts'
import { type ChartDefaults, chartDefaults, chartTitle } from './chart-defaults.ts'
import { valuesWithOrigin } from './value-layers.ts'

const chartsAtOnce = 4

/** What values are asked for: a plane or a profile. */
interface Subject extends ChartFolders {
  readonly profile: Profile
  readonly settings: JsonObject
  readonly overrides: PlaneValues['overrides']
}

/**
 * The values of each release with their origin. Uses no cluster. A chart that cannot be read is reported with its release, whose other
 * layers are there. Throws PLANE_UNKNOWN, PROFILE_*, VAULT_LOCKED, INPUT_INVALID.
 */
export async function releaseValues(
  tools: InstallTools,
  request: ValuesRequest,
  signal: AbortSignal,
): Promise<ReleaseValues[]> {
  const subject = await subjectOf(tools, request)
  const { profile, settings, overrides } = subject
  const { credentials, releases, name } = profile
  const chosen = releases.filter((each) => request.release === undefined || each.name === request.release)
  if (request.release !== undefined && chosen.length === 0) {
    const has = releases.map((each) => each.name).join(', ') || 'none'
    throw new Problem('INPUT_INVALID', `The profile "${name}" has no release "${request.release}". It has ${has}.`)
  }
  const defaults = tools.ports.completeSettings(profile, {})
  return await inParallel(chosen, chartsAtOnce, async (release) => {
    const { chart, title, problem } = await readDefaults(tools, release, subject, signal)
    const own = overrides[release.name] ?? {}
    return {
      release: release.name,
      namespace: release.namespace,
      chart: title,
      ...(problem !== undefined && { problem }),
      values: valuesWithOrigin({ release, chart, settings, defaults, overrides: own, credentials }),
    }
  })
}

async function subjectOf({ ports }: InstallTools, request: ValuesRequest): Promise<Subject> {
  const { planeId, profile: name = '', settings } = request
  if (planeId === undefined) {
    const named = await ports.namedProfile(name)
    return { ...named, settings: ports.completeSettings(named.profile, settings ?? {}), overrides: {} }
  }
  const plane = await ports.plane(planeId)
  const { profile, folder, root } = await ports.profile(plane, 'install')
  const complete = settings === undefined ? plane.settings : ports.completeSettings(profile, settings)
  return { profile, folder, root, settings: complete, overrides: plane.overrides }
}

interface ReadDefaults extends Pick<ReleaseValues, 'problem'> {
  readonly chart?: ChartDefaults
  readonly title: string
}

async function readDefaults(
  tools: InstallTools,
  release: Release,
  folders: ChartFolders,
  signal: AbortSignal,
): Promise<ReadDefaults> {
  try {
    const files = await withInnerCharts(await filesOf(tools, release, folders, signal), 0)
    return { chart: chartDefaults(files), title: chartTitle(files) }
  } catch (error) {
    signal.throwIfAborted()
    return { title: '', problem: reportProblem(error) }
  }
}

async function filesOf(
  { ports, helm }: InstallTools,
  { chart }: Release,
  { folder, root }: ChartFolders,
  signal: AbortSignal,
): Promise<readonly ChartFile[]> {
  if ('path' in chart) {
    const source = await readLocalChart({ folder, root }, chart.path)
    return source.kind === 'folder' ? source.files : await archiveFiles(source.content)
  }
  const { home } = ports
  const pinned = await pinnedDigest(home, chart)
  const stored = pinned === undefined ? undefined : await storedChart(pinned, home)
  const { file } = stored ?? (await fetchChart(chart, { helm: await helm(signal), folder, root, home }, signal))
  return await archiveFiles(await readRegularFile(file, archiveLimitBytes))
}

const innerArchive = /^(.*\/)?charts\/[^/]+\.tgz$/
/** Charts in charts in charts. */
const nestingLimit = 4

/** The files with those of the archives in `charts/`. Throws FILE_INVALID for an archive beyond its limits. */
async function withInnerCharts(files: readonly ChartFile[], depth: number): Promise<readonly ChartFile[]> {
  if (depth >= nestingLimit) return files
  const expanded = await Promise.all(
    files.map(async (file) => {
      const [, ...found] = innerArchive.exec(file.path) ?? []
      if (found.length === 0) return [file]
      const { name } = await checkArchive(file.path, file.content)
      const inner = await withInnerCharts(await archiveFiles(file.content), depth + 1)
      return inner.map(({ path, content }) => ({ path: `${found[0] ?? ''}charts/${name}/${path}`, content }))
    }),
  )
  return expanded.flat()
}
