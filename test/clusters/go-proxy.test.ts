import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { goProxyFor } from '../../main/lib/rules/go-proxy.ts'

const { PATH: path = '', HOME = '', GOCACHE = '' } = process.env
const withGo = { PATH: [path, '/usr/local/go/bin'].join(delimiter), HOME, ...(GOCACHE === '' ? {} : { GOCACHE }) }

function findGo(): string {
  try {
    return execFileSync('go', ['env', 'GOVERSION'], { env: withGo, encoding: 'utf8' }).trim()
  } catch {
    return ''
  }
}
const reason = findGo() === '' ? '(skipped: Go is not installed)' : ''

const hosts = [
  'foo.com',
  'bar.foo.com',
  'barfoo.com',
  'FOO.com',
  'foo.com.',
  'localhost',
  'local.localhost',
  '127.0.0.1',
  '127.9.9.9',
  '10.1.2.3',
  '11.1.2.3',
  '0.0.0.0',
  '[::1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:10.1.2.3]',
  '[::ffff:a01:203]',
  '[fd00::1]',
  '[fd00:0:0::1]',
  '[FD00::1]',
  '[fe80::1%25eth0]',
  '[::]',
  'www.示例.com',
  'www.xn--fsq092h.com',
  '010.1.2.3',
]
const ports = ['', ':8443', ':443']
const destinations = hosts.flatMap((host) => ports.map((port) => ({ host, port, url: `https://${host}${port}/x` })))

const entries = [
  '',
  '*',
  'x,*',
  'foo.com',
  'FOO.com',
  ' foo.com , x',
  'foo.com.',
  '.foo.com',
  '*.foo.com',
  '**.foo.com',
  '*foo.com',
  'oo.com',
  'foo.com:443',
  'foo.com:8443',
  'foo.com:',
  'foo.com:https',
  'foo.com:443:443',
  '*:443',
  '.com:8443',
  '10.1.2.3',
  '10.1.2.3:443',
  '10.1.2.3:80',
  '10.0.0.0/8',
  '10.0.0.0/08',
  '10.0.0.0/0',
  '10.0.0.0/33',
  '10.0.0.0/-1',
  '10.0.0.0/8:443',
  '010.0.0.0/8',
  '010.1.2.3',
  '10.1.2',
  '2.3',
  '0.0.0.0/0',
  '::/0',
  '::ffff:0:0/96',
  '::ffff:10.0.0.0/104',
  '::ffff:10.0.0.0/95',
  '::ffff:10.1.2.3',
  '[::ffff:10.1.2.3]:443',
  'fd00::/8',
  'fd00::1',
  'fd00:0::1',
  'FD00:0:0::1',
  '[fd00::1]',
  '[fd00::1]:443',
  '[fd00::1]:80',
  '[fd00::1]443',
  '[foo.com]:443',
  'fd00::1:443',
  'fe80::1',
  'fe80::1%eth0',
  '[fe80::1%eth0]:443',
  'fe80::/10',
  'fe80::%eth0/10',
  '127.0.0.0/8',
  'localhost',
  'localhost:443',
  ':443',
  ':',
  '/',
  '[',
  ']',
  '[]',
  '[]:443',
  '%',
  '.',
  '..',
  '示例.com',
  '.示例.com',
  '*.示例.com',
  'xn--fsq092h.com',
  'https://foo.com',
  'foo.com/x',
]

describe.skipIf(reason !== '')(`the proxy rules of Go ${reason}`, () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hangar-go-proxy-'))
    const source = join(import.meta.dirname, 'go-proxy/main.go')
    const env = { ...withGo, GO111MODULE: 'off', CGO_ENABLED: '0', GOFLAGS: '' }
    execFileSync('go', ['build', '-o', join(folder, 'go-proxy'), source], { env, stdio: 'pipe' })
  }, 180_000)
  afterAll(() => rm(folder, { recursive: true, force: true }))

  /** The answers of net/http, in the order of the destinations. */
  const askGo = (variables: Readonly<Record<string, string>>): readonly string[] =>
    execFileSync(join(folder, 'go-proxy'), {
      env: { ...variables },
      input: destinations.map(({ url }) => url).join('\n'),
      encoding: 'utf8',
    })
      .trim()
      .split('\n')

  const decide = (host: string, port: string, variables: Readonly<Record<string, string>>): string => {
    const bare = decodeURIComponent(host.replace(/^\[|\]$/g, ''))
    const destination = { scheme: 'https', host: bare, port: Number(port.slice(1) || '443') }
    return goProxyFor(destination, variables) ?? 'direct'
  }

  it.each(entries)('NO_PROXY="%s" is read as net/http reads it', (noProxy) => {
    const variables = { HTTPS_PROXY: 'http://proxy.test:3128', NO_PROXY: noProxy }
    const ours = destinations.map(({ host, port, url }) => `${url} ${decide(host, port, variables)}`)
    const theirs = askGo(variables)
    expect(ours).toEqual(destinations.map(({ url }, index) => `${url} ${theirs[index]}`))
  })

  it.each([
    {},
    { https_proxy: 'http://lower.test' },
    { HTTPS_PROXY: 'http://upper.test', https_proxy: 'http://lower.test' },
    { HTTPS_PROXY: '', https_proxy: 'http://lower.test' },
    { HTTPS_PROXY: 'http://proxy.test', NO_PROXY: '', no_proxy: '*' },
    { HTTPS_PROXY: 'http://proxy.test', NO_PROXY: 'foo.com', no_proxy: '*' },
    { HTTP_PROXY: 'http://proxy.test', ALL_PROXY: 'http://proxy.test' },
    { HTTPS_PROXY: 'proxy.test' },
    { HTTPS_PROXY: 'proxy.test:3128' },
    { HTTPS_PROXY: 'socks5://proxy.test:1080' },
    { HTTPS_PROXY: 'HTTP://proxy.test' },
  ])('%j names the proxy that net/http uses', (variables) => {
    const set: Readonly<Record<string, string>> = Object.fromEntries(Object.entries(variables))
    const ours = destinations.map(({ host, port }) => decide(host, port, set).toLowerCase())
    expect(ours).toEqual(askGo(set))
  })
})
