import { join } from 'node:path'
import { packChart } from '../bed/source.ts'
import type { Registry } from './registry.ts'

const charts = join(import.meta.dirname, '..', '..', 'assets', 'charts')
const helmConfig = 'application/vnd.cncf.helm.config.v1+json'
const helmChart = 'application/vnd.cncf.helm.chart.content.v1.tar+gzip'

/** Pushes the gateway's chart to the vendor's registry as `helm push` would, at the path in the demo profile. */
export const stockVendorRegistry = async (registry: Registry, signal: AbortSignal): Promise<void> => {
  const { name, version, archive } = await packChart(join(charts, 'plane-gateway'))
  const config = { mediaType: helmConfig, bytes: Buffer.from(JSON.stringify({ name, version, apiVersion: 'v2' })) }
  await registry.push(`charts/${name}`, version, { config, layers: [{ mediaType: helmChart, bytes: archive }] }, signal)
}

/** Pushes an artifact to the registry of the private network, for the plane's registry to fetch. */
export const stockPrivateRegistry = async (registry: Registry, signal: AbortSignal): Promise<void> => {
  const config = { mediaType: 'application/vnd.oci.empty.v1+json', bytes: Buffer.from('{}') }
  const layer = { mediaType: 'text/plain', bytes: Buffer.from('What an image of the orders integration would hold.\n') }
  await registry.push('integrations/orders', '1.0.0', { config, layers: [layer] }, signal)
}
