import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parse } from 'yaml'
import { documents } from '../../preload/contract/documents.ts'
import { peerNames } from '../peers/peers.ts'
import { newPlace, nowhere, type Place } from './place.ts'
import { faultsAgainst } from './schema.ts'

const root = join(import.meta.dirname, '..', '..')
const program = join(root, 'bin', 'hangar.js')

/** The settings that the demo profile requires, with servers that do not exist. */
const demoSettings = {
  settings: {
    servers: { ca: 'text' },
    ...Object.fromEntries(peerNames.map((name) => [name, { host: `${name.toLowerCase()}.example.test`, port: 443 }])),
  },
}

describe('hangar', () => {
  it('shows every command of the specification in its help, on stdout', async () => {
    const place = await newPlace()
    const { code, stdout, stderr } = await place.run('--help')

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const commands =
      'check runs preflight plan install resume status logs uninstall profiles contexts schema serve demo'
    for (const command of commands.split(' ')) expect(stdout).toMatch(new RegExp(`^  ${command}\\b`, 'm'))
  })

  it('has the version of its package', async () => {
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
    expect((await (await newPlace()).run('--version')).stdout).toBe(`${version}\n`)
  })

  it.each([
    [['bogus'], "unknown command 'bogus'"],
    [['check', '--bogus'], "unknown option '--bogus'"],
    [['status', '--output', 'xml'], 'Allowed choices are table, json, ndjson'],
    [['check'], 'Name what to check'],
    [['serve', '--port', 'many'], '--port is a number'],
    [['logs', '--limit', '0'], '--limit is a number from 1 to 1000'],
    [['schema', 'nothing'], 'There is no schema "nothing"'],
    [['logs'], 'There is no plane yet'],
    [['uninstall', '--yes'], 'There is no plane yet'],
    [['resume'], 'There is nothing to resume'],
    [['plan'], 'name its --profile'],
    [['plan', '--profile', 'none'], 'The profile "none" does not exist'],
    [['plan', '--profile', './none.yaml'], 'There is no profile at'],
    [['plan', '--profile', 'demo'], 'No context is current'],
    [['plan', '--profile', 'demo', '--context', 'none'], 'There is no context "none"'],
    [['plan', '--profile', 'demo', '--model', 'none'], 'no management model "none"'],
    [['plan', '--profile', 'demo', '--values', '/none.yaml'], '/none.yaml cannot be read: it does not exist'],
    [['status', '--kubeconfig', '/none'], '/none cannot be read: it does not exist'],
    [['contexts', '--kubeconfig', '/none'], '/none cannot be read: it does not exist'],
    [['check', '--profile', 'demo', '--kubeconfig', '/none'], '/none cannot be read: it does not exist'],
    [['serve', '--kubeconfig', '/none'], '/none cannot be read: it does not exist'],
    ...['status', 'check', 'preflight', 'plan', 'install', 'logs', 'uninstall'].flatMap(
      (command): [string[], string][] => [
        [[command, '--context', 'NO-SUCH'], 'CONTEXT_UNKNOWN: There is no context "NO-SUCH"'],
        [[command, '--plane', 'NO-SUCH'], 'NO-SUCH'],
      ],
    ),
    ...['status', 'check', 'preflight', 'plan', 'install', 'uninstall', 'runs', 'proxy', 'allow-list'].flatMap(
      (command): [string[], string][] => [
        [[command, '--profile', 'NO-SUCH'], 'PROFILE_UNKNOWN: The profile "NO-SUCH" does not exist'],
        [[command, '--profile', './NO-SUCH.yaml'], 'FILE_UNREADABLE: There is no profile at'],
      ],
    ),
    [['check', '--plane', 'NO-SUCH', '--profile', 'demo'], 'PLANE_UNKNOWN: There is no plane named "NO-SUCH"'],
    [['runs', '--plane', 'NO-SUCH'], 'PLANE_UNKNOWN: There is no plane named "NO-SUCH"'],
    [['proxy', '--plane', 'NO-SUCH'], 'PLANE_UNKNOWN: There is no plane named "NO-SUCH"'],
    [['allow-list', '--plane', 'NO-SUCH'], 'PLANE_UNKNOWN: There is no plane named "NO-SUCH"'],
    [['status', '--profile', 'demo'], 'PLANE_UNKNOWN: There is no plane yet'],
  ] satisfies [string[], string][])(
    '%j cannot run: status 2, and one line on stderr that says why',
    async (args, why) => {
      const { code, stdout, stderr } = await (await newPlace()).run(...args)

      expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
      expect(stderr).toContain(why)
      expect(stderr).toMatch(/^hangar: [A-Z_]+: [^\n]+\n$/)
    },
  )

  it('says of a state folder that cannot be used what it is, and which setting moves it', async () => {
    const place = await newPlace({ HANGAR_HOME: '/dev/null/state' })
    const { code, stdout, stderr } = await place.run('profiles')

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^hangar: HOME_UNUSABLE: .*\/dev\/null\/state.*ENOTDIR.*HANGAR_HOME[^\n]+\n$/)
  })

  it('checks a bare list where no state folder can be made', async () => {
    const place = await newPlace({ HANGAR_HOME: '/dev/null/state' })
    const list = await place.file('rows.yaml', {
      endpoints: [{ id: 'agent', component: 'agent', host: '127.0.0.1', port: 1, protocol: 'https' }],
    })
    for (const command of [['check'], ['proxy'], ['allow-list']]) {
      const { stdout, stderr } = await place.run(...command, '--endpoints', list)
      expect(stderr).not.toMatch(/hangar: [A-Z_]+:/)
      if (command[0] !== 'proxy') expect(stdout).toContain('agent')
    }
  })

  it('says of an error of this computer what happened and what to do', async () => {
    const place = await newPlace()
    await mkdir(place.state)
    await writeFile(join(place.state, 'tmp'), 'a file in the place of a folder')
    const { code, stdout, stderr } = await place.run('profiles')

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^hangar: ENOTDIR: .*state\/tmp'\. A file is in the place of that folder\. [^\n]+\n$/)
  })

  it('keeps everything where HANGAR_HOME says, for the person alone, and nothing elsewhere in their home', async () => {
    const place = await newPlace({ HANGAR_CACHE: undefined })
    const kubeconfig = await place.file('kubeconfig', nowhere)
    // It fails for want of a cluster, but the plane is described by then.
    await place.run('plan', '--profile', 'devant', '--kubeconfig', kubeconfig)
    const { code } = await place.run('status', '--kubeconfig', kubeconfig)

    expect(code).toBe(1)
    expect(await readdir(join(place.state, 'planes'))).toHaveLength(1)
    expect((await stat(place.state)).mode & 0o777).toBe(0o700)
    expect(await readdir(place.home, { recursive: true })).toEqual([])
  })

  it('keeps it in the home without HANGAR_HOME', async () => {
    const place = await newPlace({ HANGAR_HOME: undefined, HANGAR_CACHE: undefined })
    expect((await place.run('status')).code).toBe(0)

    const own = process.platform === 'darwin' ? 'Library/Application Support/Hangar' : '.local/share/hangar'
    expect((await stat(join(place.home, own))).isDirectory()).toBe(true)
  })
})

describe('what it prints as JSON', () => {
  it.each(Object.keys(documents))('has a schema: %s', async (name) => {
    const place = await newPlace()
    const { code, stdout } = await place.run('schema', name)

    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ $schema: expect.stringContaining('2020-12'), title: `Hangar ${name}` })
    expect((await place.run('schema')).stdout.split('\n')).toContain(name)
  })

  it.each(['profiles', 'contexts', 'status'])('matches that schema: %s', async (name) => {
    const place = await newPlace({ KUBECONFIG: join(root, 'test/corpus/kubeconfig/one-user-is-broken-yaml/config') })
    const { stdout } = await place.run(name, '--output', 'json')

    const document = JSON.parse(stdout)
    expect(document.schemaVersion).toBe(1)
    expect(await faultsAgainst(place, name, document)).toEqual([])
  })

  it('the schemas of files take what Hangar itself brings along, and refuse what it refuses', async () => {
    const place = await newPlace()
    const demo = parse(await readFile(join(root, 'assets/profiles/demo/profile.yaml'), 'utf8'))

    expect(await faultsAgainst(place, 'profile', demo)).toEqual([])
    expect(await faultsAgainst(place, 'profile', { ...demo, endpoints: [{ id: 'A' }] })).not.toEqual([])
    expect(await faultsAgainst(place, 'credentials', { agent: { 'tls.key': 'text' } })).toEqual([])
    expect(await faultsAgainst(place, 'credentials', { agent: 'text' })).not.toEqual([])
    expect(await faultsAgainst(place, 'values', { settings: {} })).toEqual([])
    expect(
      await faultsAgainst(place, 'endpoints', {
        endpoints: [{ id: 'a', component: 'b', host: 'c', port: 1, protocol: 'wss' }],
      }),
    ).toEqual([])
  })
})

describe('hangar profiles and contexts', () => {
  it('list the profiles that Hangar brings along', async () => {
    const { code, stdout } = await (await newPlace()).run('profiles')

    expect(code).toBe(0)
    for (const name of ['demo', 'devant', 'openchoreo']) expect(stdout).toMatch(new RegExp(`^${name} +.*built-in`, 'm'))
  })

  it('one broken context costs only itself, is told, and ends with status 1; no secret is printed', async () => {
    const place = await newPlace({ KUBECONFIG: join(root, 'test/corpus/kubeconfig/one-user-is-broken-yaml/config') })
    const { code, stdout, stderr } = await place.run('contexts')

    expect(code).toBe(1)
    expect(stdout).toMatch(/ {2}first .*its user "bad" is malformed/)
    expect(stdout).toMatch(/ {2}second +https:\/\/api\.example\.test:6443 +token/)
    expect(stdout + stderr).not.toContain('CANARY')
  })

  it('say where to name a kubeconfig when there is none', async () => {
    const { code, stderr } = await (await newPlace()).run('contexts')

    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('--kubeconfig') })
  })
})

describe('a plane whose cluster nobody can reach', () => {
  async function withPlane(): Promise<Place> {
    const place = await newPlace()
    const own = { ...place.environment, KUBECONFIG: await place.file('kubeconfig', nowhere) }
    const moved = { ...place, environment: own }
    const { hangar } = await import('../demo/hangar.ts')
    return { ...moved, run: (...args) => hangar(args, own) }
  }

  it('plan, preflight and install say that the cluster does not answer', async () => {
    const place = await withPlane()
    const planned = await place.run('plan', '--profile', 'devant')
    const passphrase = await place.file('passphrase', 'a passphrase of some length\n')
    const installed = await place.run('install', '--yes', '--profile', 'devant', '--passphrase-file', passphrase)

    expect(planned).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^hangar: CLUSTER_UNREACHABLE: [^\n]+\n$/),
    })
    expect(installed.code).not.toBe(0)
    expect(installed.stderr).toMatch(/API server connection: No connection to https:\/\/127\.0\.0\.1:1/)
  })

  it('is shown as not known, with status 1', async () => {
    const place = await withPlane()
    await place.run('plan', '--profile', 'devant')

    const { code, stdout } = await place.run('status', '--output', 'json')

    const { planes } = JSON.parse(stdout)
    expect(code).toBe(1)
    expect(planes[0]).toMatchObject({
      plane: { name: 'devant' },
      status: { asOf: null, connection: { problem: { code: 'CLUSTER_UNREACHABLE' } } },
    })
    expect(await faultsAgainst(place, 'status', { schemaVersion: 1, planes })).toEqual([])
  })

  it('asks for a passphrase where there is no keychain, and says so where nobody can be asked', async () => {
    const place = await withPlane()
    const credentials = await place.file('credentials.yaml', { 'key-vault-token': { token: 'canary-value' } })
    const given = [
      'plan',
      '--profile',
      'demo',
      '--values',
      await place.file('values.yaml', demoSettings),
      '--credentials',
      credentials,
    ]

    const unasked = await place.run(...given)
    const missing = await place.run(...given, '--passphrase-file', `${place.folder}/none`)
    const short = await place.run(...given, '--passphrase-file', await place.file('short', 'short'))

    expect(unasked).toMatchObject({ code: 2, stderr: expect.stringMatching(/VAULT_LOCKED: .*\n$/) })
    expect(missing).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('none cannot be read: it does not exist'),
    })
    expect(short).toMatchObject({ code: 2, stderr: expect.stringMatching(/12 characters/) })
    for (const { stderr } of [unasked, missing, short]) expect(stderr).not.toMatch(/canary-value|"short"/)
  })
})

describe('a file of a person that does not fit its profile', () => {
  it.each([
    [
      'a setting of the wrong type',
      'values',
      { settings: { controlPlane: 'no mapping' } },
      /SETTINGS_INVALID: .*controlPlane/,
    ],
    [
      'overrides of a release that there is not',
      'values',
      { ...demoSettings, overrides: { gatway: { a: 'canary-value' } } },
      /overrides\.gatway: the profile has no such release; it has .*gateway/,
    ],
    [
      'a credential that there is not',
      'credentials',
      { 'key-vault': { token: 'canary-value' } },
      /no credential "key-vault\/token"; it has .*key-vault-token\/token/,
    ],
    [
      'a credential that is a text',
      'credentials',
      { 'key-vault-token': 'canary-value' },
      /line 1: key-vault-token: expected a mapping/,
    ],
    [
      'credentials with an empty value',
      'credentials',
      { 'key-vault-token': { token: '' } },
      /line 2: key-vault-token\.token: expected at least 1 characters/,
    ],
  ] as const)(
    'is refused in one line that names the place and quotes no value: %s',
    async (_what, option, content, said) => {
      const place = await newPlace()
      const kubeconfig = await place.file('kubeconfig', nowhere)
      const values = option === 'values' ? [] : ['--values', await place.file('values.yaml', demoSettings)]
      const file = await place.file(`${option}.given.yaml`, content)

      const ran = await place.run(
        'plan',
        '--profile',
        'demo',
        '--kubeconfig',
        kubeconfig,
        ...values,
        `--${option}`,
        file,
      )

      expect(ran).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(said) })
      expect(ran.stderr).toMatch(/^hangar: [^\n]+\n$/)
      expect(ran.stderr).not.toContain('canary-value')
    },
  )

  it('a profile with a fault is refused with line, field and what was expected, and is listed with it', async () => {
    const place = await newPlace()
    const text = await readFile(join(root, 'assets/profiles/devant/profile.yaml'), 'utf8')
    const faulty = await place.file('faulty.yaml', text.replace('protocol: wss', 'protocol: wsx'))
    const line = text.split('\n').findIndex((each) => each.includes('protocol: wss')) + 1

    const planned = await place.run('plan', '--profile', faulty)

    expect(planned).toMatchObject({ code: 2, stdout: '' })
    expect(planned.stderr).toContain(`line ${line}, endpoints[0].protocol: found "wsx", expected one of "wss"`)
  })
})

const oldNode = '/usr/bin/node'
const isOld = existsSync(oldNode) && existsSync(join(root, 'node_modules', '.bin', 'node'))

describe.runIf(isOld)('under the old Node of the system', () => {
  const start = async (...args: string[]) => {
    const place = await newPlace()
    const child = spawn(oldNode, [program, ...args], {
      env: { ...process.env, ...place.environment, HANGAR_NODE: undefined },
      stdio: 'pipe',
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += String(chunk)
    })
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += String(chunk)
    })
    child.stdin.end()
    return { child, place, said: () => ({ stdout, stderr }) }
  }

  it('runs with the fitting one that the project has, and hands its exit status on', async () => {
    const { child, said } = await start('schema', 'nothing')
    const [code] = await once(child, 'close')

    expect({ code, ...said() }).toEqual({ code: 2, stdout: '', stderr: expect.stringContaining('There is no schema') })
  })

  it('says in one sentence what is missing where the fitting one is too old as well', async () => {
    const place = await newPlace()
    const child = spawn(oldNode, [program, '--version'], {
      env: { ...process.env, ...place.environment, HANGAR_NODE: oldNode },
      stdio: 'pipe',
    })
    const [[chunk], [code]] = await Promise.all([once(child.stderr, 'data'), once(child, 'close')])

    expect(code).toBe(2)
    expect(String(chunk)).toMatch(/^hangar: this is Node [\d.]+; Hangar needs 22\.19 or later\. Run "npm ci".*\n$/)
  })

  it('leaves nothing running when it is ended', async () => {
    const { child } = await start('serve')
    const [address] = await once(child.stdout, 'data')
    const origin = new URL(String(address).trim()).origin
    expect((await fetch(origin)).status).toBeGreaterThan(0)

    child.kill('SIGTERM')
    await once(child, 'close')

    await expect(fetch(origin)).rejects.toThrow()
  })
})
