import { existsSync } from 'node:fs'
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { slugOf } from '../../main/profiles/draft/components.ts'
import { parseProfile } from '../../main/profiles/parse.ts'
import type { Profile } from '../../preload/contract/profiles.ts'
import { buildHelm } from '../../scripts/build-helm.ts'
import { BuildProblem, cacheRoot } from '../../scripts/build-programs.ts'
import { connectionTable } from '../demo/connection-table.ts'
import { type CommandResult, hangar } from '../demo/hangar.ts'

const assets = join(import.meta.dirname, '..', '..', 'assets')
const vendor = join(import.meta.dirname, 'vendor')

const read = async (file: string): Promise<Profile> => {
  const { profile, faults } = parseProfile(await readFile(file, 'utf8'), { quotes: true })
  if (profile === undefined) throw new Error(JSON.stringify(faults))
  return profile
}

/** Runs `hangar profile new` with a state of its own, and reads what it wrote. */
async function newProfile(
  name: string,
  sources: readonly string[],
): Promise<{ made: CommandResult; profile: Profile; text: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'hangar-vendor-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const output = join(folder, 'made')
  const environment = {
    HANGAR_HOME: join(folder, 'state'),
    HANGAR_CACHE: cacheRoot(),
    DBUS_SESSION_BUS_ADDRESS: 'disabled:',
  }
  const from = sources.flatMap((source) => ['--from', source])
  const made = await hangar(
    ['profile', 'new', ...from, '--name', name, '--accept', 'sure', '--output', output],
    environment,
  )
  if (made.code !== 0) throw new Error(`${made.stdout}\n${made.stderr}`)
  const file = join(output, 'profile.yaml')
  return { made, profile: await read(file), text: await readFile(file, 'utf8') }
}

let whyNot = ''
beforeAll(async () => {
  await buildHelm().catch((error: unknown) => {
    if (!(error instanceof BuildProblem)) throw error
    whyNot = error.message
  })
}, 600_000)

/** Settings have other names in a generated profile: `git.host` is `gitHost`. */
const tableOf = (profile: Profile): string[] =>
  connectionTable(profile, (text) =>
    String(text ?? '').replaceAll(/\$\{([\w.-]+)\}/g, (_all, setting: string) => `<${slugOf(setting)}>`),
  )

describe('a profile from a vendor’s files', () => {
  it('has the table of connections of the demo plane that was written by hand, but for titles', async ({ skip }) => {
    skip(whyNot !== '', whyNot)
    const { profile } = await newProfile('demo-made', [join(vendor, 'demo'), join(assets, 'charts')])
    const byHand = await read(join(assets, 'profiles', 'demo', 'profile.yaml'))
    expect(tableOf(profile)).toEqual(tableOf(byHand))
    const ofHelm = byHand.releases.map(({ name, namespace, timeoutSeconds }) => ({ name, namespace, timeoutSeconds }))
    expect(profile.releases.map(({ name, namespace }) => ({ name, namespace, timeoutSeconds: 180 }))).toEqual(ofHelm)
    const secrets = ({ credentials }: Profile) =>
      credentials
        .map(({ secret, keys }) => `${secret.type} ${secret.namespaces}/${secret.name}: ${keys.map(({ key }) => key)}`)
        .sort()
    expect(secrets(profile)).toEqual(secrets(byHand))
  })

  it('has what scripts and charts make hard to see, and runs none of them', async ({ skip }) => {
    skip(whyNot !== '', whyNot)
    const folder = await mkdtemp(join(tmpdir(), 'hangar-shop-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    await cp(join(vendor, 'shop'), folder, { recursive: true })
    const { made, profile, text } = await newProfile('shop', [folder])
    expect(existsSync(join(folder, 'it-ran'))).toBe(false)

    // The operator defines what the storefront uses, and creates the namespace of the database.
    expect(
      profile.releases.map(({ name, namespace, chart, timeoutSeconds, values }) => ({
        name,
        namespace,
        chart,
        timeoutSeconds,
        values,
      })),
    ).toEqual([
      {
        name: 'operator',
        namespace: 'shop-system',
        chart: { path: 'charts/operator' },
        timeoutSeconds: 600,
        values: { license: { server: '${license.server}' } },
      },
      {
        name: 'storefront',
        namespace: 'shop',
        chart: { path: 'charts/storefront' },
        timeoutSeconds: 300,
        values: { region: '${region}', payments: { host: 'payments.eu.shop.vendor.com' } },
      },
      {
        name: 'database',
        namespace: 'shop-data',
        chart: { path: 'charts/database' },
        timeoutSeconds: 300,
        values: { size: '${size}', backup: { url: 'https://${backupHost}' } },
      },
      {
        name: 'extras',
        namespace: 'shop',
        chart: { oci: 'oci://registry.shop.vendor.com/charts/extras', version: '1.0.0' },
        timeoutSeconds: 300,
        values: {},
      },
    ])
    expect(tableOf(profile)).toEqual([
      'database-primary | outbound | external | https | <backup-host>:',
      'operator | outbound | external | https | <license-server>:/check',
      'storefront | outbound | external | amqp091 | events.<region>.shop.vendor.com:5671',
      'storefront | outbound | external | https | payments.eu.shop.vendor.com:443/v2',
      'storefront | outbound | external | wss | hub.shop.vendor.com:/connect',
    ])
    expect(profile.credentials.map(({ secret, keys }) => `${secret.name}: ${keys.map(({ key }) => key)}`)).toEqual([
      'vendor-pull: .dockerconfigjson',
      'database-root: password',
    ])
    expect(profile.requirements).toMatchObject({
      kubernetes: '>=1.28',
      storageClass: true,
      customResources: ['certificates.cert-manager.io'],
      cpu: '1500m',
      memory: '3072Mi',
    })
    expect(profile.logSources.map(({ id, selector }) => `${id} ${selector}`)).toEqual([
      'operator app=operator',
      'storefront app=storefront',
      'database-primary app=database',
    ])
    expect(text).toMatch(/# unconfirmed \(likely\)[\s\S]+- name: database\n/)

    const unread = made.stdout.slice(made.stdout.indexOf('NOT READ'))
    for (const left of [
      /install\.sh:\d+ +eval helm install evaluated/,
      /install\.sh:\d+ +`touch/,
      /cat \(with a here-document of 1 line\)/,
      /helm upgrade --install \$\(uname\)[^\n]+known to the shell only/,
      /oci:\/\/registry\.shop\.vendor\.com\/charts\/latest[^\n]+no address with an exact version/,
      /rootPassword +A secret is no setting/,
      /token +A secret is no setting/,
      /type: LoadBalancer/,
      /postgresql/,
    ])
      expect(unread).toMatch(left)
    expect(made.stdout).not.toMatch(/never\.shop|legacy\.shop|home\.shop|links\.shop|docs-of-crd|not-a-release/)
  })
})
