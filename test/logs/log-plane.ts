import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { createApp } from '../../main/app.ts'
import { LogSource } from '../../preload/contract/profiles.ts'
import { hangar } from '../demo/hangar.ts'

const passphrase = 'correct horse battery staple 42'

export const ordersSource = LogSource.parse({
  id: 'orders',
  title: 'Orders',
  component: 'orders',
  namespace: 'default',
  selector: 'app=orders',
})

/** The least that a profile needs. */
const profile = {
  schemaVersion: 1,
  name: 'orders',
  title: 'Orders',
  description: 'Logs and nothing else.',
  managementModels: [{ id: 'self', title: 'Self', summary: 'You run it.', tasks: [] }],
  components: [{ id: 'orders', title: 'Orders', summary: 'Prints.', providedBy: 'vendor' }],
  releases: [],
  endpoints: [{ id: 'nowhere', component: 'orders', host: '127.0.0.1', port: 1, protocol: 'https' }],
  logSources: [ordersSource],
}

/** Creates a plane whose only part is a log source, and returns what runs `hangar logs` for it. */
export async function logPlane(folder: string, kubeconfig: string) {
  const home = join(folder, 'home')
  const passphraseFile = join(folder, 'passphrase')
  await mkdir(join(home, 'profiles', 'orders'), { recursive: true })
  await writeFile(join(home, 'profiles', 'orders', 'profile.yaml'), stringify(profile))
  await writeFile(passphraseFile, passphrase, { mode: 0o600 })
  const app = await createApp({ home, host: 'browser', kubeconfig })
  try {
    await app.client.vault.unlock({ passphrase })
    const [context] = (await app.client.clusters.contexts()).contexts
    const described = { name: 'shop', profile: 'orders', contextId: context?.id ?? '', managementModel: 'self' }
    const { id } = await app.client.planes.create(described)
    const change = await app.client.planes.profileChange({ planeId: id })
    await app.client.planes.approveProfile({ planeId: id, digest: change?.digest ?? '' })
  } finally {
    await app.close()
  }
  const environment = { HANGAR_HOME: home, KUBECONFIG: kubeconfig, DBUS_SESSION_BUS_ADDRESS: 'disabled:' }
  return (...args: string[]) =>
    hangar(
      ['logs', ...args, '--plane', 'shop', '--passphrase-file', passphraseFile],
      environment,
      AbortSignal.timeout(60_000),
    )
}
