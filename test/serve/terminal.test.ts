import { spawn, spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startServing } from '../e2e/serving.ts'

const reason =
  process.platform === 'linux' && spawnSync('script', ['--version']).status === 0
    ? ''
    : '(script of util-linux is needed)'

const program = join(import.meta.dirname, '..', '..', 'bin', 'hangar.js')
const startLimitMs = 180_000

/** Runs a shell command with `$HANGAR` on a terminal of its own, and collects what it prints. `quit` is typed at the end. */
async function onTerminal(command: string, quit: string) {
  const home = await mkdtemp(join(tmpdir(), 'hangar-terminal-'))
  const env = {
    ...process.env,
    HANGAR_HOME: home,
    KUBECONFIG: join(home, 'none'),
    HANGAR: `"${process.execPath}" "${program}" serve`,
  }
  const child = spawn('script', ['-qefc', command, '/dev/null'], { env, stdio: 'pipe' })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  onTestFinished(async () => {
    child.stdin.end(quit)
    if (child.exitCode === null) await new Promise((resolve) => child.once('exit', resolve))
    await rm(home, { recursive: true, force: true })
  })
  const addresses = (): string[] => output.match(/http:\/\/127\.[\d.]+:\d+\/#token=[\w-]{43}/g) ?? []
  return { child, addresses, output: () => output }
}

describe.skipIf(reason !== '')(`"hangar serve" on a terminal ${reason}`, () => {
  it(
    'prints another address for each Enter',
    async () => {
      const { child, addresses, output } = await onTerminal('eval $HANGAR', '\u0003')
      await expect.poll(output, { timeout: startLimitMs }).toContain('For another address press Enter')

      child.stdin.write('\n')
      await expect.poll(addresses).toHaveLength(2)

      child.stdin.write('\n')
      await expect.poll(addresses).toHaveLength(3)
      expect(new Set(addresses()).size).toBe(3)
    },
    startLimitMs,
  )

  it(
    'is not stopped in the background when a line is typed, and does not take it',
    async () => {
      const shell = `bash -ic 'eval "exec $HANGAR" & read -r line; echo "the shell read $line"; jobs; kill %1; wait'`
      const { child, addresses, output } = await onTerminal(shell, '\u0004')
      await expect.poll(output, { timeout: startLimitMs }).toContain('For another address')

      child.stdin.write('a line\n')
      await expect.poll(output).toContain('the shell read a line')
      await expect.poll(output).toMatch(/Running|Stopped/)

      expect(output()).not.toContain('Stopped')
      expect(addresses()).toHaveLength(1)
    },
    startLimitMs,
  )
})

it('listens on no address that others can reach: --host 0.0.0.0 is refused', async () => {
  await expect(startServing({}, [], ['--host', '0.0.0.0'])).rejects.toThrow('INPUT_INVALID')
})
