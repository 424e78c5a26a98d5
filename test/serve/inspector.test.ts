import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { startServing } from '../e2e/serving.ts'

const reason = process.platform === 'win32' ? '(Windows has no SIGUSR1)' : ''

/** Node opens its inspector within a few milliseconds, and reports it. */
const inspectorMs = 1_000

/** What the process writes to standard error after SIGUSR1. */
async function afterSigusr1(child: ChildProcess): Promise<string> {
  let errors = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  child.kill('SIGUSR1')
  await sleep(inspectorMs)
  return errors
}

describe.skipIf(reason !== '')(`SIGUSR1 ${reason}`, () => {
  it('opens no inspector in "hangar serve", which continues', async () => {
    const home = await mkdtemp(join(tmpdir(), 'hangar-inspector-'))
    onTestFinished(() => rm(home, { recursive: true, force: true }))
    const serving = await startServing({ HANGAR_HOME: home, KUBECONFIG: join(home, 'none') })
    onTestFinished(() => serving.stop())

    expect(await afterSigusr1(serving.process)).not.toContain('Debugger')
    expect((await fetch(new URL('/', serving.address))).status).toBe(200)
  }, 180_000)

  it.each([[], ['--disable-sigusr1']])('opens one in a Node without protection: %j', async (...options) => {
    const child = spawn(process.execPath, [...options, '-e', 'setInterval(() => {}, 1000); console.log()'])
    onTestFinished(() => void child.kill('SIGKILL'))
    await new Promise((resolve) => child.stdout.once('data', resolve))

    expect((await afterSigusr1(child)).includes('Debugger listening')).toBe(options.length === 0)
  })

  it.each(['start', 'demo', 'dev'])('is disabled in "npm run %s", which starts a host', async (name) => {
    const file = await readFile(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8')
    const { scripts } = z.object({ scripts: z.record(z.string(), z.string()) }).parse(JSON.parse(file))

    expect(scripts[name]).toBe(`node --disable-sigusr1 scripts/${name}.ts`)
  })
})
