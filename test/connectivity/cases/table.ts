import type { Case } from './case.ts'
import { config } from './config.ts'
import { dns } from './dns.ts'
import { clocks, companions, others, services } from './pages.ts'
import { proxy } from './proxy.ts'
import { speakers } from './speakers.ts'
import { brokers, grpc, webSockets } from './streams.ts'
import { tcp } from './tcp.ts'
import { certificates, clients, handshakes, interception } from './tls.ts'

/** Everything that a check is held to: the tests, the benchmark and the mutation check read this one table. */
export const table: Readonly<Record<string, readonly Case[]>> = {
  'rows that are not ready': config,
  names: dns,
  connections: tcp,
  proxies: proxy,
  certificates,
  'boxes that inspect': interception,
  handshakes,
  'client certificates': clients,
  services,
  'what answers in place of a service': others,
  clocks,
  companions,
  'speakers of HTTP': speakers,
  brokers,
  WebSockets: webSockets,
  gRPC: grpc,
}

export const cases: readonly Case[] = Object.values(table).flat()
