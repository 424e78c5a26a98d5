import { describe, expect, it } from 'vitest'
import { Endpoint } from '../../../preload/contract/profiles.ts'
import { type ProxiedTable, viewProxy } from './proxy.ts'

const endpoint = (given: Readonly<Record<string, unknown>>): Endpoint =>
  Endpoint.parse({ id: 'row', component: 'agent', protocol: 'https', host: 'far.test', ...given })
const never = AbortSignal.timeout(10_000)
const proxy = 'http://proxy.test:3128'

const view = (
  endpoints: readonly Endpoint[],
  env: Readonly<Record<string, string>>,
  more: Partial<ProxiedTable> = {},
  asked: Partial<Parameters<typeof viewProxy>[1]> = {},
): ReturnType<typeof viewProxy> => viewProxy({ endpoints, settings: {}, ...more }, { env, ...asked }, never)

const entries = ({ advice }: { readonly advice: readonly { readonly entry: string }[] }): readonly string[] =>
  advice.map(({ entry }) => entry)

/** A cluster that answers what it is given and nothing else. */
const clusterOf = (answers: Readonly<Record<string, unknown>>): NonNullable<ProxiedTable['cluster']> => ({
  open: () =>
    Promise.resolve({
      server: 'https://api.lab.test:6443',
      request: (_method, path) =>
        path in answers ? Promise.resolve(answers[path]) : Promise.reject(new Error('forbidden')),
    }),
})

describe('what proxy settings mean', () => {
  it('is told row by row, for each kind of program, and where they disagree', async () => {
    const rows = [
      endpoint({ id: 'git', host: 'api.github.com' }),
      endpoint({ id: 'bus', host: 'bus.far.test', clientProfile: { proxy: 'none' } }),
      endpoint({ id: 'open', host: '${not.set}' }),
      endpoint({ id: 'in', direction: 'inbound' }),
    ]
    const found = await view(rows, { HTTPS_PROXY: 'http://petra:geheim@proxy.test:3128', NO_PROXY: 'github.com' })
    expect(JSON.stringify(found)).not.toMatch(/petra|geheim/)
    expect(found).toMatchObject({
      source: 'the environment of this computer',
      httpsProxy: proxy,
      noProxy: 'github.com',
    })
    expect(found.rows.map(({ endpoint: id, usesProxySettings, differs }) => [id, usesProxySettings, differs])).toEqual([
      ['git', true, true],
      ['bus', false, false],
    ])
    const { go, java } = found.rows[0]?.runtimes ?? {}
    expect(go).toEqual({ through: '', why: 'the entry "github.com" of NO_PROXY names it' })
    expect(java?.through).toBe(proxy)
  })

  it('is nothing where there are none', async () => {
    expect(await view([endpoint({})], { NO_PROXY: 'a b' })).toMatchObject({ source: '', httpsProxy: '', advice: [] })
  })

  it('comes from what was asked for before the environment, and from the system after it', async () => {
    const pac = { resolveProxy: () => Promise.resolve('PROXY pac.test:8080; DIRECT') }
    expect(await view([endpoint({})], { HTTPS_PROXY: proxy }, {}, { proxy: 'other.test:1', ...pac })).toMatchObject({
      source: '--proxy',
      httpsProxy: 'other.test:1',
    })
    expect((await view([endpoint({})], { HTTPS_PROXY: proxy }, {}, pac)).source).toContain('environment')
    const found = await view([endpoint({})], {}, {}, pac)
    expect(found).toMatchObject({ httpsProxy: 'http://pac.test:8080' })
    expect(found.source).toContain('PAC')
    expect(found.advice.at(-1)?.entry).toContain('HTTPS_PROXY=http://pac.test:8080')
    const direct = { resolveProxy: () => Promise.resolve('DIRECT') }
    expect((await view([endpoint({})], {}, {}, direct)).source).toBe('')
    const broken = { resolveProxy: () => Promise.reject(new Error('no PAC file')) }
    expect((await view([endpoint({})], {}, {}, broken)).source).toBe('')
  })
})

describe('advice', () => {
  const whole = 'localhost,127.0.0.1,.svc,.cluster.local,169.254.169.254'

  it('names what is missing for a cluster', async () => {
    const found = await view([endpoint({})], { HTTPS_PROXY: proxy, https_proxy: proxy })
    expect(entries(found)).toEqual(['.svc', '.cluster.local', '169.254.169.254', 'localhost,127.0.0.1'])
    expect(entries(await view([endpoint({})], { HTTPS_PROXY: proxy, NO_PROXY: whole }))).toEqual([])
  })

  it('names the cluster’s own addresses, where it says them', async () => {
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
    const found = await view([endpoint({})], { HTTPS_PROXY: proxy, NO_PROXY: whole }, { cluster })
    expect(entries(found)).toEqual([
      '10.96.0.0/16',
      'fd00:1::/112',
      '10.244.0.0/24',
      '192.0.2.10',
      '10.96.0.1',
      'api.lab.test',
    ])
    const covered = `${whole},10.0.0.0/8,fd00::/8,192.0.2.0/24,.lab.test`
    const missing = entries(await view([endpoint({})], { HTTPS_PROXY: proxy, NO_PROXY: covered }, { cluster }))
    // What is left is that ranges are not read by everybody.
    expect(missing).toEqual(['10.0.0.0/8', 'fd00::/8', '192.0.2.0/24'])
  })

  it('does not wait for a cluster that is away, nor fail with it', async () => {
    const cluster = { open: () => Promise.reject(new Error('refused')) }
    const found = await view([endpoint({})], { HTTPS_PROXY: proxy, NO_PROXY: whole }, { cluster })
    expect(found.advice).toEqual([])
    const partly = await view([endpoint({})], { HTTPS_PROXY: proxy, NO_PROXY: whole }, { cluster: clusterOf({}) })
    expect(entries(partly)).toEqual(['api.lab.test'])
  })

  it('tells of the proxy that the kubeconfig names for itself', async () => {
    const cluster = { ...clusterOf({}), proxyUrl: 'socks5://petra:geheim@jump.test:1080' }
    const [told] = (await view([endpoint({})], {}, { cluster })).advice
    expect(told).toMatchObject({ entry: 'proxy-url' })
    expect(told?.message).toContain('through socks5://jump.test:1080')
  })

  it('names rows of the private network that would go through the proxy', async () => {
    const vault = endpoint({ id: 'vault', title: 'Key vault', host: 'vault.corp.test', scope: 'vpc' })
    const found = await view([vault], { HTTPS_PROXY: proxy, NO_PROXY: whole })
    expect(found.advice).toEqual([
      {
        entry: 'vault.corp.test',
        message: 'is missing: "Key vault" (in the private network) would be asked for through the proxy.',
      },
    ])
    expect(entries(await view([vault], { HTTPS_PROXY: proxy, NO_PROXY: `${whole},.corp.test` }))).toEqual([])
  })

  it.each([
    ['a b', 'blank'],
    ['http://x.test', 'scheme'],
    ['*.x.test', 'curl'],
    ['10.*', 'Java alone'],
    ['10.0.0.0/8', 'Java and Node do not'],
    ['x.test:443', 'Java and curl do not'],
    ['*', 'alone'],
  ])('says of the entry "%s" who does not understand it', async (entry, words) => {
    const found = await view([endpoint({})], { HTTPS_PROXY: proxy, NO_PROXY: `${whole},${entry}` })
    expect(found.advice.find((one) => one.entry === entry)?.message).toContain(words)
  })

  it('is silent about entries that all understand', async () => {
    const noProxy = `${whole},.x.test,y.test,10.1.2.3,fd00::1`
    expect((await view([endpoint({})], { HTTPS_PROXY: proxy, NO_PROXY: noProxy })).advice).toEqual([])
    expect((await view([endpoint({})], { HTTPS_PROXY: proxy, NO_PROXY: '*' })).advice).toEqual([])
  })

  it('says where upper and lower case disagree', async () => {
    const found = await view([endpoint({})], { HTTPS_PROXY: proxy, https_proxy: 'http://b:1', NO_PROXY: whole })
    expect(entries(found)).toEqual(['HTTPS_PROXY, https_proxy'])
    const clear = await view([endpoint({})], { HTTP_PROXY: proxy, NO_PROXY: whole })
    expect(entries(clear)).toEqual(['http_proxy'])
  })
})
