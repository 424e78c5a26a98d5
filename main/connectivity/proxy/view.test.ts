import { describe, expect, it } from 'vitest'
import { Endpoint } from '../../../preload/contract/profiles.ts'
import { type ProxiedTable, viewProxy } from './proxy.ts'

const endpoint = (given: Readonly<Record<string, unknown>>): Endpoint =>
  Endpoint.parse({ id: 'row', component: 'agent', protocol: 'https', host: 'remote.test', ...given })
const never = AbortSignal.timeout(10_000)
const proxy = 'http://proxy.test:3128'

const view = (
  endpoints: readonly Endpoint[],
  env: Readonly<Record<string, string>>,
  more: Partial<ProxiedTable> = {},
  request: Partial<Parameters<typeof viewProxy>[1]> = {},
): ReturnType<typeof viewProxy> => viewProxy({ endpoints, settings: {}, ...more }, { env, ...request }, never)

const entries = ({ advice }: { readonly advice: readonly { readonly entry: string }[] }): readonly string[] =>
  advice.map(({ entry }) => entry)

/** A cluster whose API server has the given responses and forbids all other paths. */
const clusterOf = (responses: Readonly<Record<string, unknown>>): NonNullable<ProxiedTable['cluster']> => ({
  open: () =>
    Promise.resolve({
      server: 'https://api.lab.test:6443',
      request: (_method, path) =>
        path in responses ? Promise.resolve(responses[path]) : Promise.reject(new Error('forbidden')),
    }),
})

describe('the interpretation of proxy settings', () => {
  it('is listed for each endpoint and kind of program, with their differences and without credentials', async () => {
    const rows = [
      endpoint({ id: 'git', host: 'api.github.com' }),
      endpoint({ id: 'bus', host: 'bus.remote.test', clientProfile: { proxy: 'none' } }),
      endpoint({ id: 'open', host: '${not.set}' }),
      endpoint({ id: 'in', direction: 'inbound' }),
    ]
    const result = await view(rows, { HTTPS_PROXY: 'http://petra:geheim@proxy.test:3128', NO_PROXY: 'github.com' })
    expect(JSON.stringify(result)).not.toMatch(/petra|geheim/)
    expect(result).toMatchObject({
      source: 'the environment of this computer',
      httpsProxy: proxy,
      noProxy: 'github.com',
    })
    expect(result.rows.map(({ endpoint: id, usesProxySettings, differs }) => [id, usesProxySettings, differs])).toEqual(
      [
        ['git', true, true],
        ['bus', false, false],
      ],
    )
    const { go, java } = result.rows[0]?.runtimes ?? {}
    expect(go).toEqual({ through: '', why: 'the NO_PROXY entry "github.com" matches it' })
    expect(java?.through).toBe(proxy)
  })

  it('is empty if there are no settings', async () => {
    expect(await view([endpoint({})], { NO_PROXY: 'a b' })).toMatchObject({ source: '', httpsProxy: '', advice: [] })
  })

  it('uses --proxy first, then the environment, then the system settings', async () => {
    const pac = { resolveProxy: () => Promise.resolve('PROXY pac.test:8080; DIRECT') }
    expect(await view([endpoint({})], { HTTPS_PROXY: proxy }, {}, { proxy: 'other.test:1', ...pac })).toMatchObject({
      source: '--proxy',
      httpsProxy: 'other.test:1',
    })
    expect((await view([endpoint({})], { HTTPS_PROXY: proxy }, {}, pac)).source).toContain('environment')
    const result = await view([endpoint({})], {}, {}, pac)
    expect(result).toMatchObject({ httpsProxy: 'http://pac.test:8080' })
    expect(result.source).toContain('PAC')
    expect(result.advice.at(-1)?.entry).toContain('HTTPS_PROXY=http://pac.test:8080')
    const direct = { resolveProxy: () => Promise.resolve('DIRECT') }
    expect((await view([endpoint({})], {}, {}, direct)).source).toBe('')
    const broken = { resolveProxy: () => Promise.reject(new Error('no PAC file')) }
    expect((await view([endpoint({})], {}, {}, broken)).source).toBe('')
  })
})

describe('advice', () => {
  const complete = 'localhost,127.0.0.1,.svc,.cluster.local,169.254.169.254'

  it('lists the entries that every cluster needs', async () => {
    const result = await view([endpoint({})], { HTTPS_PROXY: proxy, https_proxy: proxy })
    expect(entries(result)).toEqual(['.svc', '.cluster.local', '169.254.169.254', 'localhost,127.0.0.1'])
    expect(entries(await view([endpoint({})], { HTTPS_PROXY: proxy, NO_PROXY: complete }))).toEqual([])
  })

  it('lists the addresses that the cluster reports', async () => {
    const cluster = clusterOf({
      '/apis/networking.k8s.io/v1/servicecidrs': { items: [{ spec: { cidrs: ['10.96.0.0/16', 'fd00:1::/112'] } }] },
      '/api/v1/nodes?limit=20': {
        items: [
          {
            spec: { podCIDRs: ['10.244.0.0/24'] },
            status: {
              addresses: [
                { type: 'InternalIP', address: '192.0.2.10' },
                { type: 'Hostname', address: 'a' },
              ],
            },
          },
        ],
      },
      '/api/v1/namespaces/default/services/kubernetes': { spec: { clusterIPs: ['10.96.0.1'] } },
    })
    const result = await view([endpoint({})], { HTTPS_PROXY: proxy, NO_PROXY: complete }, { cluster })
    expect(entries(result)).toEqual([
      '10.96.0.0/16',
      'fd00:1::/112',
      '10.244.0.0/24',
      '192.0.2.10',
      '10.96.0.1',
      'api.lab.test',
    ])
    const covered = `${complete},10.0.0.0/8,fd00::/8,192.0.2.0/24,.lab.test`
    const missing = entries(await view([endpoint({})], { HTTPS_PROXY: proxy, NO_PROXY: covered }, { cluster }))
    // Only the ranges remain, because not every program reads them.
    expect(missing).toEqual(['10.0.0.0/8', 'fd00::/8', '192.0.2.0/24'])
  })

  it('leaves out an unreachable cluster, and what the user cannot read from it', async () => {
    const cluster = { open: () => Promise.reject(new Error('refused')) }
    const result = await view([endpoint({})], { HTTPS_PROXY: proxy, NO_PROXY: complete }, { cluster })
    expect(result.advice).toEqual([])
    const partial = await view([endpoint({})], { HTTPS_PROXY: proxy, NO_PROXY: complete }, { cluster: clusterOf({}) })
    expect(entries(partial)).toEqual(['api.lab.test'])
  })

  it('reports the proxy of the kubeconfig without its credentials', async () => {
    const cluster = { ...clusterOf({}), proxyUrl: 'socks5://petra:geheim@jump.test:1080' }
    const [first] = (await view([endpoint({})], {}, { cluster })).advice
    expect(first).toMatchObject({ entry: 'proxy-url' })
    expect(first?.message).toContain('through socks5://jump.test:1080')
  })

  it('lists endpoints of the private network that would use the proxy', async () => {
    const vault = endpoint({ id: 'vault', title: 'Key vault', host: 'vault.corp.test', scope: 'vpc' })
    const result = await view([vault], { HTTPS_PROXY: proxy, NO_PROXY: complete })
    expect(result.advice).toEqual([
      {
        entry: 'vault.corp.test',
        message: 'is missing: requests to "Key vault" (in the private network) would use the proxy.',
      },
    ])
    expect(entries(await view([vault], { HTTPS_PROXY: proxy, NO_PROXY: `${complete},.corp.test` }))).toEqual([])
  })

  it.each([
    ['a b', 'space'],
    ['http://x.test', 'scheme'],
    ['*.x.test', 'curl'],
    ['10.*', 'only by Java'],
    ['10.0.0.0/8', 'Java and Node do not'],
    ['x.test:443', 'Java and curl do not'],
    ['*', 'only entry'],
  ])('for the entry "%s" names the programs that misread it', async (entry, words) => {
    const result = await view([endpoint({})], { HTTPS_PROXY: proxy, NO_PROXY: `${complete},${entry}` })
    expect(result.advice.find((each) => each.entry === entry)?.message).toContain(words)
  })

  it('is empty for entries that all programs read alike', async () => {
    const noProxy = `${complete},.x.test,y.test,10.1.2.3,fd00::1`
    expect((await view([endpoint({})], { HTTPS_PROXY: proxy, NO_PROXY: noProxy })).advice).toEqual([])
    expect((await view([endpoint({})], { HTTPS_PROXY: proxy, NO_PROXY: '*' })).advice).toEqual([])
  })

  it('reports variables whose upper-case and lower-case values differ', async () => {
    const result = await view([endpoint({})], { HTTPS_PROXY: proxy, https_proxy: 'http://b:1', NO_PROXY: complete })
    expect(entries(result)).toEqual(['HTTPS_PROXY, https_proxy'])
    const clear = await view([endpoint({})], { HTTP_PROXY: proxy, NO_PROXY: complete })
    expect(entries(clear)).toEqual(['http_proxy'])
  })
})
