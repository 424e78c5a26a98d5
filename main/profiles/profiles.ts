import { mkdir, readdir, realpath, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve as resolvePath } from 'node:path'
import { Problem, reportProblem } from '../../preload/contract/problem.ts'
import type {
  EndpointList,
  Profile,
  ProfileEntry,
  ProfileFault,
  SettingsFault,
} from '../../preload/contract/profiles.ts'
import { type JsonObject, Slug } from '../../preload/contract/words.ts'
import { type ChartFile, writeChart } from '../lib/chart-folder.ts'
import { containedPath, readRegularFile } from '../lib/contained-file.ts'
import { makePrivateFolder, writeAtomically } from '../lib/files.ts'
import { LimitReached } from '../lib/limited-thread.ts'
import { type ChartFolders, readLocalChart } from '../lib/local-chart.ts'
import { type ProfileContent, readContent } from './content.ts'
import { copyText } from './copy.ts'
import { invalidProfile, type Parsed } from './parse.ts'
import { type Origin, ProfileReader } from './reader.ts'
import { readSettingsText, writeSettingsText } from './settings-text.ts'

export interface ResolvedProfile {
  readonly profile: Profile
  /** Charts and PEM files are relative to this folder. */
  readonly folder: string
  /** Whatever the profile names is inside this folder. */
  readonly root: string
  readonly file: string
}

/** `file`: named by its path. */
type ProfileOrigin = Place['origin'] | 'file'

export interface Profiles {
  list(): Promise<ProfileEntry[]>
  get(input: { readonly name: string }): Promise<Profile>
  read(input: { readonly name: string }): Promise<{ text: string; origin: 'built-in' | 'own' }>
  check(input: { readonly text: string }): Promise<ProfileFault[]>
  /** A bare list of endpoints, or why the text is none. */
  readEndpoints(input: { readonly text: string }): Promise<{ list: EndpointList | null; faults: ProfileFault[] }>
  copy(input: { readonly name: string; readonly newName: string }): Promise<ProfileEntry>
  /** Writes a new own profile with its charts, whose paths are relative to it. Throws INPUT_INVALID, PROFILE_INVALID. */
  add(profile: NewProfile): Promise<ProfileEntry>
  /** Replaces the text of an own profile and these of its charts. Throws INPUT_INVALID, PROFILE_INVALID. */
  replace(profile: Omit<NewProfile, 'folder'>): Promise<ProfileEntry>
  /** The files of a local chart of a profile; undefined if it has none at the path. */
  chartFiles(name: string, path: string): Promise<readonly ChartFile[] | undefined>
  save(input: { readonly name: string; readonly text: string }): Promise<ProfileEntry>
  remove(input: { readonly name: string }): Promise<void>
  /** By name, or by the path of a file that may be read. Throws PROFILE_UNKNOWN, PROFILE_INVALID, FILE_UNREADABLE or FILE_INVALID. */
  resolve(nameOrFile: string): Promise<ResolvedProfile>
  /** All that the profile brings, each file read once. Throws as `resolve`. */
  content(nameOrFile: string): Promise<{ content: ProfileContent; origin: ProfileOrigin }>
  /** Throws PROFILE_INVALID. */
  parse(nameOrFile: string, text: string): Promise<Profile>
  /** Where the files of the profile are, whether or not it still exists. */
  foldersOf(nameOrFile: string): Promise<ChartFolders>
  /** The settings of a text; null where they cannot be taken. Throws PROFILE_*, SETTINGS_INVALID. */
  readSettings(input: {
    readonly name: string
    readonly text: string
  }): Promise<{ settings: JsonObject | null; faults: SettingsFault[] }>
  writeSettings(input: { readonly text: string; readonly settings: JsonObject }): { text: string }
  /** Throws SETTINGS_INVALID, naming the setting. Defaults count as given. */
  checkSettings(nameOrFile: string, settings: JsonObject): Promise<void>
  /** The same for the settings schema of a profile that was read before. */
  checkSettingsOf(schema: JsonObject, settings: JsonObject): Promise<void>
  /** The settings, completed with the profile's defaults. */
  completeSettings(nameOrFile: string, settings: JsonObject): Promise<JsonObject>
}

export interface NewProfile {
  readonly name: string
  readonly text: string
  readonly charts: readonly { readonly path: string; readonly files: readonly ChartFile[] }[]
  /** An empty folder, or one that does not exist yet; without it, the profile is an own one. Only a caller that may read it can name it. */
  readonly folder?: string | undefined
}

export interface ProfileSources {
  /** Contains a folder with a `profile.yaml` for each built-in profile. Read-only. Their charts are beside it. */
  readonly builtInFolder: string
  /** The same for own profiles. */
  readonly ownFolder: string
  /** Whether a caller can name this file instead of a profile's name. Absent: none. */
  readonly mayRead?: (file: string) => boolean | Promise<boolean>
}

interface Place {
  readonly name: string
  readonly origin: Origin
  readonly file: string
  readonly root: string
}

const fileName = 'profile.yaml'
const sizeLimitBytes = 2_000_000

/** The profiles of this computer. Names are unique; a built-in profile takes precedence over an own one. */
export function createProfiles({ builtInFolder, ownFolder, mayRead = () => false }: ProfileSources): Profiles {
  const reader = new ProfileReader()
  const ownFile = (name: string): string => join(ownFolder, name, fileName)

  async function places(): Promise<Place[]> {
    const builtIn = await placesIn(builtInFolder, 'built-in', () => dirname(builtInFolder))
    const names = new Set(builtIn.map(({ name }) => name))
    return [...builtIn, ...(await placesIn(ownFolder, 'own', dirname)).filter(({ name }) => !names.has(name))]
  }

  async function find(name: string): Promise<Place> {
    const found = (await places()).find((place) => place.name === name)
    if (found === undefined) throw new Problem('PROFILE_UNKNOWN', `The profile "${name}" does not exist.`)
    return found
  }

  async function findOwn(name: string): Promise<Place> {
    const place = await find(name)
    if (place.origin === 'own') return place
    throw new Problem('INPUT_INVALID', `The built-in profile "${name}" cannot be changed. Copy it under another name.`)
  }

  async function locate(nameOrFile: string): Promise<{ file: string; root: string; origin: ProfileOrigin }> {
    if (!isFile(nameOrFile)) return await find(nameOrFile)
    const file = resolvePath(nameOrFile)
    if (await mayRead(file)) return { file, root: dirname(file), origin: 'file' }
    throw new Problem('INPUT_INVALID', 'Only the terminal can name a profile by its path.')
  }

  /** A file that is named by its path is the user's choice and may be behind a link. */
  async function readProfile(file: string, origin: ProfileOrigin): Promise<string> {
    return await readText(origin === 'file' ? await realpath(file).catch(() => file) : file)
  }

  async function parse(nameOrFile: string, text: string, origin: Origin = 'own'): Promise<Profile> {
    // What is named by a path may be any file, so it is not quoted.
    const parsed = await reader.parse(text, { origin, quotes: !isFile(nameOrFile) })
    if (parsed.faults !== undefined) throw invalidProfile(nameOrFile, parsed.faults)
    return parsed.profile
  }

  async function resolve(nameOrFile: string): Promise<ResolvedProfile> {
    const { file, root, origin } = await locate(nameOrFile)
    const profile = await parse(nameOrFile, await readProfile(file, origin), originOf(origin))
    return { profile, folder: dirname(file), root, file }
  }

  async function checkSettingsOf(schema: JsonObject, settings: JsonObject): Promise<void> {
    const [first, ...rest] = await reader.check(schema, settings).catch(tooExpensive)
    if (first === undefined) return
    throw new Problem('SETTINGS_INVALID', first.sentence, rest.map(({ sentence }) => sentence).join('\n'))
  }

  return {
    resolve,
    parse,
    async content(nameOrFile) {
      const { file, root, origin } = await locate(nameOrFile)
      const text = await readProfile(file, origin)
      const folders = { folder: dirname(file), root }
      return { content: await readContent(text, await parse(nameOrFile, text, originOf(origin)), folders), origin }
    },
    async foldersOf(nameOrFile) {
      const own = dirname(ownFile(nameOrFile))
      return await locate(nameOrFile).then(
        ({ file, root }) => ({ folder: dirname(file), root }),
        () => ({ folder: own, root: own }),
      )
    },
    async list() {
      return await listEntries(await places(), reader)
    },
    async get({ name }) {
      return (await resolve(name)).profile
    },
    async read({ name }) {
      const { file, origin } = await find(name)
      return { text: await readText(file), origin }
    },
    async check({ text }) {
      return [...((await reader.parse(text, { origin: 'own' })).faults ?? [])]
    },
    async readEndpoints({ text }) {
      const { list = null, faults = [] } = await reader.parseList(text)
      return { list, faults: [...faults] }
    },
    async copy({ name, newName }) {
      const source = await resolve(name)
      checkNew(newName, await places())
      const folder = join(ownFolder, newName)
      await makePrivateFolder(folder)
      try {
        const { text, charts } = copyText(await readText(source.file), newName)
        for (const { from, to } of charts) await copyLocalChart(source, from, join(folder, to))
        await writeAtomically(ownFile(newName), text)
        const place: Place = { name: newName, origin: 'own', file: ownFile(newName), root: folder }
        return entryOf(place, await reader.parse(text, { origin: 'own' }))
      } catch (error) {
        await rm(folder, { recursive: true, force: true })
        throw error
      }
    },
    async add({ name, text, charts, folder: named }) {
      const parsed = await reader.parse(text, { origin: 'own' })
      if (parsed.faults !== undefined) throw invalidProfile(name, parsed.faults)
      if (named === undefined) checkNew(name, await places())
      else await checkNewFolder(named, mayRead)
      const folder = named === undefined ? join(ownFolder, name) : resolvePath(named)
      await makePrivateFolder(folder)
      try {
        for (const { path, files } of charts) await writeChart(files, await containedPath(folder, folder, path))
        const file = join(folder, fileName)
        await writeAtomically(file, text)
        return entryOf({ name, origin: 'own', file, root: folder }, parsed)
      } catch (error) {
        await rm(folder, { recursive: true, force: true })
        throw error
      }
    },
    async replace({ name, text, charts }) {
      const { root } = await findOwn(name)
      const parsed = await reader.parse(text, { origin: 'own' })
      if (parsed.faults !== undefined) throw invalidProfile(name, parsed.faults)
      for (const { path, files } of charts) {
        const target = await containedPath(root, root, path)
        await rm(target, { recursive: true, force: true })
        await writeChart(files, target)
      }
      return await this.save({ name, text })
    },
    async chartFiles(name, path) {
      const { root } = await findOwn(name)
      return await readLocalChart({ folder: root, root }, path).then(
        (source) => (source.kind === 'folder' ? source.files : undefined),
        () => undefined,
      )
    },
    async save({ name, text }) {
      const place = await findOwn(name)
      const parsed = await reader.parse(text, { origin: 'own' })
      if (parsed.faults !== undefined) throw invalidProfile(name, parsed.faults)
      if (parsed.profile.name !== name) {
        throw new Problem(
          'PROFILE_INVALID',
          `The profile "${name}" has the name "${parsed.profile.name}" in its text.`,
          'The field "name" cannot be changed. Copy the profile to give it another name.',
        )
      }
      for (const { chart } of parsed.profile.releases)
        if ('path' in chart) await containedPath(place.root, place.root, chart.path)
      await writeAtomically(place.file, text)
      return entryOf(place, parsed)
    },
    async remove({ name }) {
      await rm(dirname((await findOwn(name)).file), { recursive: true, force: true })
    },
    async readSettings({ name, text }) {
      const { settings: schema } = (await resolve(name)).profile
      const { settings, faults, place } = readSettingsText(text, schema)
      if (settings === undefined) return { settings: null, faults: [...faults] }
      return { settings, faults: place(await reader.check(schema, settings).catch(tooExpensive)) }
    },
    writeSettings: ({ text, settings }) => ({ text: writeSettingsText(text, settings) }),
    checkSettingsOf,
    async checkSettings(nameOrFile, settings) {
      await checkSettingsOf((await resolve(nameOrFile)).profile.settings, settings)
    },
    async completeSettings(nameOrFile, settings) {
      return await reader.complete((await resolve(nameOrFile)).profile.settings, settings).catch(tooExpensive)
    },
  }
}

function tooExpensive(error: unknown): never {
  if (!(error instanceof LimitReached)) throw error
  const limit = error.what === 'time' ? 'a second' : '256 MB'
  throw new Problem('SETTINGS_INVALID', `The settings take over ${limit} to check. Use fewer or simpler values.`)
}

const originOf = (origin: ProfileOrigin): Origin => (origin === 'built-in' ? 'built-in' : 'own')

/** Whether the text is a path: it contains a separator or has a file extension. */
const isFile = (text: string): boolean => /[\\/]/.test(text) || /\.(ya?ml|json)$/i.test(text)

async function copyLocalChart(profile: ResolvedProfile, from: string, target: string): Promise<void> {
  const source = await readLocalChart(profile, from)
  if (source.kind === 'folder') return await writeChart(source.files, target)
  await mkdir(dirname(target), { recursive: true, mode: 0o700 })
  await writeAtomically(target, source.content)
}

function checkNew(name: string, taken: readonly Place[]): void {
  if (!Slug.safeParse(name).success)
    throw new Problem('INPUT_INVALID', `"${name}" is not a valid name. Use lower-case letters, digits and hyphens.`)
  if (taken.some((place) => place.name === name))
    throw new Problem('INPUT_INVALID', `A profile "${name}" already exists.`)
}

async function checkNewFolder(folder: string, mayRead: NonNullable<ProfileSources['mayRead']>): Promise<void> {
  if (!(await mayRead(join(resolvePath(folder), fileName))))
    throw new Problem('INPUT_INVALID', 'Only the terminal can name the folder of a profile.')
  const entries = await readdir(folder).catch(() => [])
  if (entries.length > 0) throw new Problem('INPUT_INVALID', `The folder ${folder} is not empty.`)
}

async function placesIn(folder: string, origin: Place['origin'], rootOf: (file: string) => string): Promise<Place[]> {
  const names = await readdir(folder).catch(() => [])
  const files = names.toSorted().map((name) => {
    const file = join(folder, name, fileName)
    return { name, origin, file, root: rootOf(file) }
  })
  const there = await Promise.all(
    files.map(({ file }) =>
      stat(file).then(
        (found) => found.isFile(),
        () => false,
      ),
    ),
  )
  return files.filter((_place, index) => there[index])
}

async function readText(file: string): Promise<string> {
  try {
    return (await readRegularFile(file, sizeLimitBytes)).toString('utf8')
  } catch (error) {
    if (error instanceof Problem && error.code === 'FILE_INVALID') throw error
    throw new Problem('FILE_UNREADABLE', `The profile ${basename(dirname(file))} cannot be read.`, file, {
      cause: error,
    })
  }
}

/** What cannot be read, or not in time, is listed with its problem. */
async function listEntries(places: readonly Place[], reader: ProfileReader): Promise<ProfileEntry[]> {
  const texts = await Promise.all(places.map(({ file }) => readText(file).catch((error: unknown) => ({ error }))))
  const readable = places.flatMap(({ origin }, index) => {
    const text = texts[index]
    return typeof text === 'string' ? [{ text, origin }] : []
  })
  const parsed = (await reader.parseAll(readable)).values()
  return places.map((place, index) => {
    const text = texts[index]
    return typeof text === 'string' ? entryOf(place, parsed.next().value) : failedEntry(place, text?.error)
  })
}

function entryOf(place: Place, parsed: Parsed | undefined): ProfileEntry {
  const { name, origin, file } = place
  if (parsed === undefined) {
    const message = `The profile "${name}" was not read: other profiles of the folder take too long to read.`
    return failedEntry(place, new Problem('TIMED_OUT', message))
  }
  if (parsed.faults !== undefined) return failedEntry(place, invalidProfile(name, parsed.faults))
  const { title, description, endpoints, releases } = parsed.profile
  return { name, title, description, origin, file, endpoints: endpoints.length, releases: releases.length }
}

function failedEntry({ name, origin, file }: Place, error: unknown): ProfileEntry {
  const problem = reportProblem(error)
  return { name, title: name, description: '', origin, file, endpoints: 0, releases: 0, problem }
}
