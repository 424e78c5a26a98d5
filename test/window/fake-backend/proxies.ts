import type { EndpointRow, ProxyView } from '../../../preload/contract/connectivity.ts'

const through = (url: string, why: string) => ({ through: url, why })
const proxy = 'http://proxy.corp:3128'

/** Settings with a gap, that programs read differently for one row. */
export const proxyView = (rows: readonly EndpointRow[]): ProxyView => ({
  source: 'the environment of this computer',
  httpsProxy: proxy,
  httpProxy: proxy,
  noProxy: 'localhost,127.0.0.1,.svc,10.0.0.0/8,registry.vendor.example',
  rows: rows.map(({ id }) => {
    const differs = id === 'registry'
    const other = differs ? through(proxy, 'nonProxyHosts has no entry for it') : through(proxy, 'no entry matches')
    const here = differs ? through('', 'registry.vendor.example is in NO_PROXY') : through(proxy, 'no entry matches')
    return {
      endpoint: id,
      usesProxySettings: id !== 'control-plane',
      runtimes: { go: here, java: other, node: here, curl: here },
      differs,
    }
  }),
  advice: [
    {
      entry: '.cluster.local',
      message: 'is missing: pods that call one another by full name would be sent to the proxy.',
    },
    { entry: '10.0.0.0/8', message: 'is read as a range by Go and curl, and as a name by Java: list the names too.' },
  ],
})
