import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type App, type AppOptions, createApp } from './app.ts'
import type { Question } from './composition/confirmed-decisions.ts'
import type { Client } from './router.ts'
import { createTrust } from './trust/trust.ts'

/** An API server that does not respond: helm is looked for before it is needed. */
const kubeconfig = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Config',
  clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:1' } }],
  users: [{ name: 'u', user: { token: 't' } }],
  contexts: [{ name: 'demo', context: { cluster: 'c', user: 'u' } }],
})

describe.skipIf(process.platform === 'win32')('a helm that was planted on the PATH, and leaves a mark', () => {
  let folder: string
  let app: App

  beforeEach(async () => {
    // Not in the folder for temporary files, which everyone can write to: that helm would be refused for another reason.
    folder = await mkdtemp(join(homedir(), '.hangar-planted-'))
    await plant('first')
    await writeFile(join(folder, 'kubeconfig'), kubeconfig, { mode: 0o600 })
    vi.stubEnv('PATH', `${join(folder, 'bin')}:${process.env.PATH}`)
    // With it, the PATH of the login shell is not used.
    vi.stubEnv('TERM', 'dumb')
    vi.stubEnv('DBUS_SESSION_BUS_ADDRESS', 'disabled:')
  })

  afterEach(async () => {
    await app.close()
    vi.unstubAllEnvs()
    await rm(folder, { recursive: true, force: true })
  })

  async function plant(mark: string): Promise<void> {
    await mkdir(join(folder, 'bin'), { recursive: true })
    const script = `#!/bin/sh\ntouch '${join(folder, mark)}'\necho v4.3.1\n`
    await writeFile(join(folder, 'bin', 'helm'), script, { mode: 0o755 })
  }

  const ran = (mark: string): boolean => existsSync(join(folder, mark))
  const forget = (mark: string) => rm(join(folder, mark), { force: true })

  /** A window that has chosen the helm of the PATH, as a script in it can. */
  async function start(options: Partial<AppOptions> = {}): Promise<{ client: Client; planeId: string }> {
    app = await createApp({
      home: join(folder, 'state'),
      host: 'browser',
      kubeconfig: join(folder, 'kubeconfig'),
      ...options,
    })
    const { client } = app
    await client.settings.set({ helm: 'path' })
    const [context] = (await client.clusters.contexts()).contexts
    const plane = await client.planes.create({
      name: 'p',
      profile: 'demo',
      contextId: context?.id ?? '',
      managementModel: 'self-managed',
      settings: {},
      overrides: {},
    })
    return { client, planeId: plane.id }
  }

  /** Everything that looks for helm; resolves with the codes of what failed. */
  async function attemptAll(client: Client, planeId: string): Promise<unknown[]> {
    const codes: unknown[] = []
    const attempt = async (work: () => Promise<unknown>) => {
      await work().catch((error: { code?: unknown }) => codes.push(error.code))
    }
    await attempt(() => client.install.plan({ planeId, action: 'install' }))
    await attempt(async () => {
      const only = ['helm.self']
      for await (const event of await client.install.preflight({ planeId, only })) {
        if (event.kind === 'finished') codes.push(event.report.results.find(({ id }) => id === 'helm.self')?.verdict)
      }
    })
    return codes
  }

  const notAllowed = ['HELM_CONSENT_NEEDED', 'HELM_CONSENT_NEEDED']

  it('is not run before the user has allowed it, nor by showing it in the settings', async () => {
    const { client, planeId } = await start()
    expect(await client.trust.helm()).toMatchObject({
      given: false,
      path: join(folder, 'bin', 'helm'),
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      isScript: true,
    })
    expect(await attemptAll(client, planeId)).toEqual(notAllowed)
    await expect(client.trust.allowHelm({ consentId: 'invented' })).rejects.toMatchObject({ code: 'CONSENT_STALE' })
    expect(await attemptAll(client, planeId)).toEqual(notAllowed)
    expect(ran('first')).toBe(false)
  })

  it('is run once it is allowed, not after it was swapped, and not after another process revoked the consent', async () => {
    const { client, planeId } = await start()
    const { id } = await client.trust.helm()
    await client.trust.allowHelm({ consentId: id })
    expect(await attemptAll(client, planeId)).toContain('warn')
    expect(ran('first')).toBe(true)

    await forget('first')
    await plant('second')
    expect(await attemptAll(client, planeId)).toEqual(notAllowed)
    expect([ran('first'), ran('second')]).toEqual([false, false])

    await plant('first')
    expect(await attemptAll(client, planeId)).toContain('warn')
    await forget('first')
    const [grant] = (await client.trust.list()).filter(({ kind }) => kind === 'program')
    expect(grant).toMatchObject({ id, file: join(folder, 'bin', 'helm') })
    await createTrust(join(folder, 'state', 'trust.json'), () => undefined).revoke(id)
    expect(await attemptAll(client, planeId)).toEqual(notAllowed)
    expect(ran('first')).toBe(false)
  })

  it('is allowed in the desktop only by what the user confirms outside of the window', async () => {
    const questions: Question[] = []
    const answers = [false, true]
    const confirm = async (question: Question) => {
      questions.push(question)
      return answers.shift() ?? false
    }
    const { client, planeId } = await start({ host: 'desktop', confirm })
    const { id: consentId, sha256 } = await client.trust.helm()
    await expect(client.trust.allowHelm({ consentId: 'invented' })).rejects.toMatchObject({ code: 'CONSENT_STALE' })
    await expect(client.trust.allowHelm({ consentId })).rejects.toMatchObject({ code: 'NOT_CONFIRMED' })
    expect(await attemptAll(client, planeId)).toEqual(notAllowed)
    expect(ran('first')).toBe(false)

    await client.trust.allowHelm({ consentId })
    expect(await attemptAll(client, planeId)).toContain('warn')
    const facts = expect.stringContaining(`Program: ${join(folder, 'bin', 'helm')}\nSHA-256: ${sha256}\nIt is a script`)
    const question = { message: 'Allow Hangar to run this helm?', detail: facts }
    expect(questions.filter(({ accept }) => accept === 'Allow helm')).toMatchObject([question, question])
  })

  it('is run with --trust-exec of a command, which remembers nothing', async () => {
    const { client, planeId } = await start({ trustedFiles: [join(folder, 'bin', 'helm')] })
    expect(await attemptAll(client, planeId)).toContain('warn')
    expect(ran('first')).toBe(true)
    expect((await client.trust.list()).filter(({ kind }) => kind === 'program')).toEqual([])
  })
})
