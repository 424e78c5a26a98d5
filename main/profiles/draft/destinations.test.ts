import { expect, it } from 'vitest'
import { startCpuTime } from '../../../test/cpu-time.ts'
import { destinationsIn, excludedBecause, isPrivate } from './destinations.ts'

const cases: readonly [key: string, text: string, destinations: string[]][] = [
  ['X', 'https://api.vendor.com:8443/v1?x=1', ['https api.vendor.com 8443 /v1?x=1']],
  ['X', 'amqps://user:secret@mq.vendor.com', ['amqps mq.vendor.com - -']],
  ['X', 'a.vendor.com:443,b.vendor.com:5671', ['- a.vendor.com 443 -', '- b.vendor.com 5671 -']],
  [
    'X',
    'http://10.0.0.1:80 [2001:db8::1] https://[2001:db8::1]:443',
    ['http 10.0.0.1 80 -', 'https 2001:db8::1 443 -'],
  ],
  ['API_HOST', 'api.vendor.com', ['- api.vendor.com - -']],
  ['NAME', 'api.vendor.com', []],
  ['CONFIG_URL', 'config.yaml', []],
  ['X', 'image:1.2.3 node.js:20', []],
  ['X', '# see https://docs.vendor.com\n// http://x.vendor.com\nurl: https://a.vendor.com', ['https a.vendor.com - -']],
  ['X', 'host=hangar-setting-3.invalid;port=1', ['- hangar-setting-3.invalid - -']],
  ['X', 'hangar-setting-3.invalid:5671', ['- hangar-setting-3.invalid 5671 -']],
  ['X', 'https://a..vendor.com https://-', []],
  ['X', '12:30:45 a.b:99999', []],
]
it.each(cases)('%s: %s', (key, text, expected) => {
  expect(
    destinationsIn(text, key).map(
      ({ scheme = '-', host, port = '-', path = '-' }) => `${scheme} ${host} ${port} ${path}`,
    ),
  ).toEqual(expected)
})

it.each([
  ['api.vendor.com', undefined],
  ['hangar-setting-1.invalid', undefined],
  ['10.1.2.3', undefined],
  ['registry.plane.svc', 'cluster'],
  ['a.b.svc.cluster.local', 'cluster'],
  ['redis', 'cluster'],
  ['localhost', 'local'],
  ['127.0.0.1', 'local'],
  ['169.254.169.254', 'local'],
  ['::1', 'local'],
  ['example.com', 'documentation'],
  ['docs.vendor.com', 'documentation'],
  ['www.w3.org', 'documentation'],
])('%s is excluded as %s', (host, why) => expect(excludedBecause(host)).toBe(why))

it.each(['10.1.2.3', '172.20.0.1', 'vault.corp', 'x.privatelink.vaultcore.azure.net'])('%s is private', (host) =>
  expect(isPrivate(host)).toBe(true),
)
it.each(['11.1.2.3', '172.32.0.1', 'vault.azure.net'])('%s is not private', (host) =>
  expect(isPrivate(host)).toBe(false),
)

it('texts are searched in linear time', () => {
  const cpuMs = startCpuTime()
  for (const piece of ['a.', 'https://', 'x@', '1.', 'a-', 'hangar-setting-', '://a', ':1'])
    destinationsIn(piece.repeat(100_000), 'HOST')
  expect(cpuMs()).toBeLessThan(3_000)
})
