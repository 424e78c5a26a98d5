import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { Problem } from '../preload/contract/problem.ts'
import { explain, faultMessage, writeFault } from './fault.ts'

const thrownBy = (work: () => unknown): unknown => {
  try {
    return work()
  } catch (error) {
    return error
  }
}

const systemError = (code: string, message: string): Error => Object.assign(new Error(message), { code })

describe('explain', () => {
  it.each([
    ['an expected failure', new Problem('PORT_TAKEN', 'Port 80 cannot be used.'), /^Port 80 cannot be used\. Choose/],
    [
      'a full disk',
      systemError('ENOSPC', 'ENOSPC: no space left on device, write'),
      /no space left on device, write\. The disk is full/,
    ],
    ['a fault', new TypeError('x is not a function'), /^TypeError: x is not a function\. This is a bug in Hangar/],
    [
      'a rename that fails',
      systemError('ENOENT', "ENOENT: no such file, rename 'a' -> 'b'"),
      /rename 'a' -> 'b'\. This is a bug/,
    ],
    [
      'a time limit',
      new DOMException('aborted due to timeout', 'TimeoutError'),
      /^It did not finish in time\. Try again/,
    ],
    ['no error at all', 'text', /^A value of type string was thrown\. This is a bug/],
  ])('describes %s and what to do', (_what, error, sentence) => {
    expect(explain(error)).toMatch(sentence)
  })
})

describe('faultMessage', () => {
  it.each([
    ['a password in a URL', new Error('connect https://user:canary-one@host failed')],
    ['a token', new Error('refused: Authorization: Bearer canary-one-2-three')],
    ['what a JSON parser quotes', thrownBy(() => JSON.parse('canary-one, and more text that goes on and on'))],
    ['what a JSON parser quotes from the middle', thrownBy(() => JSON.parse('{"password": canary-one}'))],
  ])('keeps out %s', (_what, error) => {
    expect(faultMessage(error)).not.toContain('canary')
    expect(faultMessage(error)).not.toMatch(/^A value of/)
  })

  it('is one line of limited length', () => {
    expect(faultMessage(new Error(`first\nsecond ${'x'.repeat(1_000)}`))).toMatch(/^first second x{1,500}\.$/)
  })
})

describe('writeFault', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hangar-fault-'))
    onTestFinished(() => rm(folder, { recursive: true }))
  })

  it('keeps the stack and the causes, readable by the owner alone', async () => {
    const home = join(folder, 'home')
    const file = await writeFault(home, '1.2.3', new Error('outer', { cause: new TypeError('inner') }))

    expect(file).toBe(join(home, 'last-fault.txt'))
    const text = await readFile(join(home, 'last-fault.txt'), 'utf8')
    expect(text).toMatch(/Hangar 1\.2\.3[\s\S]*Error: outer\n +at [\s\S]*Caused by TypeError: inner\n +at /)
    expect((await stat(join(home, 'last-fault.txt'))).mode & 0o777).toBe(0o600)
  })

  it('gives no file where none can be written', async () => {
    await writeFile(join(folder, 'home'), '')

    expect(await writeFault(join(folder, 'home'), '1.2.3', new Error('x'))).toBeUndefined()
  })
})
