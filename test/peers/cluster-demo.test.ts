import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { Profile } from '../../preload/contract/profiles.ts'
import { bundleServices } from '../demo/cluster/bundle.ts'
import { imagesOf } from '../demo/cluster/images.ts'
import { onCluster, vantagesOf } from '../demo/cluster/profile.ts'
import { describeServers, serviceObjects } from '../demo/cluster/services.ts'
import { freePort } from './program.ts'

/** The most that a ConfigMap can hold (https://kubernetes.io/docs/concepts/configuration/configmap/). */
const configMapBytes = 1_048_576

describe('the services of a demo in a cluster', () => {
  let program = ''
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hangar-services-'))
    program = await bundleServices(folder)
    return () => rm(folder, { recursive: true })
  })

  it('are one program, which fits into a ConfigMap', () => {
    expect(Buffer.byteLength(program)).toBeLessThan(configMapBytes * 0.9)
  })

  it('serve with the certificate of their Secret, to the account of the plane', async () => {
    const servers = describeServers()
    const objects = serviceObjects({ servers, image: 'node', program, charts: {} })
    const secret = objects.find(({ kind, metadata }) => kind === 'Secret' && metadata.name === 'key-vault')
    const files = Object.entries(Object(secret?.stringData) as Record<string, string>)
    for (const [name, text] of files) await writeFile(join(folder, name), text)
    const port = await freePort()
    const env = { SERVICE: 'keyVault', HOST: servers.keyVault.host, ADDRESS: '127.0.0.1', FILES: folder }
    const child = spawn(process.execPath, [join(folder, 'services.mjs')], {
      env: { ...env, PORT: String(port) },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    onTestFinished(async () => {
      child.kill('SIGTERM')
      if (child.exitCode === null) await once(child, 'exit')
    })
    await once(child.stdout, 'data')

    const statusOf = async (token: string): Promise<number | undefined> => {
      const call = request({
        host: '127.0.0.1',
        port,
        servername: servers.keyVault.host,
        ca: servers.authority.certificate,
        path: '/v1/secret/data/plane/integrations',
        headers: { 'x-vault-token': token },
      }).end()
      const [response] = await once(call, 'response')
      response.resume()
      return response.statusCode
    }

    expect([await statusOf('other'), await statusOf(servers.keyVault.token)]).toEqual([403, 200])
  })

  it('get no private key but that of their own certificate', () => {
    const servers = describeServers()
    const text = JSON.stringify(serviceObjects({ servers, image: 'node', program: '', charts: {} }))
    expect(text).not.toContain(JSON.stringify(Object(servers.authority).key).slice(1, -1))
  })
})

describe('the profile of a demo in a cluster', () => {
  it('is valid, in scope of pods alone, and says which servers are small', async () => {
    const text = await readFile(join(import.meta.dirname, '../../assets/profiles/demo/profile.yaml'), 'utf8')
    const profile = onCluster(text)

    expect(Profile.parse(JSON.parse(JSON.stringify(profile)))).toEqual(JSON.parse(JSON.stringify(profile)))
    expect(new Set(profile.endpoints.map(({ scope }) => scope))).toEqual(new Set(['cluster']))
    expect(profile.endpoints.filter(({ note }) => note?.includes('In this demo a small server')).length).toBe(6)
    expect(vantagesOf(profile)).toEqual([
      ...['certificate-manager', 'secret-resolver', 'registry', 'flux', 'gateway', 'agent'].map(
        (id) => `component:${id}`,
      ),
      'component:local-adaptor',
      'component:enforcer',
      'pod',
    ])
  })
})

it('images come from the named registry, or the public ones', () => {
  expect(imagesOf('registry.example.test/m/').node).toBe('registry.example.test/m/node:24')
  expect(imagesOf(undefined).helmController).toMatch(/^ghcr\.io\/fluxcd\/helm-controller:v/)
})
