import { execFile } from 'node:child_process'
import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { valuesOf } from '../../main/install/plan/desired.ts'
import { applyObject, type DesiredObject } from '../../main/lib/kubernetes/apply.ts'
import type { KubernetesClient } from '../../main/lib/kubernetes/client.ts'
import { substituteValue } from '../../main/lib/rules/substitution.ts'
import { parseProfile } from '../../main/profiles/parse.ts'
import type { CredentialFile } from '../../preload/contract/documents.ts'
import type { PlaneValues } from '../../preload/contract/planes.ts'
import type { Profile } from '../../preload/contract/profiles.ts'
import type { JsonObject } from '../../preload/contract/words.ts'
import { connectionTable } from './connection-table.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '..', '..')
/** The profile of the demo plane, which was written by hand. */
export const demoProfileFile = join(root, 'assets', 'profiles', 'demo', 'profile.yaml')
const listFile = join(root, 'test', 'terminal', 'vendor', 'demo', 'connections.csv')

/** A profile of our own, which is valid. */
export async function readProfile(file: string): Promise<Profile> {
  const { profile, faults } = parseProfile(await readFile(file, 'utf8'), { quotes: true })
  if (profile === undefined) throw new Error(JSON.stringify(faults))
  return profile
}

/** The table of connections of a profile with these settings. */
export const connectionsWith = (profile: Profile, settings: JsonObject): string[] =>
  connectionTable(profile, (text) => String(substituteValue(String(text ?? ''), settings)))

/** The list of connections that a network team has of a plane that runs: with its addresses, not with variables. */
export async function writeDemoList(folder: string, { settings }: PlaneValues): Promise<string> {
  const camelCase = (name: string): string =>
    name.toLowerCase().replaceAll(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase())
  const text = (await readFile(listFile, 'utf8'))
    .replaceAll(
      /\$([A-Z_]+)_(HOST|PORT)/g,
      (_all, name: string, part: string) => `\${${camelCase(name)}.${part.toLowerCase()}}`,
    )
    .replaceAll(/\$\{[\w.]+\}/g, (reference) => String(substituteValue(reference, settings)))
  const file = join(folder, 'connections.csv')
  await writeFile(file, text)
  return file
}

export interface ByHand {
  readonly client: KubernetesClient
  readonly kubeconfig: string
  readonly values: PlaneValues
  /** Those without a value get no Secret: their pods do not start. */
  readonly credentials: CredentialFile
  /** The helm program. */
  readonly helm: string
  /** For copies of the charts. */
  readonly folder: string
  /** Whether each release waits for its pods. */
  readonly wait: boolean
}

/** Installs the demo plane as a person does who has its charts and no Hangar: Secrets, then helm, one release after the other. */
export async function installByHand(by: ByHand, signal: AbortSignal): Promise<void> {
  const profile = await readProfile(demoProfileFile)
  for (const object of objectsBefore(profile, by.credentials))
    await applyObject(by.client, object, { manager: 'kubectl' }, signal)
  // The library is beside the charts, and helm reads it from inside of each.
  const charts = join(by.folder, 'charts')
  await cp(join(root, 'assets', 'charts'), charts, { recursive: true })
  for (const release of profile.releases) {
    const chart = join(charts, release.name)
    await run(by.helm, ['dependency', 'build', chart], { signal })
    const where = ['--namespace', release.namespace, '--kubeconfig', by.kubeconfig, '--timeout', '3m']
    const wait = by.wait ? ['--wait'] : []
    const installed = run(by.helm, ['install', release.name, chart, ...where, ...wait, '--values', '-'], { signal })
    installed.child.stdin?.end(JSON.stringify(valuesOf(release, by.values)))
    await installed
  }
}

function objectsBefore({ releases, credentials }: Profile, values: CredentialFile): DesiredObject[] {
  const namespaces = [...new Set(releases.map(({ namespace }) => namespace))]
  return [
    ...namespaces.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
    ...credentials
      .filter(({ id }) => id in values)
      .flatMap(({ id, secret: { name, type, namespaces: of } }) =>
        of.map((namespace) => ({
          apiVersion: 'v1',
          kind: 'Secret',
          metadata: { name, namespace },
          type,
          stringData: values[id],
        })),
      ),
  ]
}
