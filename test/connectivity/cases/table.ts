import { brokers } from './brokers.ts'
import type { Case } from './case.ts'
import { certificates, clients, interception } from './certificates.ts'
import { chains } from './chains.ts'
import { config } from './config.ts'
import { dns } from './dns.ts'
import { grpc } from './grpc.ts'
import { handshakes } from './handshakes.ts'
import { http2Cases } from './http2.ts'
import { limits } from './limits.ts'
import { names } from './names.ts'
import { networks } from './network.ts'
import { clocks, companions, others, services } from './pages.ts'
import { peersCases } from './peers.ts'
import { mitmproxyCases, squidCases } from './programs.ts'
import { protocols } from './protocols.ts'
import { proxy } from './proxy.ts'
import { refusals } from './refusals.ts'
import { roots } from './roots.ts'
import { routes } from './routes.ts'
import { runtimes } from './runtimes.ts'
import { serverNames } from './server-names.ts'
import { tcp } from './tcp.ts'
import { webSockets } from './websockets.ts'

/** All cases: the tests, the benchmark and the mutation check use this table. */
export const table: Readonly<Record<string, readonly Case[]>> = {
  'endpoints that are not ready': config,
  names: dns,
  connections: tcp,
  proxies: proxy,
  certificates,
  chains,
  'names and anchors of certificates': serverNames,
  'TLS inspection': interception,
  handshakes,
  'handshakes of one TLS library': runtimes,
  'client certificates': clients,
  services,
  'what answers in place of a service': others,
  'refusals by a service': refusals,
  'gateways without a route': routes,
  clocks,
  companions,
  'HTTP protocols': protocols,
  brokers,
  WebSockets: webSockets,
  gRPC: grpc,
  'HTTP/2': http2Cases,
  'a machine’s own roots': roots,
  'a machine’s own limits': limits,
  'firewalls and wires': networks,
  CoreDNS: names,
  Squid: squidCases,
  mitmproxy: mitmproxyCases,
  'real services': peersCases,
}

export const cases: readonly Case[] = Object.values(table).flat()
