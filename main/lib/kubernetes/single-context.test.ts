import { readdirSync, readFileSync } from 'node:fs'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readKubeconfig, usableContext } from './kubeconfig.ts'
import { isSound, programKubeconfig, singleContext } from './single-context.ts'

const corpus = join(import.meta.dirname, '../../../test/corpus/kubeconfig')
const single = readdirSync(corpus).filter((name) => readdirSync(join(corpus, name)).includes('config'))

describe('singleContext', () => {
  it.each(single)('of %s keeps each usable context as in the whole file', async (name) => {
    const file = join(corpus, name, 'config')
    const whole = readKubeconfig([{ file, text: readFileSync(file, 'utf8') }])
    for (const { name: contextName, fault, cluster, user, namespace } of whole.contexts) {
      if (fault !== undefined) continue
      const text = singleContext(usableContext(whole, contextName))

      const [only, ...others] = readKubeconfig([{ file: '/elsewhere/config', text }]).contexts
      expect(others).toEqual([])
      expect(only).toMatchObject({ name: contextName, cluster })
      expect(only?.namespace).toBe(namespace)
      expect({ ...only?.user, exec: undefined }).toEqual({ ...user, exec: undefined })
      expect(only?.user?.exec).toEqual(user?.exec && { interactiveMode: 'IfAvailable', ...defined(user.exec) })
    }
  })

  it('omits another user that is malformed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'hangar-single-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const file = join(folder, 'config')
    await writeFile(file, readFileSync(join(corpus, 'one-user-is-broken-yaml/config')))

    const { text } = await programKubeconfig({ files: [file], contextName: 'second', environment: {} })

    expect(JSON.parse(text ?? '').users).toEqual([{ name: 'second', user: { token: 'CANARY' } }])
    await expect(programKubeconfig({ files: [file], contextName: 'first', environment: {} })).rejects.toMatchObject({
      code: 'KUBECONFIG_INVALID',
    })
  })
})

describe.skipIf(process.platform === 'win32')('a program', () => {
  /** Not in a temporary folder, to which everyone can write. */
  async function kubeconfigWith(mode: number): Promise<string> {
    const folder = await mkdtemp(join(homedir(), '.hangar-single-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const file = join(folder, 'config')
    await writeFile(file, readFileSync(join(corpus, 'token/config')))
    await chmod(file, mode)
    return file
  }
  const given = async (file: string) => {
    const { contexts } = readKubeconfig([{ file, text: readFileSync(file, 'utf8') }])
    return await programKubeconfig({ files: [file], contextName: contexts[0]?.name ?? '', environment: {} })
  }

  it('reads a kubeconfig that only this user can change', async () => {
    expect((await given(await kubeconfigWith(0o600))).text).toBeUndefined()
  })

  it('gets a copy of one that others can change: they could add a program before it is read', async () => {
    expect((await given(await kubeconfigWith(0o666))).text).toContain('current-context')
  })
})

describe('isSound', () => {
  it.each([
    ['token', true],
    ['merge-beside-broken', false],
    ['certificate-not-base64', false],
    ['one-entry-is-broken-yaml', false],
    ['one-user-is-broken-yaml', false],
    ['duplicate-context', false],
    ['insecure-flag-quoted', false],
    ['folded-certificate', false],
    ['names-that-look-like-numbers', false],
    ['extensions-of-minikube', true],
  ])('of %s in the corpus is %s', async (name, sound) => {
    const texts = readdirSync(join(corpus, name))
      .filter((each) => !each.startsWith('expected'))
      .map((each) => join(corpus, name, each))
      .map((file) => ({ file, text: readFileSync(file, 'utf8') }))
    expect(isSound(readKubeconfig(texts))).toBe(sound)
  })
})

const defined = (value: object): object =>
  Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined))
