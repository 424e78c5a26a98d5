import type { EndpointRow } from '../../../preload/contract/connectivity.ts'

const row = (
  part: Partial<EndpointRow> & Pick<EndpointRow, 'id' | 'component' | 'componentTitle' | 'title'>,
): EndpointRow => ({
  host: `${part.id}.vendor.example`,
  port: 443,
  protocol: 'https',
  path: '',
  tls: true,
  serverName: '',
  direction: 'outbound',
  scope: 'external',
  required: true,
  inspection: 'with-ca',
  note: '',
  ...part,
})

const agent = { component: 'agent', componentTitle: 'Agent' }
const gateway = { component: 'gateway', componentTitle: 'Gateway, adaptor and enforcer' }

/** The table of the sample plane. */
export const rows: readonly EndpointRow[] = [
  row({
    id: 'control-plane',
    ...agent,
    title: 'Control plane',
    protocol: 'wss',
    inspection: 'never',
    note: 'Mutual TLS: a proxy that re-signs breaks it.',
  }),
  row({ id: 'telemetry', ...agent, title: 'Telemetry', required: false, host: '' }),
  row({ id: 'global-adaptor', ...gateway, title: 'Global adaptor' }),
  row({ id: 'service-bus', ...gateway, title: 'Service bus', port: 5671, protocol: 'amqp1' }),
  row({ id: 'event-hub', ...gateway, title: 'Event hub', port: 5671, protocol: 'amqp1' }),
  row({
    id: 'inbound',
    ...gateway,
    title: 'Calls from your network',
    direction: 'inbound',
    scope: 'vpc',
    host: 'gateway.plane.internal',
  }),
  row({
    id: 'registry',
    component: 'registry',
    componentTitle: 'Container registry',
    title: 'Images',
    protocol: 'oci',
  }),
  row({ id: 'charts', component: 'flux', componentTitle: 'Flux', title: 'Charts', protocol: 'oci' }),
  row({
    id: 'key-vault',
    component: 'secrets',
    componentTitle: 'Secret resolver',
    title: 'Key vault',
    protocol: 'vault',
    scope: 'vpc',
  }),
  row({
    id: 'acme',
    component: 'certificates',
    componentTitle: 'Certificate manager',
    title: "Let's Encrypt",
    protocol: 'acme',
    inspection: 'never',
  }),
]

/** 30 rows, of which the usual ones are a third. */
export const manyRows: readonly EndpointRow[] = [
  ...rows,
  ...Array.from({ length: 20 }, (_, index) =>
    row({ id: `broker-${index + 1}`, ...gateway, title: `Broker ${index + 1}`, port: 5671, protocol: 'amqp1' }),
  ),
]
