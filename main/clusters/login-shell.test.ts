import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { isRunning, processId } from '../lib/process-id.ts'
import { loginShellEnvironment, readMarked } from './login-shell.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hangar-shell-'))
  return () => rm(folder, { recursive: true })
})

async function writeShell(body: string): Promise<string> {
  const file = join(folder, 'shell')
  await writeFile(file, `#!/bin/sh\n${body}\n`)
  await chmod(file, 0o700)
  return file
}
const runLast = 'for last; do :; done\neval "$last"'
const soon = () => AbortSignal.timeout(9_000)

describe.skipIf(process.platform === 'win32')('loginShellEnvironment', () => {
  it('reads only the PATH and the named keys, and ignores other output of the shell', async () => {
    const shell = await writeShell(
      `echo welcome; export PATH="/a b:$PATH" NO_PROXY=.corp AWS_SECRET_ACCESS_KEY=CANARY\n${runLast}\necho bye`,
    )

    const environment = await loginShellEnvironment(shell, { PATH: process.env.PATH }, soon())

    expect(Object.keys(environment).toSorted()).toEqual(['NO_PROXY', 'PATH'])
    expect(environment.PATH).toMatch(/^\/a b:/)
  })

  it('works with the shells of this computer', async () => {
    const environment = await loginShellEnvironment('/bin/sh', process.env, soon())

    expect(environment.PATH?.length).toBeGreaterThan(0)
  })

  it('is empty if the shell fails or does not exist', async () => {
    expect(await loginShellEnvironment(await writeShell('exit 1'), {}, soon())).toEqual({})
    expect(await loginShellEnvironment(join(folder, 'none'), {}, soon())).toEqual({})
    expect(await loginShellEnvironment(undefined, {}, soon())).toEqual({})
  })

  it('leaves no process running when it is stopped', async () => {
    const shell = await writeShell(`sleep 60 & echo $! > ${folder}/pid; wait`)
    const stop = new AbortController()
    const result = loginShellEnvironment(shell, { PATH: process.env.PATH }, stop.signal).catch(
      (error: unknown) => error,
    )
    const readPid = async () => Number(await readFile(join(folder, 'pid'), 'utf8').catch(() => '0'))
    await expect.poll(readPid).toBeGreaterThan(0)
    const sleeper = processId(await readPid())

    stop.abort(new Error('enough'))

    expect(await result).toMatchObject({ message: 'enough' })
    await expect.poll(() => isRunning(sleeper)).toBe(false)
  })
})

describe('readMarked', () => {
  it.each([
    ['values with line ends and equals signs', 'M\nPATH=/a\nb=c\0HOME=/h\0\nM', { PATH: '/a\nb=c' }],
    ['no marks', 'PATH=/a', {}],
    ['a single mark, after the shell died', 'M\nPATH=/a\0', {}],
    ['text around the marks', 'hello\nM\nno_proxy=x\0M\nPATH=/after', { no_proxy: 'x' }],
  ])('reads %s', (_case, output, variables) => expect(readMarked(output, 'M')).toEqual(variables))
})
