import { writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import type { CredentialFile } from '../../preload/contract/documents.ts'
import type { PlaneValues } from '../../preload/contract/planes.ts'
import { type DemoServers, demoCredentials } from '../peers/demo.ts'

/** What Hangar's commands need of a demo plane, whose servers run. */
export interface DemoPlane extends PlaneInputs {
  /** Kubeconfig files in their order of precedence. */
  readonly kubeconfigs: readonly string[]
  /** Options that name the plane, its profile and its cluster. */
  readonly options: readonly string[]
  /** Where the installed plane's connections are checked from; absent: this computer, before the install. */
  readonly from?: string
  /** Absent: the cluster belongs to somebody else and is not stopped. */
  readonly stopApiServer?: () => Promise<void>
}

export interface PlaneInputs {
  readonly values: PlaneValues
  readonly credentials: CredentialFile
  /** Both as files, for `--values` and `--credentials` (0600). */
  readonly valuesFile: string
  readonly credentialsFile: string
}

/** Writes what a user would enter: the settings, and a value for each credential. */
export async function writeInputs(folder: string, servers: DemoServers, values: PlaneValues): Promise<PlaneInputs> {
  const credentials: CredentialFile = {}
  for (const { credential, key, value } of demoCredentials(servers))
    credentials[credential] = { ...credentials[credential], [key]: value }
  const [valuesFile, credentialsFile] = [join(folder, 'values.json'), join(folder, 'credentials.json')]
  await writeFile(valuesFile, JSON.stringify(values), { mode: 0o600 })
  await writeFile(credentialsFile, JSON.stringify(credentials), { mode: 0o600 })
  return { values, credentials, valuesFile, credentialsFile }
}

/** Hangar's state folder and cluster. The keychain of this user is not used: the demo's secrets are removed with its folder. */
export function environmentOf({ kubeconfigs }: DemoPlane, home: string): Record<string, string> {
  return { HANGAR_HOME: home, KUBECONFIG: kubeconfigs.join(delimiter), DBUS_SESSION_BUS_ADDRESS: 'disabled:' }
}
