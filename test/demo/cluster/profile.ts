import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { Profile } from '../../../preload/contract/profiles.ts'

export const profileName = 'demo-on-cluster'
const assets = join(import.meta.dirname, '..', '..', '..', 'assets')

/** What these servers lack of the programs that the demo on this computer runs. They are reached all the same. */
const simplified: Readonly<Record<string, string>> = {
  'local-adaptor-service-bus': 'In this demo a small server, which lets clients sign in and carries no messages.',
  'enforcer-event-hub': 'In this demo a small server, which lets clients sign in and carries no messages.',
  'registry-vpc': 'In this demo a small server, which asks for a token and has no images.',
  'flux-helm-registry': 'In this demo a small server, which asks for a token and has no charts.',
  'certificate-manager-acme': 'In this demo a small server, which shows its directory and issues no certificates.',
  'flux-source-git': 'In this demo a small server, which shows an empty repository.',
}

const simulatedSource =
  "Fetches charts for Flux. In this demo it is simulated: a pod serves the gateway's chart, and the program that started the demo writes the source's artifact."

/**
 * The demo profile for servers that are pods of the plane's own cluster: this computer is out of their scope. Charts are
 * beside it. Pure.
 */
export function onCluster(text: string): Profile {
  const profile = Profile.parse(parse(text))
  return {
    ...profile,
    name: profileName,
    title: 'Demo plane with its servers in the cluster',
    description:
      'A small private data plane with a real workload for each component of the specification. Its servers (control plane, message brokers, key vault, registries, certificate authority, Git) are pods of the same cluster.',
    components: profile.components.map((component) =>
      component.id === 'flux-source' ? { ...component, summary: simulatedSource } : component,
    ),
    endpoints: profile.endpoints.map((endpoint) => ({
      ...endpoint,
      scope: 'cluster',
      note: [endpoint.note, simplified[endpoint.id]].filter(Boolean).join(' ') || undefined,
    })),
    releases: profile.releases.map((release) => ({
      ...release,
      chart: 'path' in release.chart ? { ...release.chart, path: `charts/${release.name}` } : release.chart,
    })),
  }
}

/** Where to check its endpoints from: the components themselves, and a pod for those without one here. Pure. */
export function vantagesOf({ components, endpoints }: Profile): readonly string[] {
  const own = components.filter(({ id, providedBy }) => {
    return (
      providedBy !== 'vendor' &&
      endpoints.some(({ component, direction }) => component === id && direction === 'outbound')
    )
  })
  return [...own.map(({ id }) => `component:${id}`), 'pod']
}

/** Writes it with its charts as a profile of the user, into a state folder of Hangar. */
export async function writeProfile(home: string): Promise<Profile> {
  const folder = join(home, 'profiles', profileName)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const text = await readFile(join(assets, 'profiles', 'demo', 'profile.yaml'), 'utf8')
  // JSON is YAML.
  const profile = onCluster(text)
  await writeFile(join(folder, 'profile.yaml'), JSON.stringify(profile, null, 2), { mode: 0o600 })
  await cp(join(assets, 'charts'), join(folder, 'charts'), { recursive: true })
  return profile
}
