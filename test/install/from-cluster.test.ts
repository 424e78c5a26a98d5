import { execFileSync } from 'node:child_process'
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parse, stringify } from 'yaml'
import { openCluster } from '../../main/lib/kubernetes/open.ts'
import { withDefaults } from '../../main/profiles/settings-schema.ts'
import { skipReason } from '../bed/with-bed.ts'
import {
  connectionsWith,
  demoProfileFile,
  installByHand,
  readProfile,
  writeDemoList,
} from '../demo/installed-by-hand.ts'
import { createAuthority } from '../peers/authority.ts'
import { peerNames } from '../peers/peers.ts'
import { createSandbox } from '../terminal/sandbox.ts'
import { useInstallBed } from './install-bed.ts'
import { chartsFolder } from './setup.ts'

const reason = skipReason('real')
const password = 'hunter2-never-in-a-profile'
const endpoint = `          env:
            - name: VAULT_URL
              value: "https://{{ .Values.vault.host }}:{{ .Values.vault.port }}/v1/secret"
`

describe.skipIf(reason !== '')(`a profile from the releases of a cluster ${reason}`, () => {
  const on = useInstallBed('from-cluster')

  /** A chart with an address, a password and, on request, a chart inside of it. */
  async function chartIn(folder: string, name: string, dependencies: readonly object[] = []): Promise<string> {
    const chart = join(folder, name)
    await cp(join(chartsFolder, 'small'), chart, { recursive: true })
    const deployment = join(chart, 'templates', 'server.yaml')
    const text = await readFile(deployment, 'utf8')
    await writeFile(deployment, text.replace('          env:\n', endpoint))
    await writeFile(join(chart, 'Chart.yaml'), stringify({ apiVersion: 'v2', name, version: '0.1.0', dependencies }))
    await writeFile(join(chart, 'values.schema.json'), '{}')
    const values = parse(await readFile(join(chart, 'values.yaml'), 'utf8'))
    await writeFile(join(chart, 'values.yaml'), stringify({ ...values, on: 'off', vault: { host: '', port: 443 } }))
    return chart
  }

  it('has the releases that another helm installed; its plane adopts them, and no object changes', async () => {
    const sandbox = await createSandbox()
    const charts = join(sandbox.folder, 'charts')
    await mkdir(charts)
    const library = { name: 'shared', version: '0.1.0', repository: 'file://../shared' }
    const agent = await chartIn(charts, 'agent')
    const store = await chartIn(charts, 'store', [library])
    await mkdir(join(store, 'charts'), { recursive: true })
    await cp(agent, join(store, 'charts', 'shared'), { recursive: true })
    const inner = { apiVersion: 'v2', name: 'shared', version: '0.1.0', type: 'library' }
    await writeFile(join(store, 'charts', 'shared', 'Chart.yaml'), stringify(inner))
    const kubeconfig = ['--kubeconfig', on.bed.kubeconfig]
    const values = ['--set', 'vault.host=vault.corp.net,vault.port=8200', '--set', `vault.password=${password}`]
    for (const [name, chart] of [
      ['store', store],
      ['agent', agent],
    ] as const) {
      const where = ['--namespace', 'by-hand', '--create-namespace', '--wait']
      execFileSync(on.helm, ['install', name, chart, ...where, ...values, ...kubeconfig])
    }

    const output = join(sandbox.folder, 'made')
    const cluster = ['--from-cluster', '--context', on.bed.name, ...kubeconfig, '--name', 'made', '--accept', 'all']
    const alone = await sandbox.run('profile', 'new', ...cluster, '--output', `${output}-alone`)
    expect(alone.stdout).toMatch(/store 0\.1\.0 +Helm does not record the charts inside of it \(shared\)/)
    const made = await sandbox.run('profile', 'new', ...cluster, '--from', charts, '--output', output)
    expect([made.code, made.stderr]).toEqual([0, expect.stringContaining('2 releases, 2 endpoints')])

    const text = await readFile(join(output, 'profile.yaml'), 'utf8')
    expect(`${text}${made.stdout}${alone.stdout}`).not.toContain(password)
    expect(made.stdout).toMatch(/agent: vault\.password +A secret is no part of a profile/)
    const profile = parse(text)
    expect(profile.releases.map(({ name, values: of }: { name: string; values: object }) => [name, of])).toEqual([
      ['store', { vault: { host: '${vault.host}', port: '${vault.port}' } }],
      ['agent', { vault: { host: '${vault.host}', port: '${vault.port}' } }],
    ])
    expect(profile.endpoints.map(({ host, port }: { host: string; port: string }) => `${host}:${port}`)).toEqual([
      '${vault.host}:${vault.port}',
      '${vault.host}:${vault.port}',
    ])

    // The secret that the profile does not have is an override of the plane.
    const overrides = Object.fromEntries(['store', 'agent'].map((name) => [name, { vault: { password } }]))
    const file = join(sandbox.folder, 'values.yaml')
    await writeFile(file, stringify({ overrides }), { mode: 0o600 })
    const where = ['--profile', join(output, 'profile.yaml'), '--context', on.bed.name, ...kubeconfig]
    const passphrase = await sandbox.file('passphrase', 'correct horse battery staple 42')
    const secrets = ['--values', file, '--passphrase-file', passphrase]
    const plan = await sandbox.run('plan', ...where, ...secrets, '--output', 'json')
    const { steps, losses } = JSON.parse(plan.stdout)
    const shown = steps
      .filter(({ kind }: { kind: string }) => kind !== 'verify')
      .map(({ title, changes }: { title: string; changes: unknown[] }) => `${title}: ${changes.length} changes`)
    expect(shown).toEqual(['Adopt Store: 0 changes', 'Adopt Agent: 0 changes'])
    expect(losses.map(({ id }: { id: string }) => id)).toEqual(['adopt:store', 'adopt:agent'])

    const accepted = ['--accept-loss', 'adopt:store', '--accept-loss', 'adopt:agent']
    const plane = ['--plane', 'made', ...kubeconfig, '--passphrase-file', passphrase]
    const installed = await sandbox.run('install', ...plane, '--yes', ...accepted)
    expect([installed.code, installed.stderr]).toEqual([0, expect.any(String)])
    const again = await sandbox.run('plan', ...plane, '--output', 'json')
    expect(JSON.parse(again.stdout).steps.map(({ kind }: { kind: string }) => kind)).toEqual(['keep', 'keep'])
  }, 200_000)

  it('of the demo plane has the table of connections that was written by hand, but for titles', async () => {
    const sandbox = await createSandbox()
    const client = await openCluster({ files: [on.bed.kubeconfig], contextName: on.bed.name, environment: {} })
    onTestFinished(() => client.close())
    const { folder } = sandbox
    // Servers that do not exist: only what helm recorded matters here.
    const servers = peerNames.map((name, index) => [
      name,
      { host: `${name.toLowerCase()}.corp.net`, port: 30_000 + index },
    ])
    const ca = createAuthority().certificate
    const settings = {
      ...{ planeId: 'demo', image: 'hangar.test/node:24', resolver: '', servers: { ca } },
      ...{ helmControllerImage: 'hangar.test/helm-controller:1.6.2', ...Object.fromEntries(servers) },
    }
    const values = { settings, overrides: {} }
    const { kubeconfig } = on.bed
    const credentials = {}
    await installByHand(
      { client, kubeconfig, values, credentials, helm: on.helm, folder, wait: false },
      AbortSignal.timeout(60_000),
    )
    const byHand = await readProfile(demoProfileFile)
    const { releases } = byHand

    const output = join(folder, 'made')
    const cluster = ['--from-cluster', '--context', on.bed.name, '--kubeconfig', kubeconfig, '--accept', 'all']
    const sources = ['--from', join(folder, 'charts'), '--from', await writeDemoList(folder, values)]
    const namespaces = new Set(releases.map(({ namespace }) => namespace))
    const only = [...namespaces].flatMap((namespace) => ['--namespace', namespace])
    const made = await sandbox.run(
      'profile',
      'new',
      ...cluster,
      ...only,
      ...sources,
      '--name',
      'made',
      '--output',
      output,
    )
    expect([made.code, made.stderr]).toEqual([0, expect.stringContaining('7 releases, 13 endpoints')])
    const profile = await readProfile(join(output, 'profile.yaml'))
    expect(connectionsWith(profile, withDefaults(profile.settings, {}))).toEqual(connectionsWith(byHand, settings))
    for (const { name, namespace } of releases.toReversed())
      execFileSync(on.helm, ['uninstall', name, '--namespace', namespace, '--kubeconfig', kubeconfig])
  }, 120_000)

  it('names the permission that is missing', async () => {
    const sandbox = await createSandbox()
    const config = parse(await readFile(on.bed.kubeconfig, 'utf8'))
    for (const { user } of config.users) user.as = 'nobody'
    const kubeconfig = await sandbox.file('restricted', stringify(config))
    const from = ['profile', 'new', '--from-cluster', '--context', on.bed.name, '--kubeconfig', kubeconfig]
    const refused = await sandbox.run(...from, '--name', 'made', '--accept', 'all')
    expect(refused.code).toBe(2)
    expect(refused.stderr).toMatch(/CLUSTER_FORBIDDEN[\s\S]*"list" and "get" of "secrets"\) in all namespaces/)
    const one = await sandbox.run(...from, '--namespace', 'by-hand', '--name', 'made', '--accept', 'all')
    expect(one.stderr).toMatch(/in by-hand is not permitted to this user/)
  })
})
