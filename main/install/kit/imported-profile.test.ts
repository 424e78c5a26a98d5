import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { importedProfile } from './imported-profile.ts'
import { sampleManifest } from './sample.ts'

const digest = `sha256:${'c'.repeat(64)}`
const place = { name: 'web-kit', destination: { registry: 'kits.test:5000', prefix: '' }, insecure: false }
const profileOf = (clientProfiles: readonly unknown[]): string =>
  JSON.stringify({
    name: 'web',
    releases: [{ name: 'web', chart: { path: 'web' }, values: { image: 'registry.test/web:1' } }],
    endpoints: clientProfiles.map((clientProfile, index) => ({ id: `e${index}`, clientProfile })),
  })

it('files of certificates are named where the kit’s are, and nothing else of an endpoint changes', () => {
  const given = [{ trust: { file: '../ca.pem' }, proxy: 'none' }, { proxy: 'none' }, { trust: 'system' }, undefined]
  const others = [{ trust: { file: '/var/run/ca.crt' } }, { trust: { setting: 'servers.ca' } }]
  const manifest = { ...sampleManifest, certificates: [{ path: '../ca.pem', digest }] }
  const { endpoints } = parse(importedProfile(profileOf([...given, ...others]), manifest, 'd', place))
  const [first, ...rest] = endpoints.map(({ clientProfile }: { clientProfile?: unknown }) => clientProfile)
  expect(first).toEqual({ trust: { file: `certificates/${'c'.repeat(16)}.pem` }, proxy: 'none' })
  expect(rest).toEqual([...given.slice(1), ...others])
})
