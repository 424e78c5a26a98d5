import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { stringify } from 'yaml'
import { type App, createApp } from '../../main/app.ts'
import type { ConnectivityReport } from '../../preload/contract/connectivity.ts'
import { type Authority, createAuthority } from '../peers/authority.ts'
import { unreachableCluster } from '../terminal/sandbox.ts'

// A shared folder with a profile is changed by someone else after the plane was created.

const token = 'canary-of-the-vault'
const passphrase = 'a passphrase for tests'
const [own, foreign] = [createAuthority('Ours'), createAuthority('Theirs')]

let folder: string
let app: App

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hangar-changed-profile-'))
  await writeFile(join(folder, 'kubeconfig'), stringify(unreachableCluster))
  await mkdir(join(folder, 'home', 'profiles', 'shared', 'chart'), { recursive: true })
  process.env.DBUS_SESSION_BUS_ADDRESS = 'disabled:'
  app = await open()
})
afterEach(async () => {
  await app.close()
  await rm(folder, { recursive: true, force: true })
})

const open = (): Promise<App> =>
  createApp({ home: join(folder, 'home'), host: 'browser', kubeconfig: join(folder, 'kubeconfig') })

const profileFile = (name: string): string => join(folder, 'home', 'profiles', 'shared', name)

interface Recorded {
  readonly port: number
  readonly connections: () => number
  readonly received: () => readonly string[]
}

async function serverOf(authority: Authority): Promise<Recorded> {
  const received: string[] = []
  let connections = 0
  const { certificate, key } = authority.issue({ names: ['localhost'] })
  const server: Server = createServer({ cert: certificate, key }, (request, response) => {
    const given = request.headers['x-vault-token']
    if (typeof given === 'string') received.push(given)
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"initialized":true,"sealed":false}')
  })
  server.on('connection', () => {
    connections += 1
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { port, connections: () => connections, received: () => received }
}

async function writeProfile(port: number | '${port}', roots: Authority, chart = 'one'): Promise<void> {
  const profile = {
    schemaVersion: 1,
    name: 'shared',
    title: 'Shared',
    description: 'In a folder of the team.',
    settings: { type: 'object', properties: { port: { type: 'integer', default: 1 } } },
    managementModels: [{ id: 'self', title: 'Self-managed', summary: 'Ours.', tasks: [] }],
    components: [{ id: 'agent', title: 'Agent', summary: 'Connects.', providedBy: 'release' }],
    credentials: [
      {
        id: 'login',
        title: 'Login',
        secret: { name: 'login', namespaces: ['shared'] },
        keys: [{ key: 'token', title: 'Token' }],
        required: false,
      },
    ],
    releases: [{ name: 'agent', namespace: 'shared', chart: { path: 'chart' } }],
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
  await writeFile(profileFile('ca.pem'), roots.certificate)
  await writeFile(profileFile('chart/Chart.yaml'), stringify({ apiVersion: 'v2', name: 'agent', version: '1.0.0' }))
  await writeFile(profileFile('chart/values.yaml'), chart)
  await writeFile(profileFile('profile.yaml'), stringify(profile))
}

async function createUnapproved(name: string): Promise<string> {
  const { contexts } = await app.client.clusters.contexts()
  const contextId = contexts[0]?.id ?? ''
  return (await app.client.planes.create({ name, profile: 'shared', contextId, managementModel: 'self' })).id
}

async function approveChange(planeId: string): Promise<void> {
  const change = await app.client.planes.profileChange({ planeId })
  await app.client.planes.approveProfile({ planeId, digest: change?.digest ?? '' })
}

/** A plane of the shared profile, with a token in the vault. */
async function createPlane(): Promise<string> {
  const id = await createUnapproved('ours')
  await approveChange(id)
  await app.client.vault.unlock({ passphrase })
  await app.client.vault.put({ planeId: id, credential: 'login', key: 'token', value: token })
  return id
}

async function check(planeId: string): Promise<ConnectivityReport | undefined> {
  let report: ConnectivityReport | undefined
  for await (const event of await app.client.connectivity.check({ planeId })) {
    if (event.kind === 'finished') report = event.report
  }
  return report
}

const changed = { code: 'PROFILE_CHANGED' }

describe('a profile that changed since it was approved', () => {
  it('sends no token to the host that it names now, until the user approves the difference', async () => {
    const [ours, theirs] = [await serverOf(own), await serverOf(foreign)]
    await writeProfile(ours.port, own)
    const planeId = await createPlane()
    await check(planeId)
    expect(ours.received()).toContain(token)
    expect(await app.client.planes.profileChange({ planeId })).toBeNull()

    await writeProfile(theirs.port, foreign)

    await expect(check(planeId)).rejects.toMatchObject(changed)
    expect(theirs.connections()).toBe(0)
    const change = await app.client.planes.profileChange({ planeId })
    expect(change?.difference).toMatchObject({
      endpoints: [
        {
          id: 'control-plane',
          kind: 'changed',
          before: { port: ours.port },
          after: { port: theirs.port, host: 'localhost' },
        },
      ],
      files: [{ path: 'ca.pem', kind: 'changed' }],
      releases: [],
    })

    await app.client.planes.approveProfile({ planeId, digest: change?.digest ?? '' })
    await check(planeId)
    expect(theirs.received()).toContain(token)
  })

  it('is not checked on schedule', async () => {
    const [ours, theirs] = [await serverOf(own), await serverOf(foreign)]
    await writeProfile(ours.port, own)
    const planeId = await createPlane()
    await writeProfile(theirs.port, foreign)

    await app.client.connectivity.setWatch({
      planeId,
      watch: { everyMinutes: 5, from: [{ kind: 'computer' }], holdSeconds: 0 },
    })

    await expect
      .poll(async () => (await app.client.connectivity.watch({ planeId })).problem, { timeout: 10_000 })
      .toContain('changed since you approved it')
    expect(theirs.connections()).toBe(0)
  })

  it('is neither planned nor installed', async () => {
    const { port } = await serverOf(own)
    await writeProfile(port, own)
    const planeId = await createPlane()
    await writeProfile(port, own, 'two')

    await expect(app.client.install.plan({ planeId, action: 'install' })).rejects.toMatchObject(changed)
    await expect(app.client.install.start({ planeId, action: 'install', digest: 'any' })).rejects.toMatchObject(changed)
    expect((await app.client.planes.profileChange({ planeId }))?.difference.files).toEqual([
      { path: 'chart/values.yaml', kind: 'changed' },
    ])
  })

  it('brings no root certificate of its own', async () => {
    const ours = await serverOf(own)
    await writeProfile(ours.port, own)
    const planeId = await createPlane()
    await writeFile(profileFile('ca.pem'), foreign.certificate)

    await expect(check(planeId)).rejects.toMatchObject(changed)
  })

  it('is not approved by the digest of another version', async () => {
    const { port } = await serverOf(own)
    await writeProfile(port, own)
    const planeId = await createPlane()
    await writeProfile(port + 1, own)
    const shown = await app.client.planes.profileChange({ planeId })
    await writeProfile(port, foreign)

    await expect(app.client.planes.approveProfile({ planeId, digest: shown?.digest ?? '' })).rejects.toMatchObject(
      changed,
    )
    await expect(check(planeId)).rejects.toMatchObject(changed)
  })
})

describe('a setting that moves the host of a credential', () => {
  it('sends the credential nowhere before the user has approved the destination', async () => {
    const [ours, theirs] = [await serverOf(own), await serverOf(own)]
    await writeProfile('${port}', own)
    const planeId = await createPlane()
    await app.client.planes.update({ planeId, settings: { port: ours.port } })
    await approveChange(planeId)
    await check(planeId)
    expect(ours.received()).toContain(token)

    await app.client.planes.update({ planeId, settings: { port: theirs.port } })

    await expect(check(planeId)).rejects.toMatchObject(changed)
    expect(theirs.connections()).toBe(0)
    expect((await app.client.planes.profileChange({ planeId }))?.difference).toMatchObject({
      credentials: [
        {
          credential: 'login',
          before: [expect.stringContaining(`vault localhost:${ours.port}, roots: file ca.pem (SHA-256 `)],
          after: [expect.stringContaining(`vault localhost:${theirs.port}, roots: file ca.pem (SHA-256 `)],
        },
      ],
      endpoints: [],
    })
    await approveChange(planeId)
    await check(planeId)
    expect(theirs.received()).toContain(token)
  })
})

describe('a profile that the window saved', () => {
  it('is not checked before the user has seen its hosts, and is asked for once', async () => {
    const theirs = await serverOf(foreign)
    await writeProfile(theirs.port, foreign)
    const planeId = await createUnapproved('first')

    await expect(check(planeId)).rejects.toMatchObject(changed)
    expect(theirs.connections()).toBe(0)
    const change = await app.client.planes.profileChange({ planeId })
    expect(change).toMatchObject({
      approved: null,
      difference: { endpoints: [{ kind: 'added', after: { host: 'localhost', port: theirs.port } }] },
    })

    await app.client.planes.approveProfile({ planeId, digest: change?.digest ?? '' })
    expect(await app.client.planes.profileChange({ planeId: await createUnapproved('second') })).toBeNull()
  })
})

describe('the profile of a plane from an earlier version', () => {
  it('is approved once, at the first start, and not again', async () => {
    const { port } = await serverOf(own)
    await writeProfile(port, own)
    const planeId = await createPlane()
    await app.close()
    await rm(join(folder, 'home', 'profile-approvals'), { recursive: true })

    app = await open()
    expect(await app.client.planes.profileChange({ planeId })).toBeNull()

    await app.close()
    for (const file of await readdir(join(folder, 'home', 'profile-approvals')))
      await rm(join(folder, 'home', 'profile-approvals', file))
    app = await open()
    await expect(check(planeId)).rejects.toMatchObject(changed)
    expect(await app.client.planes.profileChange({ planeId })).toMatchObject({ approved: null })
  })
})
