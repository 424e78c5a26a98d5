import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { createApp } from './app.ts'
import type { Question } from './composition/confirmed-decisions.ts'

const kubeconfig = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Config',
  clusters: [
    { name: 'c', cluster: { server: 'https://127.0.0.1:1' } },
    { name: 'd', cluster: { server: 'https://127.0.0.1:2' } },
  ],
  users: [{ name: 'u', user: { token: 't' } }],
  contexts: [
    { name: 'home', context: { cluster: 'c', user: 'u' } },
    { name: 'elsewhere', context: { cluster: 'd', user: 'u' } },
  ],
})

it('a script in the desktop window cannot move a plane, and its credentials with it, to another cluster', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hangar-moved-'))
  vi.stubEnv('TERM', 'dumb')
  vi.stubEnv('DBUS_SESSION_BUS_ADDRESS', 'disabled:')
  await writeFile(join(folder, 'kubeconfig'), kubeconfig, { mode: 0o600 })
  const questions: Question[] = []
  const answers = [false, true]
  const app = await createApp({
    home: join(folder, 'state'),
    host: 'desktop',
    kubeconfig: join(folder, 'kubeconfig'),
    confirm: async (question) => {
      questions.push(question)
      return answers.shift() ?? false
    },
  })
  onTestFinished(async () => {
    await app.close()
    vi.unstubAllEnvs()
    await rm(folder, { recursive: true, force: true })
  })
  const { client } = app
  const { contexts } = await client.clusters.contexts()
  const idOf = (name: string) => contexts.find((context) => context.name === name)?.id ?? ''
  const { id: planeId } = await client.planes.create({
    name: 'p',
    profile: 'demo',
    contextId: idOf('home'),
    managementModel: 'self-managed',
    settings: {},
    overrides: {},
  })
  const move = () => client.planes.setContext({ planeId, contextId: idOf('elsewhere') })

  await expect(move()).rejects.toMatchObject({ code: 'NOT_CONFIRMED' })
  expect((await client.planes.get({ planeId })).contextName).toBe('home')
  expect((await move()).contextName).toBe('elsewhere')
  const question = {
    message: 'Use another cluster for p?',
    detail: expect.stringMatching(/Context: elsewhere\nServer: https:\/\/127\.0\.0\.1:2\n[\s\S]*Until now: home/),
  }
  expect(questions).toMatchObject([question, question])
})
