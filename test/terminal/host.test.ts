import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parse } from 'yaml'
import { documents } from '../../preload/contract/documents.ts'
import { peerNames } from '../peers/peers.ts'
import { createSandbox, type Sandbox, unreachableCluster } from './sandbox.ts'
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
  it('lists every command of the specification in its help, on stdout', async () => {
    const sandbox = await createSandbox()
    const { code, stdout, stderr } = await sandbox.run('--help')

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const commands =
      'check runs preflight plan install resume status logs uninstall profiles contexts set-context schema serve demo'
    for (const command of commands.split(' ')) expect(stdout).toMatch(new RegExp(`^  ${command}\\b`, 'm'))
  })

  it('prints the version of its package', async () => {
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
    expect((await (await createSandbox()).run('--version')).stdout).toBe(`${version}\n`)
  })

  it.each([
    [['bogus'], "unknown command 'bogus'"],
    [['check', '--bogus'], "unknown option '--bogus'"],
    [['status', '--output', 'xml'], 'Allowed choices are table, json, ndjson'],
    [['check'], 'Name what to check'],
    [['serve', '--port', 'many'], '--port is a number'],
    [['logs', '--limit', '0'], '--limit is a number from 1'],
    [['schema', 'nothing'], 'There is no schema "nothing"'],
    [['logs'], 'There is no plane yet. Install one with "hangar install --profile NAME"'],
    [['uninstall', '--yes'], 'There is no plane yet'],
    [['resume'], 'There is nothing to resume'],
    [['plan'], 'name its profile with --profile'],
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
    '%j cannot run: exit code 2, and one line on stderr with the reason',
    async (args, reason) => {
      const { code, stdout, stderr } = await (await createSandbox()).run(...args)

      expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
      expect(stderr).toContain(reason)
      expect(stderr).toMatch(/^hangar: [A-Z_]+: [^\n]+\n$/)
    },
  )

  it('reports an unusable state folder with its path, the reason and the variable that moves it', async () => {
    const sandbox = await createSandbox({ HANGAR_HOME: '/dev/null/state' })
    const { code, stdout, stderr } = await sandbox.run('profiles')

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^hangar: HOME_UNUSABLE: .*\/dev\/null\/state.*ENOTDIR.*HANGAR_HOME[^\n]+\n$/)
  })

  it('checks a bare list where no state folder can be created', async () => {
    const sandbox = await createSandbox({ HANGAR_HOME: '/dev/null/state' })
    const list = await sandbox.file('rows.yaml', {
      endpoints: [{ id: 'agent', component: 'agent', host: '127.0.0.1', port: 1, protocol: 'https' }],
    })
    for (const command of [['check'], ['proxy'], ['allow-list']]) {
      const { stdout, stderr } = await sandbox.run(...command, '--endpoints', list)
      expect(stderr).not.toMatch(/hangar: [A-Z_]+:/)
      if (command[0] !== 'proxy') expect(stdout).toContain('agent')
    }
  })

  it('reports an error of this computer with what happened and what to do', async () => {
    const sandbox = await createSandbox()
    await mkdir(sandbox.state)
    await writeFile(join(sandbox.state, 'tmp'), 'a file where a folder must be')
    const { code, stdout, stderr } = await sandbox.run('profiles')

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^hangar: ENOTDIR: .*state\/tmp'\. A file is in the place of that folder\. [^\n]+\n$/)
  })

  it('stores everything in HANGAR_HOME, readable by its owner only, and nothing else in the home folder', async () => {
    const sandbox = await createSandbox({ HANGAR_CACHE: undefined })
    const kubeconfig = await sandbox.file('kubeconfig', unreachableCluster)
    // It fails without a cluster, but creates the plane first.
    await sandbox.run('plan', '--profile', 'devant', '--kubeconfig', kubeconfig)
    const { code } = await sandbox.run('status', '--kubeconfig', kubeconfig)

    expect(code).toBe(1)
    expect(await readdir(join(sandbox.state, 'planes'))).toHaveLength(1)
    expect((await stat(sandbox.state)).mode & 0o777).toBe(0o700)
    expect(await readdir(sandbox.home, { recursive: true })).toEqual([])
  })

  it('stores it in the home folder without HANGAR_HOME', async () => {
    const sandbox = await createSandbox({ HANGAR_HOME: undefined, HANGAR_CACHE: undefined })
    expect((await sandbox.run('status')).code).toBe(0)

    const stateFolder = process.platform === 'darwin' ? 'Library/Application Support/Hangar' : '.local/share/hangar'
    expect((await stat(join(sandbox.home, stateFolder))).isDirectory()).toBe(true)
  })
})

describe('the JSON output', () => {
  it.each(Object.keys(documents))('has a schema: %s', async (name) => {
    const sandbox = await createSandbox()
    const { code, stdout } = await sandbox.run('schema', name)

    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ $schema: expect.stringContaining('2020-12'), title: `Hangar ${name}` })
    expect((await sandbox.run('schema')).stdout.split('\n')).toContain(name)
  })

  it.each(['profiles', 'contexts', 'status', 'activity', 'operations'])('matches its schema: %s', async (name) => {
    const sandbox = await createSandbox({
      KUBECONFIG: join(root, 'test/corpus/kubeconfig/one-user-is-broken-yaml/config'),
    })
    const { stdout } = await sandbox.run(name, '--output', 'json')

    const document = JSON.parse(stdout)
    expect(document.schemaVersion).toBe(1)
    expect(await faultsAgainst(sandbox, name, document)).toEqual([])
  })

  it('matches its schema: the values of a profile', async () => {
    const sandbox = await createSandbox()
    const { code, stdout } = await sandbox.run('values', '--profile', 'demo', 'plane-agent', '--output', 'json')

    expect(code).toBe(0)
    expect(await faultsAgainst(sandbox, 'release-values', JSON.parse(stdout))).toEqual([])
  })

  it('the schemas of files accept the built-in profiles, and reject what Hangar rejects', async () => {
    const sandbox = await createSandbox()
    const demo = parse(await readFile(join(root, 'assets/profiles/demo/profile.yaml'), 'utf8'))

    expect(await faultsAgainst(sandbox, 'profile', demo)).toEqual([])
    expect(await faultsAgainst(sandbox, 'profile', { ...demo, endpoints: [{ id: 'A' }] })).not.toEqual([])
    expect(await faultsAgainst(sandbox, 'credentials', { agent: { 'tls.key': 'text' } })).toEqual([])
    expect(await faultsAgainst(sandbox, 'credentials', { agent: 'text' })).not.toEqual([])
    expect(await faultsAgainst(sandbox, 'values', { settings: {} })).toEqual([])
    expect(
      await faultsAgainst(sandbox, 'endpoints', {
        endpoints: [{ id: 'a', component: 'b', host: 'c', port: 1, protocol: 'wss' }],
      }),
    ).toEqual([])
  })
})

describe('hangar values', () => {
  it('prints the values of a release with the place of each default, and a reference instead of a secret', async () => {
    const { code, stdout } = await (await createSandbox()).run('values', '--profile', 'demo', 'plane-agent')

    expect(code).toBe(0)
    expect(stdout).toMatch(/^# plane-agent in namespace hangar-plane, chart plane-agent-/)
    expect(stdout).toMatch(/^heartbeatSeconds +3 +chart values\.yaml:\d+$/m)
    expect(stdout).toMatch(/^controlPlane\.port +443 +setting controlPlane\.port \(default\)$/m)
    expect(stdout).toMatch(/^certificateSecret +"plane-certificate" .*; vault: plane-certificate$/m)
  })

  it.each([
    [['--profile', 'demo', 'no-such'], 'INPUT_INVALID: The profile "demo" has no release "no-such". It has plane-'],
    [['no-such'], 'PLANE_UNKNOWN: There is no plane named "no-such"'],
    [['a', 'b', 'c'], 'USAGE_INVALID'],
  ])('%j cannot run: exit code 2 and the reason', async (args, reason) => {
    const { code, stdout, stderr } = await (await createSandbox()).run('values', ...args)

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(reason)
  })
})

describe('hangar profiles and contexts', () => {
  it('list the built-in profiles', async () => {
    const { code, stdout } = await (await createSandbox()).run('profiles')

    expect(code).toBe(0)
    for (const name of ['demo', 'devant', 'openchoreo']) expect(stdout).toMatch(new RegExp(`^${name} +.*built-in`, 'm'))
  })

  it('report a broken context beside the others, with exit code 1 and without secrets', async () => {
    const sandbox = await createSandbox({
      KUBECONFIG: join(root, 'test/corpus/kubeconfig/one-user-is-broken-yaml/config'),
    })
    const { code, stdout, stderr } = await sandbox.run('contexts')

    expect(code).toBe(1)
    expect(stdout).toMatch(/ {2}first .*its user "bad" is malformed/)
    expect(stdout).toMatch(/ {2}second +https:\/\/api\.example\.test:6443 +token/)
    expect(stdout + stderr).not.toContain('CANARY')
  })

  it('say when a credential ends, and that one has ended, before anybody connects', async () => {
    const token = (exp: number) => `a.${Buffer.from(JSON.stringify({ exp })).toString('base64url')}.c`
    const sandbox = await createSandbox()
    const clusters = [{ name: 'c', cluster: { server: 'https://127.0.0.1:1' } }]
    const names = ['ended', 'valid', 'unknown']
    const file = await sandbox.file('kubeconfig', {
      clusters,
      users: [
        { name: 'ended', user: { token: token(1_704_067_200) } },
        { name: 'valid', user: { token: token(4_102_444_800) } },
        { name: 'unknown', user: { token: 'opaque' } },
      ],
      contexts: names.map((name) => ({ name, context: { cluster: 'c', user: name } })),
    })
    const { code, stdout, stderr } = await sandbox.run('contexts', '--kubeconfig', file)

    expect(code).toBe(0)
    expect(stdout).toMatch(/ {2}ended .*ended 2024-01-01 00:00 UTC/)
    expect(stdout).toMatch(/ {2}valid .* 2100-01-01 00:00 UTC/)
    expect(stderr).toContain('! The token of the kubeconfig ended at 2024-01-01 00:00 UTC.')
    const json = await sandbox.run('contexts', '--kubeconfig', file, '--output', 'json')
    expect(JSON.parse(json.stdout).contexts).toMatchObject([
      { credentialEndsAt: '2024-01-01T00:00:00.000Z', warnings: [{ code: 'CREDENTIAL_ENDED' }] },
      { credentialEndsAt: '2100-01-01T00:00:00.000Z' },
      { name: 'unknown' },
    ])
  })

  it('exit with 2 for a named file without a context', async () => {
    const sandbox = await createSandbox()
    const empty = await sandbox.file('empty', 'kind: Config\n')
    const words = await sandbox.file('words', '{{{')

    for (const file of [empty, words]) {
      expect((await sandbox.run('contexts', '--kubeconfig', file)).code).toBe(2)
      expect((await (await createSandbox({ KUBECONFIG: file })).run('contexts')).code).toBe(2)
    }
  })

  it('name the option for a kubeconfig where there is none', async () => {
    const { code, stderr } = await (await createSandbox()).run('contexts')

    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('--kubeconfig') })
  })
})

describe('a plane with an unreachable cluster', () => {
  async function withPlane(): Promise<Sandbox> {
    const sandbox = await createSandbox()
    const environment = { ...sandbox.environment, KUBECONFIG: await sandbox.file('kubeconfig', unreachableCluster) }
    const withKubeconfig = { ...sandbox, environment }
    const { hangar } = await import('../demo/hangar.ts')
    return { ...withKubeconfig, run: (...args) => hangar(args, environment) }
  }

  it('is reported as unreachable by plan, preflight and install', async () => {
    const sandbox = await withPlane()
    const planned = await sandbox.run('plan', '--profile', 'devant')
    const passphrase = await sandbox.file('passphrase', 'a passphrase of some length\n')
    const installed = await sandbox.run('install', '--yes', '--profile', 'devant', '--passphrase-file', passphrase)

    expect(planned).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^hangar: CLUSTER_UNREACHABLE: [^\n]+\n$/),
    })
    expect(installed.code).not.toBe(0)
    expect(installed.stderr).toMatch(/API server connection: No connection to https:\/\/127\.0\.0\.1:1/)
  })

  it('has the state unknown, with exit code 1', async () => {
    const sandbox = await withPlane()
    await sandbox.run('plan', '--profile', 'devant')

    const { code, stdout } = await sandbox.run('status', '--output', 'json')

    const { planes } = JSON.parse(stdout)
    expect(code).toBe(1)
    expect(planes[0]).toMatchObject({
      plane: { name: 'devant' },
      status: { asOf: null, connection: { problem: { code: 'CLUSTER_UNREACHABLE' } } },
    })
    expect(await faultsAgainst(sandbox, 'status', { schemaVersion: 1, planes })).toEqual([])
  })

  it('is kept by a plan, and not by a preflight, which leaves nothing behind', async () => {
    const sandbox = await withPlane()
    const passphrase = await sandbox.file('passphrase', 'a passphrase of some length\n')
    const credentials = await sandbox.file('credentials.yaml', { 'key-vault-token': { token: 'canary-value' } })
    const values = await sandbox.file('values.yaml', demoSettings)
    const given = ['--values', values, '--credentials', credentials, '--passphrase-file', passphrase]
    const planes = async () => JSON.parse((await sandbox.run('status', '--output', 'json')).stdout).planes.length

    for (const each of [[], given]) {
      const { code, stdout } = await sandbox.run('preflight', '--profile', 'demo', ...each)
      expect([code, stdout]).toEqual([1, expect.stringContaining('api.reach')])
    }
    expect((await sandbox.run('preflight', '--profile', 'demo', '--credentials', values)).code).toBe(2)
    expect(await planes()).toBe(0)
    expect(await readdir(join(sandbox.state, 'planes'))).toEqual([])

    await sandbox.run('plan', '--profile', 'devant')
    await sandbox.run('preflight', '--plane', 'devant')
    expect(await planes()).toBe(1)
  })

  it('is pointed to the kubeconfig that was moved, or keeps its context', async () => {
    const sandbox = await withPlane()
    await sandbox.run('plan', '--profile', 'devant')
    const [context] = unreachableCluster.contexts
    const moved = await sandbox.file('moved', { ...unreachableCluster, contexts: [{ ...context, name: 'moved' }] })
    const status = async (...args: string[]) => (await sandbox.run('status', ...args, '--output', 'json')).stdout

    const none = await sandbox.run('set-context', '--plane', 'devant', '--context', 'none', '--kubeconfig', moved)
    const pointed = await sandbox.run('set-context', '--context', 'moved', '--kubeconfig', moved)

    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('CONTEXT_UNKNOWN')])
    expect([pointed.code, pointed.stderr]).toEqual([
      0,
      `Plane "devant" uses the context "moved" of ${moved} (https://127.0.0.1:1). Before: "unreachableCluster".\n`,
    ])
    expect(JSON.parse(await status('--kubeconfig', moved)).planes[0]).toMatchObject({
      plane: { contextName: 'moved' },
      status: { connection: { problem: { code: 'CLUSTER_UNREACHABLE' } } },
    })
  })

  it('needs a passphrase without a keychain, and reports that where there is no terminal to prompt on', async () => {
    const sandbox = await withPlane()
    const credentials = await sandbox.file('credentials.yaml', { 'key-vault-token': { token: 'canary-value' } })
    const args = [
      'plan',
      '--profile',
      'demo',
      '--values',
      await sandbox.file('values.yaml', demoSettings),
      '--credentials',
      credentials,
    ]

    const noTerminal = await sandbox.run(...args)
    const missing = await sandbox.run(...args, '--passphrase-file', `${sandbox.folder}/none`)
    const short = await sandbox.run(...args, '--passphrase-file', await sandbox.file('short', 'short'))

    expect(noTerminal).toMatchObject({ code: 2, stderr: expect.stringMatching(/VAULT_LOCKED: .*\n$/) })
    expect(missing).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('none cannot be read: it does not exist'),
    })
    expect(short).toMatchObject({ code: 2, stderr: expect.stringMatching(/12 characters/) })
    for (const { stderr } of [noTerminal, missing, short]) expect(stderr).not.toMatch(/canary-value|"short"/)
  })
})

describe('a file that does not match its profile', () => {
  it.each([
    [
      'a setting of the wrong type',
      'values',
      { settings: { controlPlane: 'no mapping' } },
      /SETTINGS_INVALID: .*controlPlane/,
    ],
    [
      'overrides of an unknown release',
      'values',
      { ...demoSettings, overrides: { gatway: { a: 'canary-value' } } },
      /overrides\.gatway: the profile has no such release; it has .*gateway/,
    ],
    [
      'an unknown credential',
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
    'is rejected in one line that names the field and quotes no value: %s',
    async (_title, option, content, message) => {
      const sandbox = await createSandbox()
      const kubeconfig = await sandbox.file('kubeconfig', unreachableCluster)
      const values = option === 'values' ? [] : ['--values', await sandbox.file('values.yaml', demoSettings)]
      const file = await sandbox.file(`${option}.given.yaml`, content)

      const result = await sandbox.run(
        'plan',
        '--profile',
        'demo',
        '--kubeconfig',
        kubeconfig,
        ...values,
        `--${option}`,
        file,
      )

      expect(result).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(message) })
      expect(result.stderr).toMatch(/^hangar: [^\n]+\n$/)
      expect(result.stderr).not.toContain('canary-value')
    },
  )

  it('an invalid profile is rejected with the line, the field and the expected value', async () => {
    const sandbox = await createSandbox()
    const text = await readFile(join(root, 'assets/profiles/devant/profile.yaml'), 'utf8')
    const faulty = await sandbox.file('faulty.yaml', text.replace('protocol: wss', 'protocol: wsx'))
    const line = text.split('\n').findIndex((each) => each.includes('protocol: wss')) + 1

    const planned = await sandbox.run('plan', '--profile', faulty)

    expect(planned).toMatchObject({ code: 2, stdout: '' })
    expect(planned.stderr).toContain(`line ${line}, endpoints[0].protocol: found text, expected one of "wss"`)
  })
})

const oldNode = '/usr/bin/node'
const isOld = existsSync(oldNode) && existsSync(join(root, 'node_modules', '.bin', 'node'))

describe.runIf(isOld)('with an older Node of the system', () => {
  const start = async (...args: string[]) => {
    const sandbox = await createSandbox()
    const child = spawn(oldNode, [program, ...args], {
      env: { ...process.env, ...sandbox.environment, HANGAR_NODE: undefined },
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
    return { child, sandbox, output: () => ({ stdout, stderr }) }
  }

  it('runs with the Node of the project, and exits with its code', async () => {
    const { child, output } = await start('schema', 'nothing')
    const [code] = await once(child, 'close')

    expect({ code, ...output() }).toEqual({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('There is no schema'),
    })
  })

  it('reports in one sentence the required version where the other Node is too old as well', async () => {
    const sandbox = await createSandbox()
    const child = spawn(oldNode, [program, '--version'], {
      env: { ...process.env, ...sandbox.environment, HANGAR_NODE: oldNode },
      stdio: 'pipe',
    })
    const [[chunk], [code]] = await Promise.all([once(child.stderr, 'data'), once(child, 'close')])

    expect(code).toBe(2)
    expect(String(chunk)).toMatch(
      /^hangar: this is Node [\d.]+; Hangar needs 22\.19 or later\. Install .*"npm ci".*\n$/,
    )
  })

  it('ends its child process when it is stopped', async () => {
    const { child } = await start('serve')
    const [address] = await once(child.stdout, 'data')
    const origin = new URL(String(address).trim()).origin
    expect((await fetch(origin)).status).toBeGreaterThan(0)

    child.kill('SIGTERM')
    await once(child, 'close')

    await expect(fetch(origin)).rejects.toThrow()
  })
})
