import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildHelm } from '../../scripts/build-helm.ts'
import { skipReason } from '../bed/with-bed.ts'
import { type DemoEnvironment, startDemoEnvironment } from '../demo/demo-environment.ts'
import { hangar } from '../demo/hangar.ts'

const isLong = process.env.HANGAR_LONG === '1'
const reason = [skipReason('real'), isLong ? '' : 'HANGAR_LONG=1 runs it; vendor-files.test.ts compares its table.']
  .filter(Boolean)
  .join(' ')
const root = join(import.meta.dirname, '..', '..')

describe.skipIf(reason !== '')(`a plane of a profile from the vendor's files ${reason}`, () => {
  // The servers run until this is aborted.
  const life = new AbortController()
  let folder: string
  let demo: DemoEnvironment
  let environment: Record<string, string>

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hangar-vendor-'))
    await buildHelm()
    demo = await startDemoEnvironment({ folder: join(folder, 'demo'), programs: 'small' }, life.signal)
    environment = {
      HANGAR_HOME: join(folder, 'home'),
      KUBECONFIG: demo.kubeconfig,
      DBUS_SESSION_BUS_ADDRESS: 'disabled:',
    }
  }, 280_000)
  afterAll(async () => {
    await demo?.close()
    life.abort()
    await rm(folder, { recursive: true, force: true })
  }, 90_000)

  const run = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await hangar(args, environment)
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) })
    return stdout
  }

  it('is installed, and its agent connects', async () => {
    const output = join(folder, 'made')
    const from = ['--from', join(root, 'test', 'terminal', 'vendor', 'demo'), '--from', join(root, 'assets', 'charts')]
    await run('profile', 'new', ...from, '--name', 'demo-made', '--accept', 'sure', '--output', output)

    // The same values under the names of the generated settings.
    const { image, resolver: _, helmControllerImage: _image, git, vendorRegistry, ...same } = demo.values.settings
    const addresses = {
      gitHost: Object(git).host,
      gitPort: Object(git).port,
      vendorRegistryHost: Object(vendorRegistry).host,
      vendorRegistryPort: Object(vendorRegistry).port,
    }
    const [values, passphrase] = [join(folder, 'values.json'), join(folder, 'passphrase')]
    await writeFile(values, JSON.stringify({ settings: { ...same, global: { image }, ...addresses } }))
    await writeFile(passphrase, 'correct horse battery staple 42', { mode: 0o600 })
    const profile = ['--profile', join(output, 'profile.yaml')]
    const secrets = ['--credentials', demo.credentialsFile, '--passphrase-file', passphrase]
    await run('install', ...profile, '--values', values, ...secrets, '--yes')
    expect(demo.peers.controlPlane.agents()).toHaveLength(1)
  }, 400_000)
})
