import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { kinds } from '../../main/install/observe/kinds.ts'
import type { KubernetesClient } from '../../main/lib/kubernetes/client.ts'
import { listObjects } from '../../main/lib/kubernetes/objects.ts'
import { openCluster } from '../../main/lib/kubernetes/open.ts'
import { withDefaults } from '../../main/profiles/settings-schema.ts'
import type { Profile } from '../../preload/contract/profiles.ts'
import { buildHelm } from '../../scripts/build-helm.ts'
import { skipReason } from '../bed/with-bed.ts'
import { type DemoEnvironment, startDemoEnvironment } from '../demo/demo-environment.ts'
import { hangar } from '../demo/hangar.ts'
import {
  connectionsWith,
  demoProfileFile,
  installByHand,
  readProfile,
  writeDemoList,
} from '../demo/installed-by-hand.ts'

const isLong = process.env.HANGAR_LONG === '1'
const reason = [
  skipReason('real'),
  isLong ? '' : 'HANGAR_LONG=1 runs it; vendor-files.test.ts and from-cluster.test.ts compare its table.',
]
  .filter(Boolean)
  .join(' ')
const root = join(import.meta.dirname, '..', '..')

describe.skipIf(reason !== '')(`the demo plane with a profile that nobody wrote by hand ${reason}`, () => {
  // The servers run until this is aborted.
  const life = new AbortController()
  let folder: string
  let demo: DemoEnvironment
  let helm: string
  let passphrase: string
  let profile: Profile

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hangar-vendor-'))
    helm = await buildHelm()
    profile = await readProfile(demoProfileFile)
    demo = await startDemoEnvironment({ folder: join(folder, 'demo'), programs: 'small' }, life.signal)
    passphrase = join(folder, 'passphrase')
    await writeFile(passphrase, 'correct horse battery staple 42', { mode: 0o600 })
  }, 280_000)
  afterAll(async () => {
    await demo?.close()
    life.abort()
    await rm(folder, { recursive: true, force: true })
  }, 90_000)

  /** Hangar with a state of its own. */
  const hangarIn =
    (home: string) =>
    async (...args: string[]): Promise<string> => {
      const environment = {
        HANGAR_HOME: join(folder, home),
        KUBECONFIG: demo.kubeconfig,
        DBUS_SESSION_BUS_ADDRESS: 'disabled:',
      }
      const { code, stdout, stderr } = await hangar(args, environment)
      expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) })
      return stdout
    }

  it('made from the releases of the cluster, adopts them: no object is made again or changed', async () => {
    const run = hangarIn('adopting')
    const { values, credentials, kubeconfig } = demo
    const client = await openCluster({ files: [kubeconfig], contextName: demo.bed.name, environment: {} })
    onTestFinished(() => client.close())
    await installByHand(
      { client, kubeconfig, values, credentials, helm, folder, wait: true },
      AbortSignal.timeout(300_000),
    )
    const installed = await identities(client, profile.releases)
    expect(installed.filter((each) => each.startsWith('Deployment '))).toHaveLength(12)

    const output = join(folder, 'from-cluster')
    const sources = ['--from', join(folder, 'charts'), '--from', await writeDemoList(folder, values)]
    await run(
      'profile',
      'new',
      '--from-cluster',
      ...sources,
      '--name',
      'adopted',
      '--accept',
      'all',
      '--output',
      output,
    )
    const made = await readProfile(join(output, 'profile.yaml'))
    expect(connectionsWith(made, withDefaults(made.settings, {}))).toEqual(connectionsWith(profile, values.settings))

    const opened = ['--passphrase-file', passphrase]
    const plan = ['plan', '--profile', join(output, 'profile.yaml'), '--plane', 'adopted', '--output', 'json']
    const { losses } = JSON.parse(await run(...plan, ...opened))
    const ids = losses.map(({ id }: { id: string }) => id)
    expect(ids).toEqual(made.releases.map(({ name }) => `adopt:${name}`))
    const accepted = ids.flatMap((id: string) => ['--accept-loss', id])
    await run('install', '--plane', 'adopted', ...opened, '--yes', ...accepted)
    expect(await identities(client, profile.releases)).toEqual(installed)

    const again = JSON.parse(await run('plan', '--plane', 'adopted', ...opened, '--output', 'json'))
    expect(new Set(again.steps.map(({ kind }: { kind: string }) => kind))).toEqual(new Set(['keep']))
    // The Secrets stay, and the plane of the next test uses them.
    for (const { name, namespace } of profile.releases.toReversed())
      execFileSync(helm, ['uninstall', name, '--namespace', namespace, '--kubeconfig', kubeconfig, '--wait'])
  }, 500_000)

  it('made from the vendor’s files, is installed, and its agent connects', async () => {
    const run = hangarIn('installing')
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
    const values = join(folder, 'values.json')
    await writeFile(values, JSON.stringify({ settings: { ...same, global: { image }, ...addresses } }))
    const made = ['--profile', join(output, 'profile.yaml')]
    const secrets = ['--credentials', demo.credentialsFile, '--passphrase-file', passphrase]
    await run('install', ...made, '--values', values, ...secrets, '--yes')
    expect(demo.peers.controlPlane.agents()).toHaveLength(1)
  }, 400_000)
})

const compared = [kinds.deployment, kinds.pod, kinds.service, kinds.claim, kinds.serviceAccount] as const

/** The objects of the plane with what would change if they were made again or changed. */
async function identities(client: KubernetesClient, releases: Profile['releases']): Promise<string[]> {
  const signal = AbortSignal.timeout(30_000)
  const namespaces = [...new Set(releases.map(({ namespace }) => namespace))]
  const lists = await Promise.all(
    namespaces.flatMap((namespace) =>
      compared.map(async (kind) =>
        (await listObjects(client, kind, { namespace }, signal)).map(
          ({ metadata }) =>
            `${kind.kind} ${namespace}/${metadata?.name} ${metadata?.uid} ${metadata?.generation ?? ''}`,
        ),
      ),
    ),
  )
  return lists.flat().toSorted()
}
