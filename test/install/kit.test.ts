import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { stringify } from 'yaml'
import { createApp } from '../../main/app.ts'
import { createKey, publicKeyText } from '../../main/lib/minisign.ts'
import { parseProfile } from '../../main/profiles/parse.ts'
import { buildHelm } from '../../scripts/build-helm.ts'
import { run as programRun } from '../../scripts/run.ts'
import { build } from '../bed/programs.ts'
import { skipReason } from '../bed/with-bed.ts'
import { hangar } from '../demo/hangar.ts'
import { createAuthority } from '../peers/authority.ts'
import { createPrograms } from '../peers/program.ts'
import { type Registry, startRegistry } from '../peers/registry.ts'
import { type PlainRegistry, pushImage, startOpenRegistry } from './kit-registries.ts'
import { profileOf } from './setup.ts'

const reason = skipReason('simulated')
/** A kubeconfig of a cluster that does not answer: a kit is built without one. */
const nowhere = {
  ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'nowhere' },
  clusters: [{ name: 'nowhere', cluster: { server: 'https://127.0.0.1:1' } }],
  users: [{ name: 'nobody', user: {} }],
  contexts: [{ name: 'nowhere', context: { cluster: 'nowhere', user: 'nobody' } }],
}
const limit = () => AbortSignal.timeout(60_000)

describe.skipIf(reason !== '')(`a kit ${reason}`, () => {
  const life = new AbortController()
  const programs = createPrograms(life.signal)
  const authority = createAuthority()
  let folder: string
  let source: Registry
  let target: PlainRegistry
  let environment: Record<string, string>
  const at = (name: string): string => join(folder, name)

  const run = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await hangar(args, environment)
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) })
    return stdout
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hangar-kit-'))
    await build(['registry'], {})
    await buildHelm()
    environment = { HANGAR_HOME: at('home'), DBUS_SESSION_BUS_ADDRESS: 'disabled:' }
    await writeFile(at('ca.pem'), authority.certificate)
    source = await startRegistry(
      { host: 'localhost', address: '127.0.0.1' },
      authority,
      at('source'),
      { real: true },
      programs,
    )
    target = await startOpenRegistry('127.0.0.1', authority, at('target'), programs)
    for (const name of ['node', 'flux/helm-controller'])
      await pushImage(source, name, '1', [{ path: `bin/${name}`, data: Buffer.from(name) }], limit())
    const auths = { [`localhost:${source.port}`]: { username: source.username, password: source.password } }
    await writeFile(at('logins.json'), JSON.stringify({ auths }), { mode: 0o600 })
    const host = { host: 'server.example.test' }
    const names = ['controlPlane', 'globalAdaptor', 'serviceBus', 'eventHub', 'keyVault', 'registry', 'vendorRegistry']
    const servers = Object.fromEntries([...names, 'dnsService', 'acme', 'git'].map((name) => [name, host]))
    const settings = {
      ...servers,
      servers: { ca: authority.certificate },
      image: `localhost:${source.port}/node:1`,
      helmControllerImage: `localhost:${source.port}/flux/helm-controller:1`,
    }
    await writeFile(at('values.json'), JSON.stringify({ settings, overrides: {} }))
  }, 290_000)
  afterAll(async () => {
    life.abort()
    await programs.end()
    await rm(folder, { recursive: true, force: true })
  }, 60_000)

  const buildArgs = (file: string): string[] => [
    ...['kit', 'build', '--profile', 'demo', '--values', at('values.json'), '--key', at('team'), '--file', at(file)],
    ...['--ca', at('ca.pem'), '--registry-config', at('logins.json'), '--output', 'json'],
  ]

  it('of the demo plane is built, verified, pushed and imported, and is the same each time', async () => {
    await run('kit', 'key', at('team'))
    const built = JSON.parse(await run(...buildArgs('a.kit')))
    const again = await hangar(buildArgs('b.kit'), { ...environment, HANGAR_HOME: at('other-home') })
    const key = ['--key', at('team.pub'), '--output', 'json']
    const verified = JSON.parse(await run('kit', 'verify', at('a.kit'), ...key))
    const push = ['kit', 'push', target.host, at('a.kit'), '--prefix', 'mirror', '--ca', at('ca.pem'), ...key]
    const { references } = JSON.parse(await run(...push))
    const file = (await run('kit', 'import', target.host, at('a.kit'), '--prefix', 'mirror', ...key)).trim()
    const profile = await readFile(file, 'utf8')

    expect(again.code).toBe(0)
    expect(built).toEqual(verified)
    expect((await readFile(at('a.kit'))).equals(await readFile(at('b.kit')))).toBe(true)
    expect(built.images).toHaveLength(2)
    const [controller, node] = built.images.map(({ digest }: { digest: string }) => digest)
    expect(references).toEqual([
      {
        from: `localhost:${source.port}/flux/helm-controller:1`,
        to: `${target.host}/mirror/flux/helm-controller:1@${controller}`,
      },
      { from: `localhost:${source.port}/node:1`, to: `${target.host}/mirror/node:1@${node}` },
      ...built.charts.map(({ name, digest }: { name: string; digest: string }) => ({
        from: `charts/${name}:1.0.0`,
        to: `oci://${target.host}/mirror/charts/${name}:1.0.0@${digest}`,
      })),
    ])
    expect(profile).toContain(`name: demo-kit\n`)
    expect(profile).toContain(`imageRegistry: ${target.host}/mirror\n`)
    expect(profile).toContain(`probeImage: ${target.host}/mirror/node:1@${node}\n`)
    expect(profile).toContain(`url: oci://${target.host}/mirror/charts/plane-gateway\n`)
    expect(profile.match(/ {8}image: .*/g)).toEqual(
      Array.from({ length: 6 }, () => `        image: ${target.host}/mirror/node:1@${node}`),
    )
  }, 200_000)

  it('has charts that helm pulls from the registry by digest, and images of which nothing is sent twice', async () => {
    const key = ['--key', at('team.pub'), '--output', 'json']
    const push = ['kit', 'push', target.host, at('a.kit'), '--ca', at('ca.pem'), ...key]
    const { references } = JSON.parse(await run(...push))
    const { to } = references.find(({ from }: { from: string }) => from === 'charts/plane-agent:1.0.0')
    const helm = await buildHelm()
    const shown = await programRun(helm, ['show', 'chart', to.replace(':1.0.0@', '@'), '--ca-file', at('ca.pem')], {
      signal: limit(),
    })

    expect(shown.stdout).toContain('name: plane-agent')
  }, 60_000)

  it('of a plane has its values, logins from the vault, the certificates of its profile and the images of operators', async () => {
    const image = `localhost:${source.port}/node:1`
    const ofOperator = `localhost:${source.port}/flux/helm-controller:1`
    const chart = {
      'Chart.yaml': { apiVersion: 'v2', name: 'web', version: '1.0.0' },
      'values.yaml': { image: 'never.test/web:1', broker: { image: '' } },
      'templates/pod.yaml': {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'web' },
        spec: { containers: [{ name: 'web', image: '{{ .Values.image }}' }] },
      },
      'templates/broker.yaml': {
        apiVersion: 'messaging.example.com/v1',
        kind: 'Broker',
        metadata: { name: 'web' },
        spec: { image: '{{ .Values.broker.image }}' },
      },
    }
    const profile = profileOf('web', {
      components: [{ id: 'web', title: 'Web', summary: '', providedBy: 'release', parts: [] }],
      endpoints: [
        {
          ...{ id: 'web-hub', component: 'web', title: 'Hub', host: 'hub.example.test', protocol: 'https' },
          clientProfile: { trust: { file: 'authorities/hub.pem' } },
        },
      ],
      credentials: [
        {
          ...{ id: 'pull', title: 'Login' },
          secret: { name: 'pull', namespaces: ['web'], type: 'kubernetes.io/dockerconfigjson' },
          keys: [{ key: '.dockerconfigjson', title: 'Docker configuration' }],
        },
      ],
      releases: [{ name: 'web', namespace: 'web', chart: { path: 'charts/web' }, values: { image } }],
    })
    const own = at('own')
    for (const [path, content] of Object.entries({
      'profile.yaml': stringify(profile),
      'authorities/hub.pem': `# Of the vendor.\n${authority.certificate}`,
      ...Object.fromEntries(Object.entries(chart).map(([name, part]) => [`charts/web/${name}`, stringify(part)])),
    })) {
      await mkdir(dirname(join(own, path)), { recursive: true })
      await writeFile(join(own, path), content)
    }
    const login = await readFile(at('logins.json'), 'utf8')
    const plane = { settings: {}, overrides: { web: { broker: { image: ofOperator } } } }
    const files = {
      'plane.json': plane,
      'credentials.json': { pull: { '.dockerconfigjson': login } },
      kubeconfig: nowhere,
    }
    for (const [name, content] of Object.entries(files))
      await writeFile(at(name), JSON.stringify(content), { mode: 0o600 })
    await writeFile(at('passphrase'), 'correct horse battery staple 42', { mode: 0o600 })
    const opened = ['--passphrase-file', at('passphrase')]
    const cluster = ['--context', 'nowhere', '--kubeconfig', at('kubeconfig')]
    const values = ['--values', at('plane.json'), '--credentials', at('credentials.json')]
    const made = await hangar(
      ['plan', '--profile', join(own, 'profile.yaml'), ...cluster, ...values, ...opened],
      environment,
    )
    expect(made.stderr).toContain('CLUSTER_UNREACHABLE')

    const team = ['--key', at('team'), '--ca', at('ca.pem'), '--output', 'json']
    const build = ['kit', 'build', '--plane', 'web', '--file', at('web.kit'), ...team]
    const built = JSON.parse(await run(...build, ...opened))
    expect(built.images.map(({ reference }: { reference: string }) => reference)).toEqual([ofOperator, image])
    const key = ['--key', at('team.pub'), '--output', 'json']
    const file = (await run('kit', 'import', target.host, at('web.kit'), ...key)).trim()
    const { profile: imported } = parseProfile(await readFile(file, 'utf8'), { quotes: true })
    const [, operators] = built.images.map(({ digest }: { digest: string }) => digest).toReversed()
    expect(imported?.releases[0]?.values).toMatchObject({
      broker: { image: `${target.host}/flux/helm-controller:1@${operators}` },
    })
    const trust = Object(imported?.endpoints[0]?.clientProfile.trust)
    expect(await readFile(join(dirname(file), trust.file), 'utf8')).toBe(authority.certificate.trim())

    const denied = await hangar(
      [...build, ...opened].map((word) => (word === '--plane' ? '--profile' : word)),
      environment,
    )
    expect(denied.code).toBe(2)
  }, 120_000)

  it('that a window sends is verified, pushed and imported by its id; a push that is cancelled continues later', async () => {
    const app = await createApp({ home: at('window-home'), host: 'browser' })
    onTestFinished(() => app.close())
    const { kits, profiles } = app.client
    const content = await readFile(at('web.kit'))
    const { id } = await kits.begin({ name: 'web.kit', bytes: content.length })
    const signed = { id, key: await readFile(at('team.pub'), 'utf8') }
    await expect(lastOf(await kits.verify(signed))).rejects.toMatchObject({ code: 'INPUT_INVALID' })
    const half = Math.floor(content.length / 2)
    await kits.append({ id, offset: 0, content: content.subarray(0, half).toString('base64') })
    const twice = kits.append({ id, offset: 0, content: content.subarray(0, half).toString('base64') })
    await expect(twice).rejects.toMatchObject({ code: 'INPUT_INVALID' })
    await kits.append({ id, offset: half, content: content.subarray(half).toString('base64') })

    const other = publicKeyText(createKey().key)
    await expect(lastOf(await kits.verify({ id, key: other }))).rejects.toMatchObject({ code: 'KIT_KEY_OTHER' })
    const verified = await lastOf(await kits.verify(signed))
    expect(verified).toMatchObject({
      kind: 'verified',
      content: { profile: 'web', images: { length: 2 }, certificates: 1 },
    })

    const push = { ...signed, registry: `${target.host}/of-the-window`, ca: authority.certificate }
    const cancel = new AbortController()
    const cancelled = await kits.push(push, { signal: cancel.signal })
    for await (const event of cancelled) if (event.kind === 'progress') cancel.abort()
    const untrusted = await kits.push({ ...push, ca: '' })
    await expect(lastOf(untrusted)).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' })
    const pushed = await lastOf(await kits.push(push))
    const image = {
      from: `localhost:${source.port}/node:1`,
      to: expect.stringContaining(`${target.host}/of-the-window/`),
    }
    expect(pushed).toMatchObject({ kind: 'pushed', references: expect.arrayContaining([image]) })
    const made = await lastOf(await kits.import({ ...signed, registry: push.registry, name: 'of-the-window' }))
    expect(made).toEqual({ kind: 'imported', profile: { name: 'of-the-window' } })
    expect(await profiles.get({ name: 'of-the-window' })).toMatchObject({ imageRegistry: push.registry })

    await kits.remove({ id })
    expect([await kits.list(), await readdir(at('window-home/kits'))]).toEqual([[], []])
  }, 180_000)
})

/** The last event of an action. */
async function lastOf<Event>(events: AsyncIterable<Event>): Promise<Event | undefined> {
  let last: Event | undefined
  for await (const event of events) last = event
  return last
}
