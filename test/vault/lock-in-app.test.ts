import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { stringify } from 'yaml'
import { type App, createApp } from '../../main/app.ts'
import { LogStore } from '../../main/logs/store/store.ts'
import { createVault } from '../../main/vault/vault.ts'
import { createAuthority } from '../peers/authority.ts'
import { unreachableCluster } from '../terminal/sandbox.ts'

const passphrase = 'a passphrase for tests'
const authority = createAuthority('Ours')

let folder: string
let app: App

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hangar-lock-in-app-'))
  await writeFile(join(folder, 'kubeconfig'), stringify(unreachableCluster))
  process.env.DBUS_SESSION_BUS_ADDRESS = 'disabled:'
})
afterEach(async () => {
  await app.close()
  await rm(folder, { recursive: true, force: true })
})

/** A plane whose endpoint gets a token of the vault. */
async function start(port: number): Promise<string> {
  const profile = {
    schemaVersion: 1,
    name: 'small',
    title: 'Small',
    description: 'An endpoint with a credential.',
    settings: { type: 'object' },
    managementModels: [{ id: 'self', title: 'Self-managed', summary: 'Ours.', tasks: [] }],
    components: [{ id: 'agent', title: 'Agent', summary: 'Connects.', providedBy: 'vendor' }],
    credentials: [
      {
        id: 'login',
        title: 'Login',
        secret: { name: 'login', namespaces: ['small'] },
        keys: [{ key: 'token', title: 'Token' }],
        required: false,
      },
    ],
    releases: [],
    endpoints: [
      {
        id: 'control-plane',
        component: 'agent',
        host: 'localhost',
        port,
        protocol: 'vault',
        clientProfile: { proxy: 'none', trust: { file: 'ca.pem' }, credential: 'login' },
      },
    ],
  }
  const own = join(folder, 'home', 'profiles', 'small')
  await mkdir(own, { recursive: true })
  await writeFile(join(own, 'profile.yaml'), stringify(profile))
  await writeFile(join(own, 'ca.pem'), authority.certificate)
  app = await createApp({ home: join(folder, 'home'), host: 'browser', kubeconfig: join(folder, 'kubeconfig') })
  const { client } = app
  await client.vault.unlock({ passphrase })
  const [context] = (await client.clusters.contexts()).contexts
  const plane = { name: 'small', profile: 'small', contextId: context?.id ?? '', managementModel: 'self' }
  const { id: planeId } = await client.planes.create(plane)
  const change = await client.planes.profileChange({ planeId })
  await client.planes.approveProfile({ planeId, digest: change?.digest ?? '' })
  await client.vault.put({ planeId, credential: 'login', key: 'token', value: 'canary' })
  return planeId
}

/** Answers nothing that carries the token. `asked` resolves with the first such request. */
async function silentServer(): Promise<{ port: number; asked: Promise<void> }> {
  const { certificate, key } = authority.issue({ names: ['localhost'] })
  const asked = Promise.withResolvers<void>()
  const server = createServer({ cert: certificate, key }, (request, response) => {
    if (request.headers['x-vault-token'] !== undefined) return asked.resolve()
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"initialized":true,"sealed":false}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { port: (server.address() as AddressInfo).port, asked: asked.promise }
}

describe('a vault that is locked in an app at work', () => {
  it('ends the check of an endpoint that uses a credential, and not its run', async () => {
    const { port, asked } = await silentServer()
    const planeId = await start(port)
    const checking = Array.fromAsync(await app.client.connectivity.check({ planeId }))
    await asked
    const lockedMs = performance.now()
    await app.client.vault.lock()
    const finished = (await checking).find((event) => event.kind === 'finished')

    expect(performance.now() - lockedMs).toBeLessThan(3_000)
    expect(finished?.report.results).toMatchObject([{ verdict: 'unknown', cause: 'vantage.locked' }])
  })

  it('ends reading of logs, and it is possible again when the vault is open', async () => {
    const planeId = await start(1)
    const { client } = app
    const other = createVault({ home: join(folder, 'home'), service: 'hangar' })
    await other.unlock({ passphrase })
    LogStore.writing(join(folder, 'home', 'logs', planeId), await other.key(`logs:${planeId}`)).close()
    const following = (await client.logs.follow({ planeId })).next()
    const ended = expect(following).rejects.toMatchObject({ code: 'VAULT_LOCKED' })
    await client.logs.status({ planeId })
    await client.vault.lock()

    await ended
    await expect(client.logs.status({ planeId })).rejects.toMatchObject({ code: 'VAULT_LOCKED' })
    await client.vault.unlock({ passphrase })
    expect(await client.logs.status({ planeId })).toMatchObject({ records: 0 })
  })
})
