import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createHelm } from './helm.ts'

/** A program in helm's place that prints its environment, and that environment as Hangar sets it. */
async function environmentOfHelm(): Promise<Readonly<Record<string, string>>> {
  const folder = await mkdtemp(join(tmpdir(), 'hangar-helm-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const path = join(folder, 'helm')
  await writeFile(path, '#!/bin/sh\nexec env\n', { mode: 0o755 })
  const helm = createHelm({ path, version: 'v4.3.1', verified: true }, join(folder, 'home'))
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
  const folder = await mkdtemp(join(tmpdir(), 'hangar-helm-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const path = join(folder, 'helm')
  await writeFile(path, '#!/bin/sh\ncat >&2\nexit 1\n', { mode: 0o755 })
  const helm = createHelm({ path, version: 'v4.3.1', verified: true }, join(folder, 'home'))
  const release = { name: 'agent', namespace: 'plane', file: 'chart.tgz', values: { password: 'canary-password' } }

  const failure = await helm
    .template(release, { version: 'v1.36.0', apiVersions: [] }, AbortSignal.timeout(10_000))
    .then(String, (error: unknown) => error)

  expect(failure).toMatchObject({ code: 'HELM_FAILED' })
  expect(JSON.stringify(failure) + String(failure)).not.toContain('canary-password')
})
