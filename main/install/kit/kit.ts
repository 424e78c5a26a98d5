import { Problem } from '../../../preload/contract/problem.ts'
import type { JsonObject } from '../../../preload/contract/words.ts'
import { archiveFiles, checkArchive } from '../../lib/chart-archive.ts'
import type { ChartFile } from '../../lib/chart-folder.ts'
import { inParallel } from '../../lib/concurrency/in-parallel.ts'
import type { ChartFolders } from '../../lib/local-chart.ts'
import { keyName, type PublicKey, parsePublicKey, parseSecretKey } from '../../lib/minisign.ts'
import type { Helm } from '../helm/helm.ts'
import { loginsOf } from '../registry/login.ts'
import { type BuiltKit, buildKit, type KitBuild, type KitContent, type ReportKit } from './build-kit.ts'
import { certificateFolder, certificateName, chartFolder, importedProfile } from './imported-profile.ts'
import { type OpenedKit, openKit } from './kit-file.ts'
import { blobPath, type KitManifest, kitPaths } from './manifest.ts'
import { type PushedReference, pushKit } from './push-kit.ts'
import { type Destination, parseDestination } from './references.ts'
import { createRegistryClient } from './registry-client.ts'

/** What kits need from other features. */
export interface KitPorts {
  /** Throws HELM_*. */
  helm(signal: AbortSignal): Promise<Helm>
  /** The profile with its text and the certificates that it names by path. Throws PROFILE_*. */
  profile(name: string): Promise<Pick<KitContent, 'profile' | 'text' | 'roots'> & ChartFolders>
  /** Throws SETTINGS_INVALID. Completed with the defaults of the profile. */
  settings(profile: string, settings: JsonObject): Promise<JsonObject>
  /** What a plane has of its own. Its profile is as the user approved it. Throws PLANE_UNKNOWN, PROFILE_CHANGED, VAULT_LOCKED. */
  plane(planeId: string): Promise<{ readonly profile: string } & Pick<KitContent, 'settings' | 'overrides'>>
  /** Texts of the plane's credentials for registries (`.dockerconfigjson`). Throws PLANE_UNKNOWN, VAULT_LOCKED. */
  dockerConfigs(planeId: string): Promise<readonly string[]>
  /** Writes an own profile, or replaces it and its charts. Throws INPUT_INVALID, PROFILE_INVALID. */
  addProfile(
    profile: {
      readonly name: string
      readonly text: string
      readonly charts: readonly { readonly path: string; readonly files: readonly ChartFile[] }[]
    },
    replace: boolean,
  ): Promise<{ readonly name: string; readonly file: string }>
  /** The state folder. */
  readonly home: string
}

/** How a registry is reached. */
interface KitRegistry {
  /** A `config.json` of Docker; empty: no login of it. It precedes the logins of the plane. */
  readonly dockerConfig: string
  /** The plane whose stored logins are used. */
  readonly planeId?: string | undefined
  /** Certificates (PEM) that are trusted beside those of the system. */
  readonly ca: readonly string[]
  /** Hosts, with their port, that are reached by plain HTTP. */
  readonly plainHttp: readonly string[]
}

interface KitSource {
  readonly file: string
  /** Text of the public key. */
  readonly key: string
}

interface KitSummary {
  readonly manifest: KitManifest
  readonly digest: string
  readonly bytes: number
  /** Name of the key that signed it. */
  readonly key: string
}

/** Kits for clusters without access to the internet. Only for the terminal: every call names files of its user. */
export interface Kit {
  build(
    request: Omit<KitBuild, 'key' | 'registry'> & {
      /** A profile with what an install of it will have, or a plane that has it already. */
      readonly of:
        | ({ readonly profile: string } & Pick<KitContent, 'settings' | 'overrides'>)
        | { readonly planeId: string }
      readonly registry: KitRegistry
      /** Text of the secret key. */
      readonly key: string
      readonly passphrase?: string | undefined
    },
    report: ReportKit,
    signal: AbortSignal,
  ): Promise<BuiltKit & { readonly key: string }>
  /** Throws KIT_*. */
  verify(source: KitSource, report: ReportKit, signal: AbortSignal): Promise<KitSummary>
  /** Verifies the kit, then pushes it. Throws KIT_*, REGISTRY_*. */
  push(
    source: KitSource,
    to: { readonly destination: string; readonly registry: KitRegistry },
    report: ReportKit,
    signal: AbortSignal,
  ): Promise<PushedReference[]>
  /** Verifies the kit, then makes an own profile of it. Throws KIT_*, PROFILE_INVALID, INPUT_INVALID. */
  import(
    source: KitSource,
    as: {
      readonly destination: string
      readonly insecure: boolean
      readonly name?: string | undefined
      readonly replace: boolean
    },
    report: ReportKit,
    signal: AbortSignal,
  ): Promise<{ readonly name: string; readonly file: string }>
}

export function createKit(ports: KitPorts): Kit {
  /** Verifies a kit, uses it, and closes it. */
  async function opened<Result>(
    { file, key }: KitSource,
    report: ReportKit,
    signal: AbortSignal,
    use: (kit: OpenedKit, key: PublicKey) => Promise<Result>,
  ): Promise<Result> {
    const publicKey = parsePublicKey(key)
    let done = 0
    const kit = await openKit(file, publicKey, signal, (bytes, total) => {
      done += bytes
      report({ phase: 'verify', done, total })
    })
    try {
      return await use(kit, publicKey)
    } finally {
      await kit.close()
    }
  }

  async function contentOf(of: Parameters<Kit['build']>[0]['of']): Promise<KitContent> {
    const given = 'planeId' in of ? await ports.plane(of.planeId) : of
    const { profile, text, roots, folder, root } = await ports.profile(given.profile)
    return {
      profile,
      text,
      roots,
      folders: { folder, root },
      settings: await ports.settings(given.profile, given.settings),
      overrides: given.overrides,
    }
  }

  async function registryOf({ dockerConfig, planeId, ca, plainHttp }: KitRegistry): Promise<KitBuild['registry']> {
    const stored = planeId === undefined ? [] : await ports.dockerConfigs(planeId)
    const logins = [...stored, ...(dockerConfig === '' ? [] : [dockerConfig])].flatMap((text) => [...loginsOf(text)])
    return { logins: new Map(logins), ca, plainHttp: new Set(plainHttp) }
  }

  return {
    async build({ of, registry, key: text, passphrase, ...build }, report, signal) {
      const key = await parseSecretKey(text, passphrase)
      const content = await contentOf(of)
      const helm = await ports.helm(signal)
      const request = { ...build, key, registry: await registryOf(registry) }
      return { ...(await buildKit(helm, ports.home, content, request, signal, report)), key: keyName(key) }
    },
    verify: (source, report, signal) =>
      opened(source, report, signal, async ({ manifest, digest, bytes }, key) => ({
        manifest,
        digest,
        bytes,
        key: keyName(key),
      })),
    async push(source, { destination, registry }, report, signal) {
      const to = destinationOf(destination)
      return await opened(source, report, signal, async (kit) => {
        const client = createRegistryClient(await registryOf(registry))
        try {
          return await pushKit(kit, to, client, signal, report)
        } finally {
          await client.close()
        }
      })
    },
    async import(source, { destination: text, insecure, name: given, replace }, report, signal) {
      const destination = destinationOf(text)
      return await opened(source, report, signal, async (kit) => {
        const { manifest, digest } = kit
        const name = given ?? `${manifest.name}-kit`
        const original = (await kit.read(kitPaths.profile)).toString('utf8')
        const profile = importedProfile(original, manifest, digest, { name, destination, insecure })
        const charts: { path: string; files: ChartFile[] }[] = []
        for (const { release, archive } of manifest.charts) {
          const content = await kit.read(blobPath(archive))
          await checkArchive(`of release ${release}`, content)
          charts.push({ path: chartFolder(release), files: await archiveFiles(content) })
        }
        const certificates = await inParallel(manifest.certificates ?? [], 1, async ({ digest: of }) => ({
          path: certificateName(of),
          content: await kit.read(blobPath(of)),
        }))
        // A folder beside the profile, as charts are.
        if (certificates.length > 0) charts.push({ path: certificateFolder, files: certificates })
        return await ports.addProfile({ name, text: profile, charts }, replace)
      })
    },
  }
}

function destinationOf(text: string): Destination {
  const destination = parseDestination(text)
  if (destination !== undefined) return destination
  throw new Problem(
    'INPUT_INVALID',
    `${JSON.stringify(text)} is not a registry such as registry.example.com:5000/path.`,
  )
}
