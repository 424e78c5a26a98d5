import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { writeProgram } from '../clusters/kubeconfig-folder.ts'
import { createSandbox, type Sandbox, unreachableCluster } from './sandbox.ts'

/** A user's kubeconfig whose credential program writes a marker. Its API server does not respond. */
async function attacked(sandbox: Sandbox, name = 'kubeconfig') {
  const [program, marker] = [join(sandbox.folder, 'sign-in'), join(sandbox.folder, 'marker')]
  const credential = JSON.stringify({
    apiVersion: 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    status: { token: 'token-of-the-program' },
  })
  await writeProgram(program, `echo ran >> '${marker}'\necho '${credential}'`)
  const kubeconfig = await sandbox.file(name, {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'attacked',
    clusters: [{ name: 'cluster', cluster: { server: 'https://127.0.0.1:1' } }],
    users: [
      {
        name: 'user',
        user: {
          exec: {
            apiVersion: 'client.authentication.k8s.io/v1',
            command: program,
            args: ['--for', 'a b'],
            interactiveMode: 'IfAvailable',
          },
        },
      },
    ],
    contexts: [{ name: 'attacked', context: { cluster: 'cluster', user: 'user' } }],
  })
  const runs = async () => (existsSync(marker) ? (await readFile(marker, 'utf8')).split('\n').length - 1 : 0)
  return { program, kubeconfig, runs }
}

/** A helm on the PATH that the settings name and that writes a marker, and a command that looks for it. */
async function plantedHelm() {
  // Not in the folder for temporary files, which everyone can write to: that helm would be refused for another reason.
  const folder = await mkdtemp(join(homedir(), '.hangar-planted-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const [helm, marker] = [join(folder, 'helm'), join(folder, 'marker')]
  await writeProgram(helm, `echo ran >> '${marker}'\necho v4.3.1`)
  const sandbox = await createSandbox({ PATH: `${folder}:${process.env.PATH}`, TERM: 'dumb' })
  await mkdir(sandbox.state, { mode: 0o700 })
  await sandbox.file('state/settings.json', JSON.stringify({ helm: 'path' }))
  const kubeconfig = await sandbox.file('kubeconfig', unreachableCluster)
  const command = ['preflight', '--profile', 'demo', '--context', 'unreachableCluster', '--kubeconfig', kubeconfig]
  return { sandbox, helm, ran: () => existsSync(marker), preflight: [...command, '--check', 'helm.self'] }
}

const check = ['check', '--profile', 'demo', '--context', 'attacked', '--from', 'pod']

/** Runs a command with a pseudo-terminal, and answers the prompt. Resolves with all that was written to the terminal. */
function inTerminal(
  args: readonly string[],
  { environment }: Sandbox,
  answer: string,
): Promise<{ code: number | null; text: string }> {
  const program = join(import.meta.dirname, '../../bin/hangar.js')
  const line = [process.execPath, program, ...args].map((word) => `'${word}'`).join(' ')
  const child = spawn('script', ['--quiet', '--return', '--command', line, '/dev/null'], {
    env: { ...process.env, NO_COLOR: '1', ...environment },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  return new Promise((resolve, reject) => {
    let text = ''
    let answered = false
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      if (answered || !text.includes('Allow it?')) return
      answered = true
      child.stdin.write(`${answer}\r`)
    })
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, text }))
  })
}

describe('a command without a terminal, on a context whose program the user has not allowed', () => {
  it('lists the context with a mark, and runs nothing', async () => {
    const sandbox = await createSandbox()
    const { kubeconfig, runs } = await attacked(sandbox)

    const { code, stdout } = await sandbox.run('contexts', '--kubeconfig', kubeconfig)
    expect([code, stdout]).toEqual([0, expect.stringMatching(/attacked .*exec +not allowed yet/)])
    const trusted = await sandbox.run('contexts', '--kubeconfig', kubeconfig, '--trust-exec', kubeconfig)
    expect(trusted.stdout).toMatch(/attacked .*exec +allowed/)
    expect(await runs()).toBe(0)
  })

  it('exits with 2, names the program and --trust-exec with the file, and runs nothing', async () => {
    const sandbox = await createSandbox()
    const { kubeconfig, program, runs } = await attacked(sandbox, "it's mine")

    const { code, stderr } = await sandbox.run(...check, '--kubeconfig', kubeconfig)
    expect([code, await runs()]).toEqual([2, 0])
    expect(stderr).toContain('CONSENT_NEEDED')
    expect(stderr).toContain(`run ${program} --for "a b"`)
    expect(stderr).toContain(`--trust-exec '${sandbox.folder}/it'\\''s mine'`)
  })

  it('runs the program with --trust-exec, for this command only', async () => {
    const sandbox = await createSandbox()
    const { kubeconfig, runs } = await attacked(sandbox)

    await sandbox.run(...check, '--kubeconfig', kubeconfig, '--trust-exec', kubeconfig)
    expect(await runs()).toBe(1)
    expect((await sandbox.run(...check, '--kubeconfig', kubeconfig)).code).toBe(2)
    expect(await runs()).toBe(1)
  })

  it('is not covered by --yes', async () => {
    const sandbox = await createSandbox()
    const { kubeconfig, runs } = await attacked(sandbox)
    const passphrase = await sandbox.file('passphrase', 'a passphrase of some length')
    const given = ['--profile', 'demo', '--context', 'attacked', '--passphrase-file', passphrase]

    const { code, stderr } = await sandbox.run('install', ...given, '--kubeconfig', kubeconfig, '--yes')
    expect([code, stderr, await runs()]).toEqual([2, expect.stringContaining('CONSENT_NEEDED'), 0])
  })
})

describe('a command without a terminal, where the settings name the helm of the PATH', () => {
  it('exits with 2, names --trust-exec with the helm, and runs it only with that option', async () => {
    const { sandbox, helm, ran, preflight } = await plantedHelm()

    const { code, stderr } = await sandbox.run(...preflight)
    expect([code, ran()]).toEqual([2, false])
    expect(stderr).toContain('HELM_CONSENT_NEEDED')
    expect(stderr).toContain(`--trust-exec ${helm}`)

    expect((await sandbox.run(...preflight, '--trust-exec', helm)).code).toBe(0)
    expect(ran()).toBe(true)
    expect((await sandbox.run(...preflight)).code).toBe(2)
  })
})

const reason = process.platform === 'linux' && existsSync('/usr/bin/script') ? '' : '(needs script of util-linux)'

describe.skipIf(reason !== '')(`a command in a terminal ${reason}`, () => {
  it.each(['', 'n', 'yess', 'allow'])('that is answered with "%s" runs nothing and exits with 2', async (answer) => {
    const sandbox = await createSandbox()
    const { kubeconfig, program, runs } = await attacked(sandbox)

    const { code, text } = await inTerminal([...check, '--kubeconfig', kubeconfig], sandbox, answer)
    expect(text).toContain(`run ${program} --for "a b"`)
    expect([code, text.match(/Allow it\?/g)?.length, await runs()]).toEqual([2, 1, 0])
  })

  it('that is answered with "o" runs the program once and remembers nothing', async () => {
    const sandbox = await createSandbox()
    const { kubeconfig, runs } = await attacked(sandbox)

    await inTerminal([...check, '--kubeconfig', kubeconfig], sandbox, 'o')
    expect(await runs()).toBe(1)
    expect((await sandbox.run('trust', 'list')).stderr).toContain('You have not allowed anything yet')
  })

  it('that is answered with "y" remembers it, until it is revoked', async () => {
    const sandbox = await createSandbox()
    const { kubeconfig, program, runs } = await attacked(sandbox)

    await inTerminal([...check, '--kubeconfig', kubeconfig], sandbox, 'y')
    await sandbox.run(...check, '--kubeconfig', kubeconfig)
    expect(await runs()).toBe(2)
    const { grants } = JSON.parse((await sandbox.run('trust', 'list', '--output', 'json')).stdout)
    expect(grants).toMatchObject([{ kind: 'sign-in', items: [{ path: program }] }])
    expect((await sandbox.run('trust', 'revoke', grants[0].id.slice(0, 8))).code).toBe(0)
    expect((await sandbox.run(...check, '--kubeconfig', kubeconfig)).code).toBe(2)
    expect(await runs()).toBe(2)
  })

  it('asks for the helm of the PATH, remembers it, and asks again after it was revoked', async () => {
    const { sandbox, helm, ran, preflight } = await plantedHelm()

    const refused = await inTerminal(preflight, sandbox, 'n')
    expect([refused.code, refused.text.match(/Allow it\?/g)?.length, ran()]).toEqual([2, 1, false])
    expect(refused.text).toContain(`Program: ${helm}`)
    const allowed = await inTerminal(preflight, sandbox, 'y')
    expect([allowed.code, ran()]).toEqual([0, true])
    expect((await sandbox.run(...preflight)).code).toBe(0)
    const { grants } = JSON.parse((await sandbox.run('trust', 'list', '--output', 'json')).stdout)
    expect(grants).toMatchObject([{ kind: 'program', path: helm }])
    expect((await sandbox.run('trust', 'revoke', grants[0].id.slice(0, 8))).code).toBe(0)
    expect((await sandbox.run(...preflight)).code).toBe(2)
  })
})
