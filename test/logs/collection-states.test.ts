import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { stringify } from 'yaml'
import { createApp } from '../../main/app.ts'
import { LogStatus } from '../../preload/contract/logs.ts'
import { until } from '../bed/until.ts'
import { createSandbox, type Sandbox } from '../terminal/sandbox.ts'
import { PodLogServer } from './pod-log-server.ts'

const passphrase = 'a passphrase for tests'
const profile = {
  schemaVersion: 1,
  name: 'orders',
  title: 'Orders',
  description: 'Logs and nothing else.',
  managementModels: [{ id: 'self', title: 'Self', summary: 'You run it.', tasks: [] }],
  components: [{ id: 'orders', title: 'Orders', summary: 'Prints.', providedBy: 'vendor' }],
  releases: [],
  endpoints: [{ id: 'nowhere', component: 'orders', host: '127.0.0.1', port: 1, protocol: 'https' }],
  logSources: [
    { id: 'orders', title: 'Orders', component: 'orders', namespace: 'n', selector: 'app=orders', format: 'plain' },
  ],
}
const refusal = {
  status: 403,
  text: 'pods "orders-1" is forbidden: User "u" cannot get resource "pods/log" in API group "" in the namespace "n"',
}

/** An app with one plane whose pods are those of the server. */
async function appOf(server: PodLogServer, { state, file }: Sandbox) {
  await mkdir(join(state, 'profiles', 'orders'), { recursive: true })
  await writeFile(join(state, 'profiles', 'orders', 'profile.yaml'), stringify(profile))
  const kubeconfig = await file('kubeconfig', {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server: server.address } }],
    users: [{ name: 'u', user: {} }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
  })
  vi.stubEnv('DBUS_SESSION_BUS_ADDRESS', 'disabled:')
  const app = await createApp({ home: state, host: 'browser', kubeconfig })
  onTestFinished(() => app.close())
  const { client } = app
  await client.vault.unlock({ passphrase })
  const [context] = (await client.clusters.contexts()).contexts
  const plane = { name: 'orders', profile: 'orders', contextId: context?.id ?? '', managementModel: 'self' }
  const { id: planeId } = await client.planes.create(plane)
  const change = await client.planes.profileChange({ planeId })
  await client.planes.approveProfile({ planeId, digest: change?.digest ?? '' })
  return { client, planeId, kubeconfig }
}

it('reports a missing permission to the app, to another process and in the terminal, until it is granted', async () => {
  const server = new PodLogServer()
  await server.listen()
  onTestFinished(() => server.close())
  const pod = server.pod('orders-1')
  pod.container().start().print('a')
  server.fault = ({ kind }) => (kind === 'log' ? refusal : undefined)
  const sandbox = await createSandbox()
  const { client, planeId, kubeconfig } = await appOf(server, sandbox)
  const options = ['--kubeconfig', kubeconfig, '--passphrase-file', await sandbox.file('passphrase', passphrase)]
  const stateOf = async () => (await client.logs.status({ planeId })).sources[0]?.collection
  const reaches = (state: string) =>
    until(state, async () => (await stateOf())?.state === state, 20_000, AbortSignal.timeout(20_000))
  const refused = { state: 'refused', containers: 1, refused: 1, missingPermissions: ['get pods/log'] }

  expect(await stateOf()).toBeUndefined()
  const { id: operationId } = await client.logs.collect({ planeId })
  await reaches('refused')
  expect(await stateOf()).toMatchObject(refused)
  const stats = await sandbox.run('logs', 'stats', '--output', 'json', ...options)
  expect(LogStatus.parse(JSON.parse(stats.stdout)).sources[0]?.collection).toMatchObject(refused)

  server.fault = () => undefined
  pod.changed()
  await reaches('following')
  expect(await stateOf()).not.toHaveProperty('problem')
  await client.operations.cancel({ operationId })
  await until('The end', async () => (await stateOf()) === undefined, 10_000, AbortSignal.timeout(10_000))

  server.fault = ({ kind }) => (kind === 'log' ? refusal : undefined)
  const collected = await sandbox.run('logs', 'collect', '--for', '4s', ...options)
  expect(collected.stderr).toMatch(/✗ orders: refused since \S+: missing permission get pods\/log/)
}, 60_000)
