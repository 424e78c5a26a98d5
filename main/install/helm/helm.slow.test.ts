import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { Problem } from '../../../preload/contract/problem.ts'
import { kubeconfigFolder } from '../../../test/clusters/kubeconfig-folder.ts'
import { createHelm, type Helm, withoutPlainHttp } from './helm.ts'

/** A shell script in helm's place. */
async function helmOf(script: string, recheck: () => Promise<void> = async () => undefined): Promise<Helm> {
  const folder = await mkdtemp(join(tmpdir(), 'hangar-helm-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const path = join(folder, 'helm')
  await writeFile(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  return createHelm({ path, version: 'v4.3.1', verified: true, recheck }, join(folder, 'home'))
}

/** The environment as Hangar sets it. */
async function environmentOfHelm(): Promise<Readonly<Record<string, string>>> {
  const helm = await helmOf('exec env')
  const printed = await helm.local(['version'], AbortSignal.timeout(10_000))
  return Object.fromEntries(
    printed.split('\n').map((line) => [line.split('=', 1)[0], line.slice(line.indexOf('=') + 1)]),
  )
}

describe.skipIf(process.platform === 'win32')('the environment of helm', () => {
  it('turns plugins off, and names folders of Hangar for everything that helm loads', async () => {
    const { HELM_NO_PLUGINS, ...environment } = await environmentOfHelm()

    expect(HELM_NO_PLUGINS).toBe('1')
    const folders = Object.keys(environment).filter((name) => name.startsWith('HELM_'))
    expect(folders.sort()).toEqual([
      'HELM_CACHE_HOME',
      'HELM_CONFIG_HOME',
      'HELM_CONTENT_CACHE',
      'HELM_DATA_HOME',
      'HELM_REGISTRY_CONFIG',
      'HELM_REPOSITORY_CACHE',
      'HELM_REPOSITORY_CONFIG',
    ])
    for (const name of folders) expect(environment[name]).toContain(join('home', 'helm'))
  })

  it('inherits no plugin folder, driver, token or secret of the user', async () => {
    const foreign = {
      HELM_PLUGINS: '/home/user/plugins',
      HELM_DRIVER: 'sql',
      HELM_NO_PLUGINS: '0',
      HELM_KUBETOKEN: 'canary',
      KUBECONFIG: '/home/user/.kube/config',
      AWS_SECRET_ACCESS_KEY: 'canary',
    }
    for (const [name, value] of Object.entries(foreign)) vi.stubEnv(name, value)
    onTestFinished(() => void vi.unstubAllEnvs())

    const environment = await environmentOfHelm()

    for (const [name, value] of Object.entries(foreign)) expect(environment[name]).not.toBe(value)
  })
})

it.skipIf(process.platform === 'win32')('an error of helm does not repeat a secret of the values', async () => {
  const helm = await helmOf('cat >&2\nexit 1')
  const release = { name: 'agent', namespace: 'plane', file: 'chart.tgz', values: { password: 'canary-password' } }

  const failure = await helm
    .template(release, { version: 'v1.36.0', apiVersions: [] }, AbortSignal.timeout(10_000))
    .then(String, (error: unknown) => error)

  expect(failure).toMatchObject({ code: 'HELM_FAILED' })
  expect(JSON.stringify(failure) + String(failure)).not.toContain('canary-password')
})

describe.skipIf(process.platform === 'win32')(
  'a helm that was replaced, or whose consent was revoked, after it was found',
  () => {
    const refused = new Problem('HELM_CONSENT_NEEDED', 'It changed.')
    const release = { name: 'agent', namespace: 'plane', file: 'chart.tgz', values: {} }

    /** What it would write if it ran is an error of its own. */
    const helm = () => helmOf('exit 1', () => Promise.reject(refused))

    it('does not render when it is not permitted any more', async () => {
      const rendering = (await helm()).template(
        release,
        { version: 'v1.36.0', apiVersions: [] },
        AbortSignal.timeout(5_000),
      )
      await expect(rendering).rejects.toBe(refused)
    })

    it('does not change the cluster when it is not permitted any more', async () => {
      const { folder, connection, remove } = await kubeconfigFolder({ server: 'https://127.0.0.1:1' }, { token: 't' })
      onTestFinished(remove)
      const change = { connection, timeoutSeconds: 5, started: async () => undefined }
      const changing = (await helm()).undo(['uninstall', folder], change, AbortSignal.timeout(5_000))
      await expect(changing).rejects.toBe(refused)
    })
  },
)

describe.skipIf(process.platform === 'win32')('the memory of helm', () => {
  it('is limited: a helm that exceeds the limit is killed, and the message names the limit', async () => {
    const grow = 'const kept = []; setInterval(() => kept.push(Buffer.alloc(100e6, 1)), 5)'
    const helm = await helmOf(`exec "${process.execPath}" -e '${grow}'`)
    await expect(helm.local(['template', 'a'], AbortSignal.timeout(30_000))).rejects.toMatchObject({
      code: 'HELM_FAILED',
      message: 'helm template a needed more than 1024 MiB of memory and was ended.',
    })
  }, 30_000)
})

describe('the proxies of a download', () => {
  it.each([
    [{}, { HTTP_PROXY: 'http://127.0.0.1:0' }],
    [{ no_proxy: '*', http_proxy: 'http://p' }, { HTTP_PROXY: 'http://127.0.0.1:0' }],
    [
      { HTTPS_PROXY: 'http://p', NO_PROXY: 'internal', HTTP_PROXY: 'http://p' },
      { HTTPS_PROXY: 'http://p', NO_PROXY: 'internal', HTTP_PROXY: 'http://127.0.0.1:0' },
    ],
  ])('%j: %j, so that plain HTTP fails', (environment, expected) => {
    expect(withoutPlainHttp(environment)).toEqual(expected)
  })
})
